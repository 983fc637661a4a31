"""The ledger in the warehouse: what every destination has acknowledged, and the logs beside it.

Rows move through three steps. Before a change is sent its **intent** is written, so that a crash
between delivery and acknowledgement is known: the next run either repeats that very change under
the same idempotency key or sends a later revision. When the receiver has answered, one transaction
(`acknowledgement`) writes the acknowledged row to the ledger, logs the outcome and deletes the
intent. `sql/ledger.sql` has the tables.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from copy import copy
from datetime import datetime
from typing import Any

from cdp.activation.clock import utc_now
from cdp.activation.statements import Sql, render
from cdp.settings import Settings
from cdp.warehouse.connection import Connection, quote

TABLES = (
    "sync_ledger",
    "sync_intents",
    "sync_runs",
    "sync_outcomes",
    "sync_rejections",
    "sync_withheld",
)

# Columns that tables of an earlier version lack.
ADDED_COLUMNS = {
    "sync_ledger": ("profile_id text", "message_channel text"),
    "sync_intents": ("profile_id text", "message_channel text"),
    "sync_runs": ("merged_count bigint",),
}

# Held while the tables are created, so that concurrent first runs do not collide: within a
# process, and between the sessions of a server.
_ddl_threads = threading.Lock()
_DDL_LOCK = 5_318_008_114_260_921


def ledger_schema(settings: Settings) -> str:
    """Schema of the ledger tables."""
    return f"{settings.schema}_activation"


def create_ledger(connection: Connection, settings: Settings) -> None:
    """Make the ledger tables and columns that are missing."""
    schema = ledger_schema(settings)
    if all(connection.table_exists(schema, table) for table in TABLES) and not any(
        _lacking(connection, schema, table) for table in ADDED_COLUMNS
    ):
        return
    quoted = Sql(quote(schema))
    with _ddl_threads, connection.transaction():
        if connection.target == "postgres":
            connection.execute("select pg_advisory_xact_lock($1)", (_DDL_LOCK,))
        connection.execute(
            render("ledger.sql", engine=connection.target, schema=quoted, is_empty=False)
        )
        for table in ADDED_COLUMNS:
            # Only if the column is missing: the statement takes a lock that other syncs wait for.
            for column in _lacking(connection, schema, table):
                connection.execute(f"alter table {quoted}.{table} add column {column}")


def _lacking(connection: Connection, schema: str, table: str) -> list[str]:
    present = connection.columns(schema, table)
    return [column for column in ADDED_COLUMNS[table] if column.split()[0] not in present]


class Ledger:
    """The ledger tables of one sync.

    With `read_only` an empty temporary table stands in for one that does not exist yet, so that a
    plan writes nothing.
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
        missing = [name for name in TABLES if not connection.table_exists(self._schema, name)]
        if missing:
            connection.execute(
                render("ledger.sql", engine=connection.target, schema=None, is_empty=True)
            )
        self._relations = {
            name: Sql(f"empty_{name}") if name in missing else self._relation(name)
            for name in TABLES
        }

    def _relation(self, name: str) -> Sql:
        relation = f"{quote(self._schema)}.{name}"
        lacking = _lacking(self.connection, self._schema, name) if name in ADDED_COLUMNS else []
        if not lacking:
            return Sql(relation)
        # A plan writes nothing, and a run has added the columns.
        added = "".join(
            f", cast(null as {kind}) as {column}" for column, kind in map(str.split, lacking)
        )
        view = f"earlier_{name}"
        self.connection.execute(f"create temp view {view} as select *{added} from {relation}")
        return Sql(view)

    def on(self, connection: Connection) -> Ledger:
        """The same ledger on another connection."""
        other = copy(self)
        other.connection = connection
        return other

    def table(self, name: str) -> str:
        """The qualified name of a ledger table, for SQL."""
        return str(self._relations[name])

    def execute(self, template: str, **context: object) -> list[tuple[Any, ...]]:
        """Run a template of `sql/`, which also knows the ledger, the sync, the engine and `now`."""
        common = {
            "engine": self.connection.target,
            "sync_name": self.sync_name,
            "now": utc_now(),
            **self._relations,
        }
        return self.connection.execute(render(template, **(common | context)))

    def _rows(self, query: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(query, (self.sync_name,))

    def live_count(self) -> int:
        """Rows that the receiver has, as far as acknowledged."""
        where = "sync_name = $1 and operation not in ('delete', 'merge')"
        rows = self._rows(f"select count(*) from {self.table('sync_ledger')} where {where}")
        return int(rows[0][0])

    def running(self) -> tuple[str, datetime] | None:
        """Run id and start of the run that the log says is under way."""
        rows = self._runs("run_id, started_at", "status = 'running'")
        return (str(rows[0][0]), rows[0][1]) if rows else None

    def last_run_succeeded(self) -> bool:
        """Whether the last run that came to sending went through; False where there was none."""
        rows = self._runs("status", "status not in ('running', 'blocked')")
        return bool(rows) and rows[0][0] == "succeeded"

    def _runs(self, columns: str, condition: str) -> list[tuple[Any, ...]]:
        """The latest run of the sync that meets a condition, if any."""
        where = f"sync_name = $1 and {condition} order by started_at desc limit 1"
        return self._rows(f"select {columns} from {self.table('sync_runs')} where {where}")

    def start_run(self, run_id: str, destination: str, mode: str) -> datetime:
        """Log the start of a run and close what a killed run left open; returns the start."""
        now = utc_now()
        with self.connection.transaction():
            self.execute(
                "start_run.sql", run_id=run_id, destination=destination, mode=mode, now=now
            )
        return now

    def finish_run(
        self,
        run_id: str,
        started_at: datetime,
        status: str,
        counts: Mapping[str, int],
        message: str | None,
    ) -> None:
        """Log the end of a run; `counts` by the log's column names."""
        self.execute(
            "finish_run.sql",
            run_id=run_id,
            started_at=started_at,
            status=status,
            counts={Sql(name): int(value) for name, value in counts.items()},
            message=message,
        )

    def make_due(self) -> int:
        """Let every waiting and dead row be tried by the next run; returns how many.

        Nothing is erased: attempts and reason stay until the receiver accepts the row.
        """
        return len(self.execute("make_due.sql"))
