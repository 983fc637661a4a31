"""Writes a connector from a sample: `cdp new connector NAME --from FILE`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cdp.connectors.contracts import draft
from cdp.connectors.draft import Draft
from cdp.connectors.errors import ConnectorError
from cdp.connectors.names import snake
from cdp.connectors.render import texts_of
from cdp.connectors.sample import Sample, sample_of_file, sample_of_table
from cdp.settings import PROJECT_DIR, Settings
from cdp.warehouse.connection import Connection, connected, quote

CONNECTOR = re.compile(r"[a-z]+(_[a-z]+)*")


@dataclass(frozen=True)
class Written:
    """What was written.

    Attributes:
        files: The files, relative to the project.
        drafts: What was decided, one per table.
        is_in_place: Whether the models read tables of the warehouse.
    """

    files: list[Path]
    drafts: list[Draft]
    is_in_place: bool


def new_connector(
    settings: Settings,
    name: str,
    files: Sequence[Path] = (),
    tables: Sequence[str] = (),
    project: Path = PROJECT_DIR,
) -> Written:
    """Write the connector's files into the project.

    Raises:
        ConnectorError: The name cannot be used, a file is there already, or no sample can be read.
    """
    if not CONNECTOR.fullmatch(name):
        raise ConnectorError(
            f"{name!r} is no name of a connector: use small letters and single underscores."
        )
    if bool(files) == bool(tables):
        raise ConnectorError(
            "Name a sample: --from FILE, or --table SCHEMA.TABLE in the warehouse."
        )
    folder = Path("models/staging", name)
    entry = Path("macros/connectors", f"connector_{name}.sql")
    for path in (folder, entry):
        if (project / path).exists():
            raise ConnectorError(
                f"{path} is there already: nothing was written. Remove it, or choose a name."
            )
    samples = _samples(settings, name, files, tables)
    known = _Known(settings)
    drafts = [draft(name, entity, sample, known.type_of) for entity, sample, _ in samples]
    schemas = [schema for _, _, schema in samples]
    texts = texts_of(name, drafts, schemas)
    for path, text in texts.items():
        (project / path).parent.mkdir(parents=True, exist_ok=True)
        (project / path).write_text(text, encoding="utf-8")
    for person_type in dict.fromkeys(each.person_type for each in drafts if each.person_type):
        _add_identifier_type(project, name, person_type)
    return Written(list(texts), drafts, bool(tables))


def _samples(
    settings: Settings, name: str, files: Sequence[Path], tables: Sequence[str]
) -> list[tuple[str, Sample, str]]:
    """Entity, sample and schema of each table; files have no schema."""
    found = [(_entity(name, path), sample_of_file(path), "") for path in files]
    if tables:
        with connected(settings) as warehouse:
            for table in tables:
                schema, _, relation = table.partition(".")
                if not relation:
                    raise ConnectorError(f"{table!r} is no table: write SCHEMA.TABLE.")
                found.append((relation, sample_of_table(warehouse, schema, relation), schema))
    entities = [entity for entity, _, _ in found]
    for entity, sample, _ in found:
        if entities.count(entity) > 1:
            raise ConnectorError(
                f"Two samples are named {entity}: put each into a folder of its own."
            )
        if not any(column.filled for column in sample.columns):
            raise ConnectorError(f"The sample of {entity} has no rows: use one with some.")
    return found


def _entity(connector: str, path: Path) -> str:
    """Name of the table: the folder of a file that lies where landing expects it, or its stem."""
    parents = path.resolve().parents
    name = (
        parents[0].name
        if len(parents) > 1 and parents[1].name == connector
        else path.name.split(".")[0]
    )
    letters = re.sub(r"[^a-z]+", "_", snake(name)).strip("_")
    return letters or "records"


class _Known:
    """Identifiers that a built warehouse knows; none before the first build."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def type_of(self, values: tuple[str, ...]) -> str | None:
        if not values or (
            self._settings.target == "duckdb" and not self._settings.duckdb_path.exists()
        ):
            return None
        with connected(self._settings) as warehouse:
            schema = f"{self._settings.schema}_identity"
            if not warehouse.table_exists(schema, "profile_identifiers"):
                return None
            return _known_type(warehouse, schema, values)


def _known_type(warehouse: Connection, schema: str, values: tuple[str, ...]) -> str | None:
    places = ", ".join(f"${number}" for number in range(1, len(values) + 1))
    rows = warehouse.execute(
        f"select identifier_type, count(*) from {quote(schema)}.profile_identifiers "
        f"where identifier_value in ({places}) group by 1 order by 2 desc, 1 limit 1",
        list(values),
    )
    # A few small numbers are ids of anything.
    if rows and rows[0][1] >= max(3, len(values) // 5):
        return str(rows[0][0])
    return None


def _add_identifier_type(project: Path, connector: str, person_type: str) -> None:
    seed = project / "seeds" / "identity" / "identifier_types.csv"
    text = seed.read_text(encoding="utf-8")
    if f"\n{person_type}," not in text:
        kind = person_type.partition("_")[2]
        row = f"{person_type},85,true,5,,false,{kind.capitalize()} in {connector}"
        seed.write_text(f"{text.rstrip()}\n{row}\n", encoding="utf-8")


def summary(name: str, written: Written, settings: Settings) -> str:
    """What was written and decided, and what comes next, as lines."""
    lines = [f"Wrote {file}" for file in written.files]
    for made in written.drafts:
        filled = ", ".join([*made.contracts, *(["consents"] if made.consents else [])])
        key = " and ".join(made.key) if len(made.key) < 4 else "all columns"
        lines += [
            "",
            f"{made.entity}: key {key}, time {made.time or 'of landing'}",
            f"  identifiers: {', '.join(made.identifiers) or 'none'}",
            f"  contracts: {filled or 'none'}",
            *(f"  note: {note}" for note in made.notes),
        ]
        if made.person_type:
            lines.append(f"  Added {made.person_type} to seeds/identity/identifier_types.csv")
    listed = name if settings.connectors == "demo" else f"{settings.connectors},{name}"
    lines += [
        "",
        "Next: read the files and correct what was guessed, then",
        f"  export CDP_CONNECTORS={listed}",
    ]
    if not written.is_in_place:
        folders = ", ".join(f"{name}/{made.entity}/" for made in written.drafts)
        lines.append(f"  put the files into {folders} below the landing path, and run: make land")
    lines.append(f"  make build && make check-connector NAME={name}")
    return "\n".join(lines)
