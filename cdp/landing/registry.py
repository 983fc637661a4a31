"""What has been landed: the registry tables beside the raw tables, in the same schema."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import astuple, fields
from typing import Any

import psycopg
import pyarrow as pa

from cdp.landing.drift import merged_types
from cdp.landing.files import SourceFile
from cdp.landing.naming import METADATA_COLUMNS
from cdp.landing.records import Load, LoadRecord, SeenFile, utc_now
from cdp.landing.staging import QUERIES
from cdp.warehouse.connection import DuckDBConnection, Warehouse, quote

# Each is created by the query of its name.
REGISTRY_TABLES = (
    "landing_loads",
    "landing_columns",
    "landing_schema_changes",
    "landing_quarantine",
    "landing_files",
)


class Registry:
    """Reads and writes the registry and creates the raw tables."""

    def __init__(self, warehouse: Warehouse, schema: str) -> None:
        self._warehouse = warehouse
        self._schema = schema
        self._columns: dict[str, list[str]] = {}

    def name(self, table: str) -> str:
        """A table of the raw schema, quoted and qualified."""
        return f"{quote(self._schema)}.{quote(table)}"

    def prepare(self) -> None:
        """Create the schema and the registry tables that are missing."""
        existing = self._read_columns()
        if not existing:
            self._warehouse.execute(f"create schema if not exists {quote(self._schema)}")
        for table in REGISTRY_TABLES:
            if table not in existing:
                self._run(table)
        self._columns = self._read_columns()

    def _read_columns(self) -> dict[str, list[str]]:
        columns: dict[str, list[str]] = defaultdict(list)
        for table, column in self._warehouse.execute(
            "select table_name, column_name from information_schema.columns "
            "where table_schema = $1 order by table_name, ordinal_position",
            (self._schema,),
        ):
            columns[table].append(column)
        return dict(columns)

    def source_columns(self, table: str) -> list[str]:
        """Columns of a raw table without the metadata; empty if there is no such table."""
        return [name for name in self._columns.get(table, []) if name not in METADATA_COLUMNS]

    def reload_columns(self) -> None:
        """Read the columns again after a rollback of a transaction that may have added some."""
        self._columns = self._read_columns()

    def ensure_table(self, table: str, columns: Iterable[str]) -> None:
        """Create a raw table, or add the columns that it lacks."""
        existing = self._columns.get(table)
        if existing is None:
            wanted = list(columns)
            definitions = [f"{name} {kind}" for name, kind in METADATA_COLUMNS.items()]
            definitions += [f"{quote(name)} {self._text}" for name in wanted]
            self._warehouse.execute(f"create table {self.name(table)} ({', '.join(definitions)})")
            self._columns[table] = [*METADATA_COLUMNS, *wanted]
            return
        present = {name.lower() for name in existing}
        for name in columns:
            if name.lower() not in present:
                self._warehouse.execute(
                    f"alter table {self.name(table)} add column {quote(name)} {self._text}"
                )
                existing.append(name)
                present.add(name.lower())

    @property
    def _text(self) -> str:
        # Measured: a third faster than the compression that DuckDB chooses, in a fifth less space.
        return "varchar using compression zstd" if self._warehouse.target == "duckdb" else "text"

    def seen_files(self) -> dict[str, dict[str, SeenFile]]:
        """Every file ever landed or found to be a copy, by raw table and path."""
        seen: dict[str, dict[str, SeenFile]] = defaultdict(dict)
        for table, file, *rest in self._warehouse.execute(
            f"select table_name, file, size_bytes, modified, content_sha256, load_id "
            f"from {self.name('landing_files')}"
        ):
            seen[table][file] = SeenFile(*rest)
        return seen

    def tables_of_files(self) -> dict[str, str]:
        """Raw table of every file with a load."""
        return dict(
            self._warehouse.execute(
                f"select distinct file, table_name from {self.name('landing_loads')}"
            )
        )

    def loads(self, table: str) -> list[Load]:
        """Every load of a raw table."""
        rows = self._warehouse.execute(
            f"select load_id, file, content_sha256, file_version, is_current "
            f"from {self.name('landing_loads')} where table_name = $1",
            (table,),
        )
        return [Load(*row) for row in rows]

    def previous_types(self, table: str) -> dict[str, str | None] | None:
        """Columns and types of the table's latest load; None if nothing was landed yet.

        A column without a value in that load keeps its last type, and whole numbers in a column
        that had decimals before do not change its type.
        """
        latest = self._warehouse.execute(
            f"select load_id from {self.name('landing_loads')} where table_name = $1 "
            "order by loaded_at desc, file desc limit 1",
            (table,),
        )
        if not latest:
            return None
        columns = self._warehouse.execute(
            f"select column_name from {self.name('landing_columns')} where load_id = $1",
            latest[0],
        )
        recent = self._run("previous_types", table)
        types: dict[str, str | None] = {}
        for name, kind in recent:
            types.update(merged_types(types, {name: kind}))
        return {name: types.get(name) for (name,) in columns}

    def supersede(self, table: str, file: str, by: str) -> None:
        """The file's current load, if any, is not current any more."""
        self._warehouse.execute(
            f"update {self.name('landing_loads')} set is_current = false, superseded_by = $1 "
            "where table_name = $2 and file = $3 and is_current and load_id <> $1",
            (by, table, file),
        )

    def make_current(self, load_id: str, version: int) -> None:
        """Make an earlier version of a file current again."""
        self._warehouse.execute(
            f"update {self.name('landing_loads')} "
            "set is_current = true, superseded_by = null, file_version = $1 where load_id = $2",
            (version, load_id),
        )

    def add_loads(self, records: Sequence[LoadRecord]) -> None:
        """Write new current loads."""
        columns = " ".join(field.name for field in fields(LoadRecord))
        self._insert("landing_loads", columns, [astuple(record) for record in records])

    def add_columns(self, rows: Sequence[tuple[object, ...]]) -> None:
        """Write load id, table, column, type, position."""
        self._insert(
            "landing_columns", "load_id table_name column_name inferred_type ordinal_position", rows
        )

    def add_schema_changes(self, rows: Sequence[tuple[object, ...]]) -> None:
        """Write load id, table, column, change, previous type, current type, time."""
        self._insert(
            "landing_schema_changes",
            "load_id table_name column_name change previous_type current_type detected_at",
            rows,
        )

    def add_unreadable(self, load_id: str, table: str, file: str, reason: str) -> None:
        """Quarantine a whole file, once for each of its contents."""
        name = self.name("landing_quarantine")
        self._warehouse.execute(
            f"delete from {name} where load_id = $1 and row_number is null", (load_id,)
        )
        self._warehouse.execute(
            f"insert into {name} (load_id, table_name, file, reason, loaded_at) "
            "values ($1, $2, $3, $4, $5)",
            (load_id, table, file, reason, utc_now()),
        )

    def drop_unreadable(self, load_ids: Sequence[str]) -> None:
        """Remove quarantine entries of whole files that have been read now."""
        name = self.name("landing_quarantine")
        rows = self._warehouse.execute(f"select load_id from {name} where row_number is null")
        for load_id in {load_id for (load_id,) in rows} & set(load_ids):
            self._warehouse.execute(
                f"delete from {name} where load_id = $1 and row_number is null", (load_id,)
            )

    def add_seen(self, files: Sequence[tuple[SourceFile, str, str]]) -> None:
        """Write or overwrite what files contained when they were read: file, content and load."""
        columns = "file table_name size_bytes modified content_sha256 load_id seen_at"
        updates = ", ".join(f"{name} = excluded.{name}" for name in columns.split()[1:])
        now = utc_now()
        rows = [
            (file.path, file.table_name, file.size_bytes, file.modified, content, load_id, now)
            for file, content, load_id in files
        ]
        self._insert("landing_files", columns, rows, f" on conflict (file) do update set {updates}")

    def forget(self, table: str, file: str) -> int:
        """Delete everything of a file; returns the number of its loads."""
        loads = [load for load in self.loads(table) if load.file == file]
        with self._warehouse.transaction():
            for load in loads:
                for name, column in (
                    (table, "_load_id"),
                    *((registry_table, "load_id") for registry_table in REGISTRY_TABLES),
                ):
                    self._warehouse.execute(
                        f"delete from {self.name(name)} where {column} = $1", (load.load_id,)
                    )
            self._warehouse.execute(
                f"delete from {self.name('landing_files')} where file = $1", (file,)
            )
        return len(loads)

    def _run(self, query: str, *parameters: Any) -> list[tuple[Any, ...]]:
        return self._warehouse.execute(QUERIES(query, schema=self._schema), parameters)

    def _insert(
        self, table: str, columns: str, rows: Sequence[tuple[object, ...]], conflict: str = ""
    ) -> None:
        if not rows:
            return
        names = columns.split()
        into = f"insert into {self.name(table)} ({', '.join(names)})"
        if isinstance(self._warehouse, DuckDBConnection):
            # One statement per row would cost more than reading the file.
            batch = pa.table({name: [row[i] for row in rows] for i, name in enumerate(names)})
            self._warehouse.raw.register("landing_registry_rows", batch)
            self._warehouse.execute(f"{into} select * from landing_registry_rows{conflict}")
            self._warehouse.raw.unregister("landing_registry_rows")
            return
        parameters = ", ".join(f"${i}" for i in range(1, len(names) + 1))
        with psycopg.RawCursor(self._warehouse.raw) as cursor:
            cursor.executemany(f"{into} values ({parameters}){conflict}".encode(), rows)
