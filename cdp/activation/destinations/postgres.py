"""Rows of a PostgreSQL table, the sync's `object`: copied to a staging table, then written by key.

Beside the table, in its schema, `cdp_sync_rows` remembers which rows a sync inserted and the latest
revision of each key. So a late write of an earlier revision changes nothing, and a delete takes
away only what the sync itself put there: a row that was there before is updated and never deleted.
"""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, cast

import psycopg
from psycopg import sql
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
from cdp.activation.spec import SyncSpec
from cdp.settings import Settings

DEFAULT_DSN_VARIABLE = "CDP_POSTGRES_DSN"
ROWS_TABLE = "cdp_sync_rows"

_CONNECT_SECONDS = 30
_TABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_$]*\.[A-Za-z_][A-Za-z0-9_$]*")
# Classes of SQLSTATE: connection, conflict of transactions, resources, busy object, operator.
_TEMPORARY_CLASSES = frozenset({"08", "40", "53", "55", "57", "58"})
# Bad data, violated constraint, a row too large for an index, an exception of a trigger.
_REFUSED_CLASSES = frozenset({"22", "23", "44", "54", "P0"})


class PostgresOptions(Options):
    """Keys of a sync to a PostgreSQL table beside the common ones.

    Attributes:
        dsn_variable: Environment variable that holds the connection string, as a URI or as
            `host=… dbname=…`.
        timeout_seconds: How long one statement may take.
    """

    dsn_variable: str = Field(DEFAULT_DSN_VARIABLE, pattern=r"^[A-Z][A-Z0-9_]*$")
    timeout_seconds: float = Field(300, gt=0, le=3600)


class _Table:
    """The statements for one sync's table; `columns` are the payload's, `key` is one of them."""

    def __init__(self, name: str, columns: Sequence[str], key: str) -> None:
        self.schema_name, self.table_name = name.split(".")
        self.name = name
        self.columns = list(columns)
        self.key = key
        self.relation = sql.Identifier(self.schema_name, self.table_name)
        self.rows_relation = sql.Identifier(self.schema_name, ROWS_TABLE)

    def _format(self, text: str, **parts: sql.Composable) -> sql.Composed:
        staged = [sql.Identifier(f"value_{at}") for at in range(len(self.columns))]
        named = [sql.Identifier(column) for column in self.columns]
        pairs = list(zip(named, staged, strict=True))
        changed = [pair for pair in pairs if pair[0] != sql.Identifier(self.key)] or pairs
        comma = sql.SQL(", ")
        return sql.SQL(text).format(
            table=self.relation,
            rows=self.rows_relation,
            key=sql.Identifier(self.key),
            staged_key=staged[self.columns.index(self.key)],
            columns=comma.join(named),
            staged=comma.join(staged),
            as_staged=comma.join(sql.SQL("{} as {}").format(*pair) for pair in pairs),
            set_excluded=comma.join(
                sql.SQL("{0} = excluded.{0}").format(column) for column, _ in changed
            ),
            set_staged=comma.join(sql.SQL("{} = staged.{}").format(*pair) for pair in changed),
            **parts,
        )

    def create_rows(self) -> sql.Composed:
        return self._format(
            "create table if not exists {rows} (sync_name text, table_name text, row_key text, "
            "revision bigint not null, is_ours boolean not null, "
            "primary key (sync_name, table_name, row_key))"
        )

    def create_staging(self) -> sql.Composed:
        """The temporary table: the target's types without its constraints."""
        return self._format(
            "create temp table if not exists cdp_staging on commit delete rows as select "
            "cast(null as text) as sync_key, cast(null as text) as operation, "
            "cast(null as bigint) as revision, {as_staged} from {table} with no data"
        )

    def copy(self) -> sql.Composed:
        return self._format("copy cdp_staging (sync_key, operation, revision, {staged}) from stdin")

    def drop_late(self) -> sql.Composed:
        return self._format(
            "delete from cdp_staging as staged using {rows} as known "
            "where known.sync_name = %(sync)s and known.table_name = %(table)s "
            "and known.row_key = staged.sync_key and known.revision > staged.revision"
        )

    def delete(self) -> sql.Composed:
        return self._format(
            "delete from {table} as target using cdp_staging as staged "
            "join {rows} as known on known.row_key = staged.sync_key "
            "where known.sync_name = %(sync)s and known.table_name = %(table)s "
            "and known.is_ours and staged.operation = 'delete' "
            "and target.{key} = staged.{staged_key}"
        )

    def remember_deletes(self) -> sql.Composed:
        return self._format(
            "insert into {rows} as known select %(sync)s, %(table)s, sync_key, revision, false "
            "from cdp_staging where operation = 'delete' "
            "on conflict (sync_name, table_name, row_key) "
            "do update set revision = excluded.revision, is_ours = false"
        )

    def upsert(self) -> sql.Composed:
        """Insert or update; of new rows, whose `xmax` is 0, it is remembered that they are ours."""
        written = self._format(
            "insert into {table} ({columns}) select {staged} from cdp_staging "
            "where operation <> 'delete' order by sync_key "
            "on conflict ({key}) do update set {set_excluded} "
            "returning {key} as written_key, xmax = 0 as is_new"
        )
        return self._remembering(written)

    def update(self) -> sql.Composed:
        """Update only; returns as many rows as there were."""
        written = self._format(
            "update {table} as target set {set_staged} from cdp_staging as staged "
            "where staged.operation <> 'delete' and target.{key} = staged.{staged_key} "
            "returning target.{key} as written_key, false as is_new"
        )
        return self._remembering(written)

    def _remembering(self, written: sql.Composed) -> sql.Composed:
        return self._format(
            "with written as ({written}) "
            "insert into {rows} as known "
            "select %(sync)s, %(table)s, staged.sync_key, staged.revision, written.is_new "
            "from written join cdp_staging as staged on staged.{staged_key} = written.written_key "
            "on conflict (sync_name, table_name, row_key) do update set "
            "revision = excluded.revision, is_ours = known.is_ours or excluded.is_ours "
            "returning row_key",
            written=written,
        )


class PostgresSession:
    """An open table. One connection, used by one batch after another."""

    def __init__(self, dsn: str, sync: str, mode: Mode, table: _Table, timeout: float) -> None:
        self._dsn = dsn
        self._names = {"sync": sync, "table": table.name}
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
        table, names = self._table, self._names
        # One writer at a time for a sync, so that what a dead process began is over by now.
        await connection.execute(
            "select pg_advisory_xact_lock(hashtextextended(%(sync)s || ' ' || %(table)s, 0))", names
        )
        await connection.execute(table.create_staging())
        await self._copy(connection, changes)
        # Nothing is known of a new table, and a nested loop over one taken for small does not end.
        await connection.execute("analyze cdp_staging")
        late = await connection.execute(table.drop_late() + sql.SQL(" returning sync_key"), names)
        done = {key for (key,) in await late.fetchall()}
        await connection.execute(table.delete(), names)
        await connection.execute(table.remember_deletes(), names)
        write = table.update() if self._mode == "update_only" else table.upsert()
        written = await connection.execute(write, names)
        return done | {key for (key,) in await written.fetchall()}

    async def _copy(
        self, connection: psycopg.AsyncConnection[Any], changes: Sequence[Change]
    ) -> None:
        columns, key = self._table.columns, self._table.key
        async with connection.cursor() as cursor, cursor.copy(self._table.copy()) as copy:
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
    # A statement takes 65,535 parameters, but COPY none; these bound a transaction. It is one
    # connection, which does one thing at a time.
    limits = Limits(largest_batch=20_000, default_batch=5_000, max_in_flight=1, most_in_flight=1)

    def check(self, spec: SyncSpec) -> Iterable[Problem]:
        """The object has to be a table with its schema."""
        if not _TABLE.fullmatch(spec.object):
            yield Problem("object", f"is {spec.object!r}: name the table as schema.table.")

    def open(
        self, spec: SyncSpec, settings: Settings
    ) -> AbstractAsyncContextManager[PostgresSession]:
        """Connect, and check that the table can take the payload."""
        return _open(spec)


@asynccontextmanager
async def _open(spec: SyncSpec) -> AsyncIterator[PostgresSession]:
    options = cast(PostgresOptions, spec.options)
    dsn = os.environ.get(options.dsn_variable)
    if not dsn:
        raise DestinationSettingError(
            f"{options.dsn_variable} is not set: set it to the connection string of the database, "
            "postgresql://USER:PASSWORD@HOST:PORT/DATABASE."
        )
    columns = [column.name for column in spec.payload.columns]
    table = _Table(spec.object, columns, spec.key)
    try:
        session = PostgresSession(dsn, spec.name, spec.mode, table, options.timeout_seconds)
        connection = await session.connect()
    except psycopg.Error as error:
        # The driver's message may repeat the password.
        raise DestinationSettingError(
            f"{options.dsn_variable}: no connection to the database ({type(error).__name__}): "
            "look at address, user, password and whether the server runs."
        ) from None
    try:
        await _check_table(connection, table, spec.name)
        await _prepare(connection, table)
        yield session
    finally:
        await session.close()


async def _check_table(connection: psycopg.AsyncConnection[Any], table: _Table, sync: str) -> None:
    """Raises `DestinationSettingError` for a table that cannot take the payload."""
    found = await connection.execute(
        "select class.oid, class.relkind from pg_class as class "
        "join pg_namespace as namespace on namespace.oid = class.relnamespace "
        "where namespace.nspname = %s and class.relname = %s",
        (table.schema_name, table.table_name),
    )
    relation = await found.fetchone()
    if relation is None or relation[1] != "r":
        raise DestinationSettingError(f"sync {sync!r}: there is no table {table.name}: create it.")
    found = await connection.execute(
        "select attname from pg_attribute where attrelid = %s and attnum > 0 and not attisdropped",
        (relation[0],),
    )
    present = {name for (name,) in await found.fetchall()}
    missing = [column for column in table.columns if column not in present]
    if missing:
        raise DestinationSettingError(
            f"sync {sync!r}: table {table.name} lacks {', '.join(missing)}: add the columns, or "
            "take them out of the payload."
        )
    found = await connection.execute(
        "select 1 from pg_index join pg_attribute on attrelid = indrelid and attnum = indkey[0] "
        "where indrelid = %s and attname = %s and indnkeyatts = 1 and indisunique and indimmediate "
        "and indisvalid and indpred is null and indexprs is null",
        (relation[0], table.key),
    )
    if await found.fetchone() is None:
        raise DestinationSettingError(
            f"sync {sync!r}: {table.key} is not a unique key of table {table.name}: "
            f"alter table {table.name} add unique ({table.key})."
        )


async def _prepare(connection: psycopg.AsyncConnection[Any], table: _Table) -> None:
    """Make the table of rows that are ours; where it exists no right to create is needed."""
    found = await connection.execute(
        "select 1 from pg_tables where schemaname = %s and tablename = %s",
        (table.schema_name, ROWS_TABLE),
    )
    if await found.fetchone():
        return
    try:
        async with connection.transaction():
            await connection.execute(
                "select pg_advisory_xact_lock(hashtextextended(%s, 0))", (ROWS_TABLE,)
            )
            await connection.execute(table.create_rows())
    except psycopg.errors.InsufficientPrivilege as error:
        raise DestinationSettingError(
            f"{table.schema_name}.{ROWS_TABLE} does not exist and the user may not create it: "
            "see docs/destinations/postgres.md."
        ) from error


DESTINATION: Destination = Postgres()
