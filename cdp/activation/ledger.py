"""The ledger in the warehouse: what every destination has acknowledged, and the logs beside it.

Rows move through three steps. Before a change is sent its **intent** is written, so that a crash
between delivery and acknowledgement is known: the next run either repeats that very change under
the same idempotency key or sends a later revision. When the receiver has answered, the intent is
settled in one transaction (`settlement`): the ledger takes what was acknowledged, the outcome log
takes the row, and the intent goes.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from copy import copy
from datetime import UTC, datetime

from cdp.activation.destinations.base import REMOVING
from cdp.settings import Settings
from cdp.warehouse.connection import Connection, quote

# Operations after which the receiver has no row, and that carry no values; for SQL.
REMOVED = "(" + ", ".join(f"'{operation}'" for operation in sorted(REMOVING)) + ")"

# Columns and primary key of each table.
TABLES: Mapping[str, tuple[str, str | None]] = {
    # One row per sync and key: what the receiver holds. A delete or a merge stays as a tombstone,
    # so that the same row, inserted again, is a new revision. A message has its channel, by which
    # it counts towards frequency caps.
    "sync_ledger": (
        "sync_name text not null, sync_key text not null, operation text not null, "
        "payload_hash text, revision bigint not null, receiver_id text, run_id text not null, "
        "acknowledged_at timestamp not null, profile_id text, message_channel text",
        "sync_name, sync_key",
    ),
    # One row per sync and key that was sent, or was about to be, and is not acknowledged; it is new
    # where the ledger has no row for the key.
    "sync_intents": (
        "sync_name text not null, sync_key text not null, operation text not null, "
        "payload_hash text, revision bigint not null, idempotency_key text not null, "
        "permission text not null, consent_recorded_at timestamp, is_new boolean not null, "
        "run_id text not null, batch_position bigint not null, written_at timestamp not null, "
        "profile_id text, message_channel text",
        "sync_name, sync_key",
    ),
    # One row per run of a sync; a run id that is used again starts a row of its own.
    "sync_runs": (
        "sync_name text not null, run_id text not null, destination text not null, "
        "mode text not null, status text not null, started_at timestamp not null, "
        "finished_at timestamp, inserted_count bigint, updated_count bigint, "
        "deleted_count bigint, withheld_count bigint, rejected_count bigint, "
        "held_back_count bigint, failed_count bigint, unchanged_count bigint, "
        "request_count bigint, message text, merged_count bigint",
        "sync_name, run_id, started_at",
    ),
    # One row per run and row that was delivered, rejected, withheld or failed.
    "sync_outcomes": (
        "sync_name text not null, run_id text not null, sync_key text not null, "
        "operation text not null, status text not null, attempt_count bigint not null, "
        "reason text, payload_hash text, revision bigint, idempotency_key text, "
        "permission text not null, consent_recorded_at timestamp, "
        "recorded_at timestamp not null",
        None,
    ),
    # One row per sync and key that the receiver refused, also after it was resolved.
    "sync_rejections": (
        "sync_name text not null, sync_key text not null, operation text not null, "
        "payload_hash text, reason text, attempt_count bigint not null, state text not null, "
        "first_rejected_at timestamp not null, last_rejected_at timestamp not null, "
        "next_attempt_at timestamp, run_id text not null",
        "sync_name, sync_key",
    ),
    # One row per sync and key that is withheld at present.
    "sync_withheld": (
        "sync_name text not null, sync_key text not null, reason text not null, "
        "run_id text not null, withheld_since timestamp not null",
        "sync_name, sync_key",
    ),
}

# Columns that tables of an earlier version lack.
ADDED_COLUMNS = {
    "sync_ledger": ("profile_id text", "message_channel text"),
    "sync_intents": ("profile_id text", "message_channel text"),
    "sync_runs": ("merged_count bigint",),
}

# Held while the tables are made, so that first runs started together do not collide: by the threads
# of a process, and by the sessions of a server.
_ddl_threads = threading.Lock()
_DDL_LOCK = 5_318_008_114_260_921


def utc_now() -> datetime:
    """The real clock as the warehouse keeps it: UTC, without zone."""
    return datetime.now(UTC).replace(tzinfo=None)


def ledger_schema(settings: Settings) -> str:
    """Schema of the ledger tables."""
    return f"{settings.schema}_activation"


def create_ledger(connection: Connection, settings: Settings) -> None:
    """Make the ledger tables that are missing."""
    schema = ledger_schema(settings)
    if all(connection.table_exists(schema, table) for table in TABLES) and not any(
        _lacking(connection, schema, table) for table in ADDED_COLUMNS
    ):
        return
    statements = [f"create schema if not exists {quote(schema)}"]
    # DuckDB's key index would be kept in memory and cost more than it guards: the file has one
    # writer, and the difference is made so that no key comes twice.
    has_indexes = connection.target == "postgres"
    for table, (columns, key) in TABLES.items():
        constraint = f", primary key ({key})" if key and has_indexes else ""
        statements.append(
            f"create table if not exists {quote(schema)}.{table} ({columns}{constraint})"
        )
    if has_indexes:
        statements.append(
            "create index if not exists sync_intents_by_position "
            f"on {quote(schema)}.sync_intents (sync_name, run_id, batch_position)"
        )
    with _ddl_threads, connection.transaction():
        if connection.target == "postgres":
            connection.execute("select pg_advisory_xact_lock($1)", (_DDL_LOCK,))
        for statement in statements:
            connection.execute(statement)
        for table in ADDED_COLUMNS:
            # Only where it is lacking: the statement waits for other syncs, and they for it.
            for column in _lacking(connection, schema, table):
                connection.execute(f"alter table {quote(schema)}.{table} add column {column}")


def _lacking(connection: Connection, schema: str, table: str) -> list[str]:
    present = connection.columns(schema, table)
    return [column for column in ADDED_COLUMNS[table] if column.split()[0] not in present]


class Ledger:
    """The ledger tables of one sync.

    With `read_only` a table that does not exist yet is stood in for by an empty temporary one, so
    that a plan can be made without writing anything.
    """

    def __init__(
        self,
        connection: Connection,
        settings: Settings,
        sync_name: str,
        *,
        read_only: bool = False,
    ) -> None:
        self.connection = connection
        self.sync_name = sync_name
        self._schema = ledger_schema(settings)
        if not read_only:
            create_ledger(connection, settings)
        self._relations = {name: self._relation(name) for name in TABLES}

    def _relation(self, name: str) -> str:
        if self.connection.table_exists(self._schema, name):
            relation = f"{quote(self._schema)}.{name}"
            lacking = _lacking(self.connection, self._schema, name) if name in ADDED_COLUMNS else []
            if not lacking:
                return relation
            # A plan writes nothing, and a run has added the columns.
            added = "".join(
                f", cast(null as {kind}) as {column}" for column, kind in map(str.split, lacking)
            )
            self.connection.execute(
                f"create temp view earlier_{name} as select *{added} from {relation}"
            )
            return f"earlier_{name}"
        columns, _ = TABLES[name]
        self.connection.execute(f"create temp table empty_{name} ({columns})")
        return f"empty_{name}"

    def on(self, connection: Connection) -> Ledger:
        """The same ledger on another connection."""
        other = copy(self)
        other.connection = connection
        return other

    def table(self, name: str) -> str:
        """The qualified name of a ledger table, for SQL."""
        return self._relations[name]

    def live_count(self) -> int:
        """Rows that the receiver holds, as far as acknowledged."""
        rows = self.connection.execute(
            f"select count(*) from {self.table('sync_ledger')} "
            f"where sync_name = $1 and operation not in {REMOVED}",
            (self.sync_name,),
        )
        return int(rows[0][0])

    def has_open_rejections(self) -> bool:
        """Whether any refused row is neither delivered nor changed since."""
        return bool(
            self.connection.execute(
                f"select 1 from {self.table('sync_rejections')} "
                "where sync_name = $1 and state <> 'resolved' limit 1",
                (self.sync_name,),
            )
        )

    def running(self) -> tuple[str, datetime] | None:
        """Run id and start of the run that the log says is under way."""
        rows = self.connection.execute(
            f"select run_id, started_at from {self.table('sync_runs')} "
            "where sync_name = $1 and status = 'running' order by started_at desc limit 1",
            (self.sync_name,),
        )
        return (str(rows[0][0]), rows[0][1]) if rows else None

    def last_run_succeeded(self) -> bool:
        """Whether the last run that came to sending went through; False where there was none."""
        rows = self.connection.execute(
            f"select status from {self.table('sync_runs')} where sync_name = $1 "
            "and status not in ('running', 'blocked') order by started_at desc limit 1",
            (self.sync_name,),
        )
        return bool(rows) and rows[0][0] == "succeeded"

    def start_run(self, run_id: str, destination: str, mode: str) -> datetime:
        """Log the start of a run and close what a killed run left open; returns the start."""
        started_at = utc_now()
        runs = self.table("sync_runs")
        with self.connection.transaction():
            self.connection.execute(
                f"update {runs} set status = 'interrupted', finished_at = $2, "
                "message = 'the process ended before the run did' "
                "where sync_name = $1 and status = 'running'",
                (self.sync_name, started_at),
            )
            self.connection.execute(
                # A run id may come twice; the positions of its first life must not count again.
                f"update {self.table('sync_intents')} set batch_position = 0 where sync_name = $1",
                (self.sync_name,),
            )
            self.connection.execute(
                f"insert into {runs} (sync_name, run_id, destination, mode, status, started_at) "
                "values ($1, $2, $3, $4, 'running', $5)",
                (self.sync_name, run_id, destination, mode, started_at),
            )
        return started_at

    def finish_run(
        self,
        run_id: str,
        started_at: datetime,
        status: str,
        counts: Mapping[str, int],
        message: str | None,
    ) -> None:
        """Log the end of a run; `counts` by the log's column names."""
        sets = "".join(f", {name} = {int(value)}" for name, value in counts.items())
        self.connection.execute(
            f"update {self.table('sync_runs')} set status = $4, finished_at = $5, message = $6"
            f"{sets} where sync_name = $1 and run_id = $2 and started_at = $3",
            (self.sync_name, run_id, started_at, status, utc_now(), message),
        )

    def make_due(self) -> int:
        """Let every waiting and dead row be tried by the next run; returns how many.

        Nothing is erased: attempts and reason stay until the receiver accepts the row.
        """
        rows = self.connection.execute(
            f"update {self.table('sync_rejections')} set state = 'waiting', next_attempt_at = $2 "
            "where sync_name = $1 and state in ('waiting', 'dead') returning sync_key",
            (self.sync_name, utc_now()),
        )
        return len(rows)
