"""Which columns of its parents each column of a model comes from, read off the compiled SQL.

Of a model it is worked out once: it is kept until the model's text or a parent's columns change,
because to take all models apart costs about as long as a third of an incremental build.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from dagster import AssetKey, TableColumnDep, TableColumnLineage
from sqlglot import MappingSchema, exp, parse_one
from sqlglot.errors import SqlglotError
from sqlglot.lineage import lineage
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import build_scope

from orchestration.defs.project import TRANSLATOR

# Columns that landing adds or that the YAML of a model does not describe.
_UNDECLARED = ("_staged_batch", "_loaded_at", "_load_id")
_MADE_OF = dict[str, list[tuple[str, str]]]


class ColumnLineage:
    """Lineage of the models of one project.

    Args:
        manifest: dbt's manifest.
        kept_in: File that keeps what was worked out, made where it is missing.
    """

    def __init__(self, manifest: Mapping[str, Any], kept_in: Path) -> None:
        self._nodes = {**manifest["sources"], **manifest["nodes"]}
        self._dialect = manifest["metadata"]["adapter_type"]
        self._file = kept_in
        self._kept: dict[str, dict[str, Any]] = (
            json.loads(kept_in.read_text()) if kept_in.exists() else {}
        )
        self._is_changed = False

    def of(self, unique_id: str, compiled: Path) -> TableColumnLineage | None:
        """Lineage of a model's described columns; None where its SQL cannot be followed.

        Args:
            unique_id: The model.
            compiled: Its SQL as this run compiled it.
        """
        digest = self._digest(unique_id)
        kept = self._kept.get(unique_id)
        if kept is None or kept["digest"] != digest:
            if not compiled.exists():
                return None
            columns = self._work_out(unique_id, compiled.read_text())
            kept = self._kept[unique_id] = {"digest": digest, "columns": columns}
            self._is_changed = True
        if kept["columns"] is None:
            return None
        return TableColumnLineage(
            {
                column: [TableColumnDep(self._key(parent), name) for parent, name in made_of]
                for column, made_of in kept["columns"].items()
            }
        )

    def keep(self) -> None:
        """Write down what was worked out since."""
        if self._is_changed:
            written = self._file.with_suffix(".tmp")
            written.write_text(json.dumps(self._kept))
            written.replace(self._file)

    def _key(self, unique_id: str) -> AssetKey:
        return TRANSLATOR.get_asset_key(self._nodes[unique_id])

    def _digest(self, unique_id: str) -> str:
        node = self._nodes[unique_id]
        parents = [[each, sorted(self._columns(each))] for each in self._related(unique_id)]
        told = json.dumps([node["checksum"]["checksum"], parents, self._dialect])
        return hashlib.sha256(told.encode()).hexdigest()

    def _related(self, unique_id: str) -> list[str]:
        parents = self._nodes[unique_id]["depends_on"]["nodes"]
        return [unique_id, *sorted(parent for parent in parents if parent in self._nodes)]

    def _columns(self, unique_id: str) -> list[str]:
        return [*self._nodes[unique_id]["columns"], *_UNDECLARED]

    def _work_out(self, unique_id: str, sql: str) -> _MADE_OF | None:
        schema = MappingSchema(dialect=self._dialect)
        relations = {}
        for related in self._related(unique_id):
            node = self._nodes[related]
            name = node.get("identifier") or node["alias"]
            if related != unique_id:
                relations[node["schema"], name] = related
            table = exp.table_(name, db=node["schema"], catalog=node["database"], quoted=True)
            types = dict.fromkeys(self._columns(related), "text")
            schema.add_table(table, types, dialect=self._dialect)
        # The library logs each part of a query that it cannot follow, with its full text.
        talk = logging.getLogger("sqlglot")
        level = talk.level
        talk.setLevel(logging.ERROR)
        try:
            parsed = parse_one(sql, dialect=self._dialect)
            query = cast(exp.Query, qualify(parsed, dialect=self._dialect, schema=schema))
            scope = build_scope(query)
            # Tracing all columns at once lets the library trace their common part only once.
            nodes = lineage(
                None, query, schema=schema, scope=scope, dialect=self._dialect, trim_selects=False
            )
            described = self._nodes[unique_id]["columns"]
            return {
                column: self._made_of(node, relations)
                for column, node in nodes.items()
                if column in described
            }
        except (SqlglotError, TypeError, ValueError):
            return None
        finally:
            talk.setLevel(level)

    def _made_of(
        self, node: Any, relations: Mapping[tuple[str, str], str]
    ) -> list[tuple[str, str]]:
        found = set()
        for leaf in node.walk():
            table = None if leaf.downstream else leaf.expression.find(exp.Table)
            parent = table and relations.get((table.db, table.name))
            if parent:
                found.add((parent, exp.to_column(leaf.name).name))
        return sorted(found)
