"""A read-only copy of the public marts, for dashboards and notebooks: `make publish`.

DuckDB lets nobody read a file that a refresh writes. So a refresh ends by bringing a copy up to
date aside and moving it into place whole: who has the earlier one open keeps it, who opens it next
has the new one, and a crash on the way leaves the earlier one. All marts in a copy are of one
refresh.

The copy before is cloned, which costs nothing where the file system shares blocks, and rows that
differ from the warehouse's are replaced in it: marts are read whole, but only changes are written.

On PostgreSQL readers see every mart swapped whole, and nothing is copied (docs/dashboards.md).
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb

from cdp.settings import Pages, Runs, Settings
from cdp.warehouse.connection import once_unlocked, quote

# Folders of models that are made of direct identifiers, or hold them for a receiver.
_IDENTIFYING_FOLDERS = frozenset({"syncs"})
_IDENTIFYING_SCHEMA = "contacts"
# Columns of other marts that hold them, where the column's `meta.direct_identifier` says nothing.
_IDENTIFYING_COLUMN = re.compile(r"identifier_value|^(original_text|properties|referrer)$")
# Beyond these shares of changed rows, and of unused blocks in the file, writing anew is cheaper.
_LARGEST_CHANGE = 0.3
_LARGEST_WASTE = 0.5


class PublishError(RuntimeError):
    """There is nothing to publish; the message says what to run first."""


@dataclass(frozen=True)
class Mart:
    """A public model as it is published.

    Attributes:
        schema: Its schema, in the warehouse and in the copy.
        name: Its table.
        withheld: Columns that are null in the copy.
    """

    schema: str
    name: str
    withheld: frozenset[str] = frozenset()

    @property
    def place(self) -> tuple[str, str]:
        """Schema and table."""
        return self.schema, self.name

    @property
    def relation(self) -> str:
        """Schema and table, quoted."""
        return f"{quote(self.schema)}.{quote(self.name)}"


@dataclass(frozen=True)
class Publication:
    """What a publication did.

    Attributes:
        path: The copy, or None where readers read the warehouse itself.
        marts: Marts in the copy.
        changed: Those of which any row was written.
        written_rows: Rows written, over all marts.
        size_bytes: Size of the file.
        seconds: How long it took.
    """

    path: Path | None
    marts: int = 0
    changed: int = 0
    written_rows: int = 0
    size_bytes: int = 0
    seconds: float = 0.0

    def __str__(self) -> str:
        if self.path is None:
            return "Nothing is copied on PostgreSQL: readers see its marts swapped whole."
        return (
            f"Published {self.marts} marts to {self.path}: {self.changed} changed, "
            f"{self.written_rows:,} rows written, {self.size_bytes / 1e6:,.1f} MB, "
            f"{self.seconds:.1f} s."
        )


def published_path(settings: Settings) -> Path:
    """Where the copy is on DuckDB, published or not."""
    return settings.data_dir / "published" / "warehouse.duckdb"


def public_nodes(manifest: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The public models of a manifest, but those whose `config.meta.publish` is false."""
    return [
        node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model"
        and node["access"] == "public"
        and node["config"]["meta"].get("publish", True)
    ]


def public_marts(manifest: Mapping[str, Any], *, with_identifiers: bool) -> list[Mart]:
    """What is published of a manifest's public models, sorted by schema and name.

    Without direct identifiers, models that are made of them are left out, and so are the values of
    columns that hold them: each column whose `meta.direct_identifier` or whose name says so.
    """
    marts = []
    for node in public_nodes(manifest):
        if with_identifiers:
            marts.append(Mart(node["schema"], node["alias"]))
        elif (
            node["fqn"][1] not in _IDENTIFYING_FOLDERS
            and node["config"]["schema"] != _IDENTIFYING_SCHEMA
        ):
            withheld = {name for name, column in node["columns"].items() if _identifies(column)}
            marts.append(Mart(node["schema"], node["alias"], frozenset(withheld)))
    return sorted(marts, key=lambda mart: mart.place)


def _identifies(column: Mapping[str, Any]) -> bool:
    marked = (column.get("config") or {}).get("meta", {}).get("direct_identifier")
    return bool(_IDENTIFYING_COLUMN.search(column["name"])) if marked is None else bool(marked)


def publish(settings: Settings, manifest_path: Path) -> Publication:
    """Bring the copy up to date with the warehouse and move it into place.

    Args:
        settings: Where warehouse and copy are.
        manifest_path: dbt's `manifest.json`, which says what is public.

    Raises:
        PublishError: There is no manifest or no warehouse yet.
        SettingError: `CDP_PUBLISH_IDENTIFIERS` cannot be read.
        WarehouseBusyError: Another process writes the warehouse for longer than we wait.
    """
    with_identifiers = Pages.from_environment().publish_identifiers
    if settings.target == "postgres":
        return Publication(path=None)
    started = time.monotonic()
    for needed in (manifest_path, settings.duckdb_path):
        if not needed.exists():
            raise PublishError(
                f"{needed} does not exist: run `make land` and `make dbt ARGS=build`."
            )
    manifest = json.loads(manifest_path.read_text())
    marts = public_marts(manifest, with_identifiers=with_identifiers)
    path = published_path(settings)
    path.parent.mkdir(parents=True, exist_ok=True)
    with _only_publisher(path.parent):
        draft = path.with_name(".warehouse.duckdb.draft")
        _remove(draft)
        try:
            with _attached(settings, path, draft, with_identifiers) as copier:
                rows = [copier.bring_up_to_date(mart) for mart in marts]
                marts_found = [count for count in rows if count is not None]
                copier.finish(marts, with_identifiers)
            with draft.open("rb+") as written:
                os.fsync(written.fileno())
            draft.replace(path)
        finally:
            _remove(draft)
    return Publication(
        path=path,
        marts=len(marts_found),
        changed=sum(count > 0 for count in marts_found),
        written_rows=sum(marts_found),
        size_bytes=path.stat().st_size,
        seconds=time.monotonic() - started,
    )


@contextmanager
def _only_publisher(folder: Path) -> Iterator[None]:
    """Publications follow one another; the lock of one that was killed is free again."""
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _remove(draft: Path) -> None:
    draft.unlink(missing_ok=True)
    draft.with_name(draft.name + ".wal").unlink(missing_ok=True)


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


@contextmanager
def _attached(
    settings: Settings, previous: Path, draft: Path, with_identifiers: bool
) -> Iterator[_Copier]:
    """Warehouse and draft on one connection; the draft is a clone where that is of use."""
    # A database of its own, so that nobody in this process gets a connection that can write.
    with duckdb.connect() as connection:
        connection.execute("set enable_progress_bar = false")
        connection.execute("set preserve_insertion_order = false")
        connection.execute(f"set memory_limit = '{Runs.from_environment().duckdb_memory_limit}'")
        connection.execute(f"set temp_directory = {_text(str(draft.parent / '.tmp'))}")
        attach = f"attach {_text(str(settings.duckdb_path))} as warehouse (read_only)"
        once_unlocked(
            settings.duckdb_path,
            lambda: connection.execute(attach),
            otherwise=" The published copy is the one of before.",
        )
        copier = _Copier(connection)
        if previous.exists():
            _clone(previous, draft)
            if not copier.can_go_on_from(draft, with_identifiers):
                _remove(draft)
        connection.execute(f"attach if not exists {_text(str(draft))} as copy")
        connection.execute("begin")
        yield copier
        connection.execute("commit")
        connection.execute("checkpoint copy")
        connection.execute("detach copy")


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


class _Copier:
    """Brings the draft up to date, mart by mart."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def can_go_on_from(self, draft: Path, with_identifiers: bool) -> bool:
        """Attach a clone and say whether to write into it; False leaves it detached.

        Not if it cannot be read, holds identifiers that are to be withheld now, which would stay
        behind in unused blocks, or has too many of those.
        """
        try:
            self._connection.execute(f"attach {_text(str(draft))} as copy")
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
            if had_identifiers == with_identifiers and share <= _LARGEST_WASTE:
                return True
        except duckdb.Error:
            pass
        self._connection.execute("detach copy")
        return False

    @cached_property
    def _columns(self) -> dict[str, dict[tuple[str, str], list[tuple[str, str]]]]:
        """Names and types of columns by database and by schema and table, asked for once."""
        found: dict[str, dict[tuple[str, str], list[tuple[str, str]]]] = defaultdict(dict)
        for database, schema, table, name, kind in self._rows(
            "select database_name, schema_name, table_name, column_name, data_type "
            "from duckdb_columns() where database_name in ('warehouse', 'copy') "
            "order by database_name, schema_name, table_name, column_index"
        ):
            found[database].setdefault((schema, table), []).append((name, kind))
        return found

    def bring_up_to_date(self, mart: Mart) -> int | None:
        """Make the draft hold what the warehouse does.

        Returns the rows that were written or removed; None for a mart that was not built yet.
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
                f"comment on column copy.{mart.relation}.{quote(name)} is "
                f"'Withheld: a direct identifier. CDP_PUBLISH_IDENTIFIERS=true publishes it.'"
            )
        return max(removed, self._count(f"copy.{mart.relation}"))

    def _replace_changes(self, mart: Mart, source: str, names: list[str]) -> int | None:
        """Replace the rows that differ; None where writing all is cheaper, with nothing done."""
        table = f"copy.{mart.relation}"
        row_hash = f"hash({', '.join(map(quote, names))})"
        self._connection.execute(
            f"create or replace temp table hashes as select {row_hash} as row_hash from {source}"
        )
        self._connection.execute(
            "create or replace temp table held as "
            f"select {row_hash} as row_hash, rowid as row_place from {table}"
        )
        self._connection.execute(
            "create or replace temp table gone as select row_place from held "
            "where row_hash not in (select row_hash from hashes)"
        )
        self._connection.execute(
            "create or replace temp table come as select row_hash from hashes "
            "where row_hash not in (select row_hash from held)"
        )
        gone, come = self._count("gone"), self._count("come")
        rows = self._count("hashes")
        # Rows that are there twice have one hash: then the numbers do not add up.
        if self._count(table) - gone + come != rows or max(gone, come) > rows * _LARGEST_CHANGE:
            return None
        if gone:
            self._connection.execute(
                f"delete from {table} where rowid in (select row_place from gone)"
            )
        if come:
            self._connection.execute(
                f"insert into {table} from {source} as source "
                f"where {row_hash} in (select row_hash from come)"
            )
        return gone + come

    def finish(self, marts: list[Mart], with_identifiers: bool) -> None:
        """Drop what is public no more, and note when and how this was published."""
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
