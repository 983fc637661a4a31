"""Rows of a PostgreSQL table, the sync's `object`: copied to a staging table, then written by key.

Beside the table, in its schema, `cdp_sync_rows` remembers which rows a sync inserted and the latest
revision of each key. So a late write of an earlier revision changes nothing, and a delete takes
away only what the sync itself put there: a row that was there before is updated and never deleted.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import Any, cast

import psycopg
from psycopg.conninfo import conninfo_to_dict
from pydantic import Field

from cdp.activation.destinations.base import (
    ACCEPTED,
    BatchRefusedError,
    Change,
    DeliveryError,
    Destination,
    DestinationSettingError,
    DestinationUnusableError,
    Limits,
    Mode,
    Options,
    Problem,
    RowResult,
    TemporaryFailureError,
)
from cdp.activation.destinations.postgres_table import Table
from cdp.activation.spec import SyncSpec
from cdp.environment import named_secret, variable
from cdp.settings import Settings

DEFAULT_DSN_VARIABLE = "CDP_POSTGRES_DSN"

_CONNECT_SECONDS = 30
_TABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_$]*\.[A-Za-z_][A-Za-z0-9_$]*")
# Classes of SQLSTATE: connection, conflict of transactions, resources, busy object, operator.
_TEMPORARY_CLASSES = frozenset({"08", "40", "53", "55", "57", "58"})
# Bad data, violated constraint, row too large for an index, exception raised by a trigger.
_REFUSED_CLASSES = frozenset({"22", "23", "44", "54", "P0"})


class PostgresOptions(Options):
    """Keys of a sync to a PostgreSQL table beside the common ones.

    Attributes:
        timeout_seconds: How long one statement may take.
    """

    dsn_variable: str = variable(
        DEFAULT_DSN_VARIABLE, "a secret", "Connection of the table destination."
    )
    timeout_seconds: float = Field(300, gt=0, le=3600)


class PostgresSession:
    """An open table. One connection, used by one batch after another."""

    def __init__(self, dsn: str, mode: Mode, table: Table, timeout: float) -> None:
        self._dsn = dsn
        self._mode = mode
        self._table = table
        self._timeout = timeout
        self._lock = asyncio.Lock()
        self._connection: psycopg.AsyncConnection[Any] | None = None
        parts = conninfo_to_dict(dsn)
        self.account = f"{parts.get('host') or 'local'}/{parts.get('dbname') or ''}"

    async def connect(self) -> psycopg.AsyncConnection[Any]:
        """The connection, made anew where it was lost."""
        if self._connection is None or self._connection.closed:
            connection = await psycopg.AsyncConnection.connect(
                self._dsn, autocommit=True, connect_timeout=_CONNECT_SECONDS
            )
            self._connection = connection
            milliseconds = int(self._timeout * 1000)
            await connection.execute(f"set statement_timeout = {milliseconds}".encode())
        return self._connection

    async def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            await self._connection.close()

    def split(self, changes: Sequence[Change]) -> Sequence[Sequence[Change]]:
        """One transaction for all."""
        return [changes]

    async def deliver(self, changes: Sequence[Change]) -> Sequence[RowResult]:
        """Write one batch in one transaction; see `Session.deliver`."""
        async with self._lock:
            try:
                connection = await self.connect()
                async with connection.transaction():
                    written = await self._write(connection, changes)
            except psycopg.Error as error:
                # The driver's message quotes the row.
                raise _failure(error) from None
        if self._mode != "update_only":
            return [ACCEPTED] * len(changes)
        absent = RowResult("rejected", "no such row")
        return [ACCEPTED if change.key in written else absent for change in changes]

    async def _write(
        self, connection: psycopg.AsyncConnection[Any], changes: Sequence[Change]
    ) -> set[str]:
        """Returns the keys that are as the changes say, or later."""
        await connection.execute(self._table.sql("postgres_stage.sql"))
        await self._copy(connection, changes)
        cursor = await connection.execute(self._table.sql("postgres_write.sql", mode=self._mode))
        keys: set[str] = set()
        while True:
            if cursor.description:
                keys.update(key for (key,) in await cursor.fetchall())
            if not cursor.nextset():
                return keys

    async def _copy(
        self, connection: psycopg.AsyncConnection[Any], changes: Sequence[Change]
    ) -> None:
        columns, key = self._table.columns, self._table.key
        async with connection.cursor() as cursor, cursor.copy(self._table.copy_statement()) as copy:
            for change in changes:
                values = change.values | {key: change.key}
                row = [values.get(column) for column in columns]
                await copy.write_row((change.key, change.operation, change.revision, *row))


def _failure(error: psycopg.Error) -> DeliveryError:
    state = error.sqlstate
    reason = f"{state} {type(error).__name__}" if state else type(error).__name__
    if isinstance(error, psycopg.DataError) or (state and state[:2] in _REFUSED_CLASSES):
        return BatchRefusedError(reason)
    if state is None or state[:2] in _TEMPORARY_CLASSES:
        return TemporaryFailureError(reason)
    return DestinationUnusableError(reason)


class Postgres:
    """The destination for tables of a PostgreSQL database."""

    options: type[Options] = PostgresOptions
    modes: frozenset[Mode] = frozenset({"upsert", "update_only", "mirror", "append"})
    # COPY has no limit of 65,535 parameters as statements have; these limits bound a transaction.
    # One connection runs one statement at a time.
    limits = Limits(largest_batch=20_000, default_batch=5_000, max_in_flight=1, most_in_flight=1)

    def check(self, spec: SyncSpec) -> Iterable[Problem]:
        """The object has to be a table with its schema."""
        if not _TABLE.fullmatch(spec.object):
            yield Problem("object", f"is {spec.object!r}: name the table as schema.table.")

    @asynccontextmanager
    async def open(self, spec: SyncSpec, settings: Settings) -> AsyncIterator[PostgresSession]:
        """Connect, and check that the table can take the payload."""
        options = cast(PostgresOptions, spec.options)
        dsn = named_secret(options.dsn_variable)
        if dsn is None:
            raise DestinationSettingError(
                f"{options.dsn_variable} is not set: set it to the connection string of the "
                "database, postgresql://USER:PASSWORD@HOST:PORT/DATABASE."
            )
        table = Table(spec)
        try:
            session = PostgresSession(
                dsn.get_secret_value(), spec.mode, table, options.timeout_seconds
            )
            connection = await session.connect()
        except psycopg.Error as error:
            # The driver's message may repeat the password.
            raise DestinationSettingError(
                f"{options.dsn_variable}: no connection to the database ({type(error).__name__}): "
                "look at address, user, password and whether the server runs."
            ) from None
        try:
            await table.prepare(connection)
            yield session
        finally:
            await session.close()


DESTINATION: Destination = Postgres()
