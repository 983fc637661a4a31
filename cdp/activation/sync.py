"""Planning and running one sync: the functions that everything else calls."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from cdp.activation.clock import clock_from, run_clock, utc_now
from cdp.activation.difference import Difference
from cdp.activation.ledger import Ledger
from cdp.activation.lock import exclusive
from cdp.activation.plan import SyncPlan, make_plan
from cdp.activation.retry import RetryPolicy
from cdp.activation.run import Progress, Run, SyncReport
from cdp.activation.spec import SyncSpec
from cdp.settings import Settings
from cdp.upgrade.migrations import require_upgraded
from cdp.warehouse.connection import Connection, connected

# What DuckDB may hold while a sync runs, beside the batches that Python does; a first load of
# millions of rows goes to disk beyond it. A plan has no batches, so it may hold more.
DUCKDB_MEMORY = "256MB"
DUCKDB_PLAN_MEMORY = "340MB"


class SyncStoppedError(RuntimeError):
    """Delivery stopped before all rows were sent. `report` says how far it came."""

    def __init__(self, report: SyncReport) -> None:
        super().__init__(
            f"sync {report.sync!r} stopped: {report.message}. What was acknowledged is kept; "
            "run it again and it goes on from there."
        )
        self.report = report


def plan_sync(settings: Settings, spec: SyncSpec, *, now: datetime | None = None) -> SyncPlan:
    """What `run_sync` would send at this moment; sends nothing and writes nothing."""
    with connected(settings) as connection, bounded_memory(connection, DUCKDB_PLAN_MEMORY):
        ledger = Ledger(connection, settings, spec.name, read_only=True)
        clock = clock_from(now) if now else run_clock()
        difference = Difference(ledger, spec, now or utc_now(), clock)
        return make_plan(difference, spec, difference.compute())


def run_sync(
    settings: Settings,
    spec: SyncSpec,
    *,
    run_id: str,
    now: datetime | None = None,
    progress: Progress | None = None,
    approve: bool = False,
    policy: RetryPolicy | None = None,
) -> SyncReport:
    """Bring the destination to the state of the payload.

    Runs an event loop of its own, so it must not be called from inside one.

    Args:
        settings: Where the warehouse is.
        spec: The sync.
        run_id: Recorded with everything the run writes.
        now: Moment at which the run begins: rejected rows are judged due by it, and rows expired.
            By default the real clock, and `CDP_AS_OF` where set for what expires.
        progress: Called with a line about how far the run is, about once a second.
        approve: Run even if the guard on changes and deletes would stop it.
        policy: How long to try; the default suits all but tests.

    Raises:
        SyncAlreadyRunningError: Another run of this sync is under way.
        UpgradeError: The warehouse is of an earlier version, whose state would not be found.
        SyncBlockedError: The guard stopped it; nothing was sent.
        SyncStoppedError: Delivery stopped early.
        PayloadError: The payload is missing, lacks columns or repeats a key.
        DestinationSettingError: An address or secret is missing.
    """
    with (
        _session(settings) as reader,
        _session(settings) as writer,
        exclusive(reader, settings, spec),
        bounded_memory(reader),
    ):
        require_upgraded(reader, settings)
        run = Run(
            reader,
            writer,
            settings=settings,
            spec=spec,
            run_id=run_id,
            policy=policy or RetryPolicy(),
            progress=progress,
        )
        clock = clock_from(now) if now else run_clock()
        report = run.execute(now or utc_now(), clock, approve)
    if report.status == "failed":
        raise SyncStoppedError(report)
    return report


def retry_rejected(settings: Settings, spec: SyncSpec) -> int:
    """Make waiting and dead rows due, for the next run to send; returns how many."""
    with _session(settings) as connection, exclusive(connection, settings, spec):
        return Ledger(connection, settings, spec.name).make_due()


@contextmanager
def _session(settings: Settings) -> Iterator[Connection]:
    with connected(settings) as connection:
        if connection.target == "postgres":
            # Lets the server notice during a long statement that this process was killed.
            connection.execute("set client_connection_check_interval = '2s'")
        yield connection


@contextmanager
def bounded_memory(connection: Connection, limit: str = DUCKDB_MEMORY) -> Iterator[None]:
    """Keep the embedded engine to a limit; memory must not grow with the payload."""
    if connection.target != "duckdb":
        yield
        return
    ((usual,),) = connection.execute("select current_setting('memory_limit')")
    connection.execute(f"set memory_limit = '{limit}'")
    try:
        yield
    finally:
        connection.execute(f"set memory_limit = '{usual}'")
