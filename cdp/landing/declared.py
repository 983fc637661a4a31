"""Raw tables that staging declares, so that they exist before their first file arrives."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from cdp.landing.errors import LandingError
from cdp.landing.naming import METADATA_COLUMNS
from cdp.settings import PROJECT_DIR

STAGING_DIR = PROJECT_DIR / "models" / "staging"

# Landing's own tables are declared there too, but the registry creates them.
_REGISTRY_SOURCE = "landing"


@dataclass(frozen=True)
class DeclaredTable:
    """A raw table as a dbt source declares it, without metadata columns."""

    channel: str
    entity: str
    columns: tuple[str, ...]

    @property
    def table_name(self) -> str:
        """The raw table's name."""
        return f"{self.channel}__{self.entity}"


def declared_tables(staging_dir: Path = STAGING_DIR) -> dict[str, DeclaredTable]:
    """Read the sources of every connector; raises `LandingError`, which names the wrong file.

    Sources are declared in the YAML files of models/staging/<connector>. A connector that reads
    tables which are already in the warehouse declares another schema than landing's.
    """
    declared: dict[str, DeclaredTable] = {}
    for path in sorted(staging_dir.glob("*/_*.yml")):
        for table in _tables_of(path):
            if table.table_name in declared:
                raise LandingError(f"{path}: {table.table_name} is declared twice.")
            declared[table.table_name] = table
    return declared


def _tables_of(path: Path) -> list[DeclaredTable]:
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise LandingError(f"{path} is not valid YAML: {error}") from None
    tables = []
    for source in _list(document, "sources", path):
        channel = _name(source, path)
        if channel == _REGISTRY_SOURCE or "raw_schema" not in str(
            source.get("schema", "raw_schema")
        ):
            continue
        for table in _list(source, "tables", path):
            entity = _name(table, path)
            identifier = table.get("identifier", entity)
            if identifier != f"{channel}__{entity}":
                raise LandingError(
                    f"{path}: table {entity!r} must have the identifier "
                    f"{channel}__{entity}, not {identifier!r}."
                )
            columns = [_name(column, path) for column in _list(table, "columns", path)]
            own = tuple(column for column in columns if column.lower() not in METADATA_COLUMNS)
            tables.append(DeclaredTable(channel, entity, own))
    return tables


def _list(parent: Any, key: str, path: Path) -> list[Any]:
    value = parent.get(key) if isinstance(parent, dict) else None
    if value is None:
        return []
    if not isinstance(value, list):
        raise LandingError(f"{path}: {key!r} must be a list.")
    return value


def _name(entry: Any, path: Path) -> str:
    name = entry.get("name") if isinstance(entry, dict) else None
    if not isinstance(name, str):
        raise LandingError(f"{path}: every source, table and column needs a name.")
    return name
