"""One connection interface for both engines.

Parameters of statements are written `$1`, `$2` …, which DuckDB and psycopg's raw cursor accept.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol, TypeVar, cast

import duckdb
import psycopg

from cdp.settings import Settings, Target

LOCK_WAIT_SECONDS = 30.0

Opened = TypeVar("Opened")
_ROWS_AT_ONCE = 500


class WarehouseBusyError(RuntimeError):
    """Another process has been writing the DuckDB file for longer than this one waits."""


class WarehouseUnreachableError(RuntimeError):
    """PostgreSQL does not let us in; the message says which settings decide where it is."""


class Connection(Protocol):
    """A connection to the warehouse in autocommit, with explicit transactions."""

    target: Target

    def execute(self, statement: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run one statement; returns its rows, or an empty list if it returns none."""
        ...

    def stream(
        self, statement: str, parameters: Sequence[Any] = (), batch_size: int = 1000
    ) -> Iterator[list[tuple[Any, ...]]]:
        """Run a query and yield its rows in batches, without holding them all."""
        ...

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit on leaving, roll back on an exception."""
        ...

    def table_exists(self, schema: str, table: str) -> bool:
        """Whether a table or view of that name exists."""
        ...

    def columns(self, schema: str, table: str) -> list[str]:
        """Column names in order; empty if there is no such table."""
        ...

    def close(self) -> None:
        """Close the connection, which releases the lock on a DuckDB file."""
        ...


def quote(identifier: str) -> str:
    """An identifier quoted for either engine."""
    return '"' + identifier.replace('"', '""') + '"'


def try_session_lock(connection: Connection, name: str) -> bool:
    """Lock a name on PostgreSQL until the session ends or unlocks it; False if it is locked."""
    rows = connection.execute("select pg_try_advisory_lock($1)", (lock_key(name),))
    return bool(rows[0][0])


def lock_key(name: str) -> int:
    """The number of PostgreSQL's advisory lock for a name."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)


class _CatalogQueries:
    """Queries of information_schema that are the same on both engines."""

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
        # The driver blocks other threads while it builds rows, so fetch them in portions.
        while cursor.description and (some := cursor.fetchmany(_ROWS_AT_ONCE)):
            rows += some
        return rows

    def stream(
        self, statement: str, parameters: Sequence[Any] = (), batch_size: int = 1000
    ) -> Iterator[list[tuple[Any, ...]]]:
        # A separate cursor, so that statements between two batches do not end this result.
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
            # After an error of the disk there is no transaction left to roll back.
            with suppress(duckdb.Error):
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
        # `withhold` keeps the cursor open past commits between two batches.
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


Warehouse = DuckDBConnection | PostgresConnection


def connect(settings: Settings) -> Warehouse:
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
    """What `open_file` returns, waiting up to `LOCK_WAIT_SECONDS` for a writer of the DuckDB file.

    Raises `WarehouseBusyError`, whose message ends with `otherwise`, if it is still locked then.
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
def connected(settings: Settings) -> Iterator[Warehouse]:
    """Open the warehouse as `connect` does and close it on leaving."""
    connection = connect(settings)
    try:
        yield connection
    finally:
        connection.close()
