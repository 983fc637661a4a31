"""Brings a DuckDB file up to date with tables of the warehouse, writing only rows that changed.

Rows are compared by their hash, so tables are read as a whole but hardly written.
"""

from __future__ import annotations

import os
import shutil
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb

from cdp.settings import Runs, Settings
from cdp.warehouse.connection import once_unlocked, quote
from cdp.warehouse.queries import literal

# Above these shares of changed rows or unused blocks, writing a new file is cheaper.
_MAX_CHANGED_SHARE = 0.3
_MAX_UNUSED_SHARE = 0.5


@dataclass(frozen=True)
class Mart:
    """A public model as it is published.

    Attributes:
        schema: Its schema, in the warehouse and in the copy.
        name: Its table.
        withheld: Columns that are null in the copy.
        note: Comment on those columns.
    """

    schema: str
    name: str
    withheld: frozenset[str] = frozenset()
    note: str = ""

    @property
    def place(self) -> tuple[str, str]:
        """Schema and table."""
        return self.schema, self.name

    @property
    def relation(self) -> str:
        """Schema and table, quoted."""
        return f"{quote(self.schema)}.{quote(self.name)}"


class Copier:
    """Brings a draft up to date, mart by mart."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def can_continue(self, draft: Path, with_identifiers: bool) -> bool:
        """Attach a clone if it is worth updating; if not, it is left detached.

        It is not if it cannot be read, has too many unused blocks, or contains identifiers that are
        withheld now, which would remain in unused blocks.
        """
        try:
            self._connection.execute(f"attach {literal(str(draft))} as copy")
        except duckdb.Error:
            return False
        try:
            ((had_identifiers,),) = self._rows(
                "select has_direct_identifiers from copy.publication.publications"
            )
            ((share,),) = self._rows(
                "select free_blocks / greatest(total_blocks, 1.0) from pragma_database_size() "
                "where database_name = 'copy'"
            )
            if had_identifiers == with_identifiers and share <= _MAX_UNUSED_SHARE:
                return True
        except duckdb.Error:
            pass
        self._connection.execute("detach copy")
        return False

    @cached_property
    def _columns(self) -> dict[str, dict[tuple[str, str], list[tuple[str, str]]]]:
        """Names and types of columns by database, then by schema and table."""
        found: dict[str, dict[tuple[str, str], list[tuple[str, str]]]] = defaultdict(dict)
        for database, schema, table, name, kind in self._rows(
            "select database_name, schema_name, table_name, column_name, data_type "
            "from duckdb_columns() where database_name in ('warehouse', 'copy') "
            "order by database_name, schema_name, table_name, column_index"
        ):
            found[database].setdefault((schema, table), []).append((name, kind))
        return found

    def bring_up_to_date(self, mart: Mart) -> int | None:
        """Make the draft equal to the warehouse.

        Returns the number of rows written or deleted; None for a mart that was not built yet.
        """
        columns = self._columns["warehouse"].get(mart.place, [])
        if not columns:
            return None
        selected = ", ".join(
            f"cast(null as {kind}) as {quote(name)}" if name in mart.withheld else quote(name)
            for name, kind in columns
        )
        source = f"(select {selected} from warehouse.{mart.relation})"
        if columns == self._columns["copy"].get(mart.place):
            changes = self._replace_changes(mart, source, [name for name, _ in columns])
            if changes is not None:
                return changes
        is_there = mart.place in self._columns["copy"]
        removed = self._count(f"copy.{mart.relation}") if is_there else 0
        self._connection.execute(f"create schema if not exists copy.{quote(mart.schema)}")
        self._connection.execute(
            f"create or replace table copy.{mart.relation} as from {source} as source"
        )
        for name in sorted(mart.withheld):
            self._connection.execute(
                f"comment on column copy.{mart.relation}.{quote(name)} is {literal(mart.note)}"
            )
        return max(removed, self._count(f"copy.{mart.relation}"))

    def _replace_changes(self, mart: Mart, source: str, names: list[str]) -> int | None:
        """Replace the rows that differ; None, with nothing changed, if writing all is cheaper."""
        table = f"copy.{mart.relation}"
        row_hash = f"hash({', '.join(map(quote, names))})"
        for name, query in {
            "hashes": f"select {row_hash} as row_hash from {source}",
            "existing": f"select {row_hash} as row_hash, rowid as row_number from {table}",
            "gone": "from existing where row_hash not in (select row_hash from hashes)",
            "come": "from hashes where row_hash not in (select row_hash from existing)",
        }.items():
            self._connection.execute(f"create or replace temp table {name} as {query}")
        gone, come = self._count("gone"), self._count("come")
        rows = self._count("hashes")
        # Duplicate rows have the same hash: then the counts do not add up.
        if self._count(table) - gone + come != rows or max(gone, come) > rows * _MAX_CHANGED_SHARE:
            return None
        if gone:
            self._connection.execute(
                f"delete from {table} where rowid in (select row_number from gone)"
            )
        if come:
            self._connection.execute(
                f"insert into {table} from {source} as source "
                f"where {row_hash} in (select row_hash from come)"
            )
        return gone + come

    def finish(self, marts: list[Mart], with_identifiers: bool) -> None:
        """Drop marts that are no longer public, and note when and how this was published."""
        kept = {mart.place for mart in marts}
        for schema, name in self._rows(
            "select schema_name, table_name from duckdb_tables() where database_name = 'copy' "
            "and schema_name <> 'publication' order by schema_name, table_name"
        ):
            if (schema, name) not in kept & self._columns["warehouse"].keys():
                self._connection.execute(f"drop table copy.{quote(schema)}.{quote(name)}")
        self._connection.execute("create schema if not exists copy.publication")
        self._connection.execute(
            "create or replace table copy.publication.publications as "
            "select $1::timestamp as published_at, $2::boolean as has_direct_identifiers",
            [datetime.now(UTC).replace(tzinfo=None), with_identifiers],
        )

    def _count(self, relation: str) -> int:
        ((count,),) = self._rows(f"select count(*) from {relation}")
        return int(count)

    def _rows(self, statement: str, parameters: list[Any] | None = None) -> list[tuple[Any, ...]]:
        return self._connection.execute(statement, parameters).fetchall()


@contextmanager
def attached(
    settings: Settings, previous: Path, draft: Path, with_identifiers: bool
) -> Iterator[Copier]:
    """Warehouse and draft on one connection; the draft starts as a clone if that is worth it."""
    # A separate database, so that nobody else in this process gets a connection that can write.
    with duckdb.connect() as connection:
        connection.execute("set enable_progress_bar = false")
        connection.execute("set preserve_insertion_order = false")
        connection.execute(f"set memory_limit = '{Runs.from_environment().duckdb_memory_limit}'")
        connection.execute(f"set temp_directory = {literal(str(draft.parent / '.tmp'))}")
        attach = f"attach {literal(str(settings.duckdb_path))} as warehouse (read_only)"
        once_unlocked(
            settings.duckdb_path,
            lambda: connection.execute(attach),
            otherwise=" The published copy is unchanged.",
        )
        copier = Copier(connection)
        if previous.exists():
            _clone(previous, draft)
            if not copier.can_continue(draft, with_identifiers):
                remove(draft)
        connection.execute(f"attach if not exists {literal(str(draft))} as copy")
        connection.execute("begin")
        yield copier
        connection.execute("commit")
        connection.execute("checkpoint copy")
        connection.execute("detach copy")


def _clone(source: Path, target: Path) -> None:
    """Copy a file, sharing its blocks with the original where the file system can."""
    if not hasattr(os, "copy_file_range"):
        shutil.copyfile(source, target)
        return
    with source.open("rb") as read, target.open("wb") as written:
        left = os.fstat(read.fileno()).st_size
        while left > 0:
            copied = os.copy_file_range(read.fileno(), written.fileno(), left)
            if copied == 0:
                break
            left -= copied


def remove(draft: Path) -> None:
    """Delete a draft and its log."""
    draft.unlink(missing_ok=True)
    draft.with_name(draft.name + ".wal").unlink(missing_ok=True)
