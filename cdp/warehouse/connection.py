"""One small connection over both engines, for what Python does in the warehouse.

Statements use `$1`, `$2` … for parameters, which DuckDB and psycopg's raw cursor both take.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol, TypeVar, cast

import duckdb
import psycopg

from cdp.settings import Settings, Target

LOCK_WAIT_SECONDS = 30.0

Opened = TypeVar("Opened")
_ROWS_AT_ONCE = 500


class WarehouseBusyError(RuntimeError):
    """Another process has been writing the embedded warehouse for longer than we wait."""


class WarehouseUnreachableError(RuntimeError):
    """PostgreSQL does not let us in; the message says which settings decide where it is."""


class Connection(Protocol):
    """A connection to the warehouse in autocommit, with explicit transactions."""

    target: Target

    def execute(self, statement: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run one statement; returns its rows, or an empty list where it returns none."""
        ...

    def stream(
        self, statement: str, parameters: Sequence[Any] = (), batch_size: int = 1000
    ) -> Iterator[list[tuple[Any, ...]]]:
        """Run a query and yield its rows in batches, without holding them all."""
        ...

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing: commits on leaving, rolls back on an exception."""
        ...

    def table_exists(self, schema: str, table: str) -> bool:
        """Whether a table or view of that name exists."""
        ...

    def columns(self, schema: str, table: str) -> list[str]:
        """Column names in order; empty where there is no such table."""
        ...

    def close(self) -> None:
        """Close the connection, giving up the lock on an embedded warehouse."""
        ...


def quote(identifier: str) -> str:
    """An identifier quoted for either engine."""
    return '"' + identifier.replace('"', '""') + '"'


class _CatalogQueries:
    """What both engines answer alike from information_schema."""

    def table_exists(self, schema: str, table: str) -> bool:
        rows = cast(Connection, self).execute(
            "select 1 from information_schema.tables where table_schema = $1 and table_name = $2",
            (schema, table),
        )
        return bool(rows)

    def columns(self, schema: str, table: str) -> list[str]:
        rows = cast(Connection, self).execute(
            "select column_name from information_schema.columns "
            "where table_schema = $1 and table_name = $2 order by ordinal_position",
            (schema, table),
        )
        return [name for (name,) in rows]


class DuckDBConnection(_CatalogQueries):
    """The embedded engine. `raw` is the driver's own connection, for its file readers."""

    target: Target = "duckdb"

    def __init__(self, raw: duckdb.DuckDBPyConnection) -> None:
        self.raw = raw
        raw.execute("set TimeZone = 'UTC'")
        raw.execute("set enable_progress_bar = false")

    def execute(self, statement: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        cursor = self.raw.execute(statement, list(parameters) or None)
        rows: list[tuple[Any, ...]] = []
        # The driver makes rows without letting other threads run, so not all of them at once.
        while cursor.description and (some := cursor.fetchmany(_ROWS_AT_ONCE)):
            rows += some
        return rows

    def stream(
        self, statement: str, parameters: Sequence[Any] = (), batch_size: int = 1000
    ) -> Iterator[list[tuple[Any, ...]]]:
        # A cursor of its own: statements run between two batches must not end this result.
        with self.raw.cursor() as cursor:
            cursor.execute(statement, list(parameters) or None)
            while batch := cursor.fetchmany(batch_size):
                yield batch

    @contextmanager
    def transaction(self) -> Iterator[None]:
        self.raw.begin()
        try:
            yield
        except BaseException:
            self.raw.rollback()
            raise
        self.raw.commit()

    def close(self) -> None:
        self.raw.close()


class PostgresConnection(_CatalogQueries):
    """PostgreSQL. `raw` is the driver's own connection, for COPY."""

    target: Target = "postgres"

    def __init__(self, raw: psycopg.Connection[Any]) -> None:
        self.raw = raw
        raw.execute("set time zone 'UTC'")

    def execute(self, statement: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        with psycopg.RawCursor(self.raw) as cursor:
            cursor.execute(statement.encode(), list(parameters) or None)
            return cursor.fetchall() if cursor.description else []

    def stream(
        self, statement: str, parameters: Sequence[Any] = (), batch_size: int = 1000
    ) -> Iterator[list[tuple[Any, ...]]]:
        # Held open past commits, so that writes between two batches do not end it.
        with psycopg.RawServerCursor(self.raw, "cdp_stream", withhold=True) as cursor:
            cursor.execute(statement.encode(), list(parameters) or None)
            while batch := cursor.fetchmany(batch_size):
                yield batch

    @contextmanager
    def transaction(self) -> Iterator[None]:
        with self.raw.transaction():
            yield

    def close(self) -> None:
        self.raw.close()


def connect(settings: Settings) -> DuckDBConnection | PostgresConnection:
    """Open the warehouse, waiting up to `LOCK_WAIT_SECONDS` for another writer of a DuckDB file."""
    if settings.target == "postgres":
        return PostgresConnection(connect_postgres())
    path = settings.duckdb_path
    path.parent.mkdir(parents=True, exist_ok=True)
    return DuckDBConnection(once_unlocked(path, lambda: duckdb.connect(str(path))))


def connect_postgres(**options: Any) -> psycopg.Connection[tuple[Any, ...]]:
    """Open a session in autocommit, with the PG* variables and further options of libpq."""
    try:
        return psycopg.connect("", autocommit=True, **options)
    except psycopg.OperationalError as error:
        # The first line says what is wrong; it names host, port, user or database, and no password.
        reason = str(error).strip().splitlines()[0]
        raise WarehouseUnreachableError(
            f"PostgreSQL does not answer: {reason}. Start it, or mend DATABASE_URL "
            "(or PGHOST, PGPORT, PGUSER, PGPASSWORD and PGDATABASE)."
        ) from None


def once_unlocked(path: Path, open_file: Callable[[], Opened], otherwise: str = "") -> Opened:
    """What `open_file` returns, waiting up to `LOCK_WAIT_SECONDS` for who writes the DuckDB file.

    Raises `WarehouseBusyError` where it is still locked then, which ends with `otherwise`.
    """
    deadline = time.monotonic() + LOCK_WAIT_SECONDS
    while True:
        try:
            return open_file()
        except duckdb.IOException as error:
            if "lock" not in str(error).lower():
                raise
            if time.monotonic() > deadline:
                raise WarehouseBusyError(
                    f"{path} is being written by another process: "
                    f"wait for it to finish, or stop it, and run again.{otherwise}"
                ) from None
            time.sleep(0.25)


@contextmanager
def connected(settings: Settings) -> Iterator[DuckDBConnection | PostgresConnection]:
    """`connect`, closed on leaving."""
    connection = connect(settings)
    try:
        yield connection
    finally:
        connection.close()
