"""Planning and running one sync: the functions that everything else calls."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import math
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Literal

import duckdb
import psycopg

from orchestration.activation.delivery import Batch, Delivery, DeliveryTally, RetryPolicy
from orchestration.activation.destinations import find_destination
from orchestration.activation.difference import Counts, Difference
from orchestration.activation.ledger import Ledger, utc_now
from orchestration.activation.plan import SyncBlockedError, SyncPlan, guard, make_plan
from orchestration.activation.rate import limiter_of
from orchestration.activation.settlement import Settlement, settle
from orchestration.manifest import SyncSpec
from orchestration.settings import Settings
from orchestration.warehouse import Connection, connected

logger = logging.getLogger(__name__)

Progress = Callable[[str], None]

LOCK_WAIT_SECONDS = 3.0
# Rows read ahead last about this long at the sync's rate, so that consent is seldom older.
_READ_AHEAD_SECONDS = 2.0
_PROGRESS_SECONDS = 1.0


class SyncAlreadyRunningError(RuntimeError):
    """Another run of the same sync is under way; the message says which."""


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What a run did, in rows.

    Attributes:
        status: `succeeded`, or `failed` where delivery stopped early.
        withheld: Rows not sent for want of consent or because of a suppression.
        rejected: Rows that the receiver refused in this run.
        held_back: Rows refused earlier that were not due again.
        failed: Rows sent without an answer; the next run repeats them.
        unchanged: Rows that the receiver has as they are.
        requests: Requests made, repeated ones included.
        seconds: Duration.
        message: Why delivery stopped early.
    """

    sync: str
    run_id: str
    status: Literal["succeeded", "failed"]
    inserted: int
    updated: int
    deleted: int
    withheld: int
    rejected: int
    held_back: int
    failed: int
    unchanged: int
    requests: int
    seconds: float
    message: str | None = None

    def as_metadata(self) -> dict[str, str | int | float | None]:
        """Plain values, for logs and an asset's metadata."""
        return asdict(self)


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
    with connected(settings) as connection:
        ledger = Ledger(connection, settings, spec.name, read_only=True)
        difference = Difference(ledger, spec, now or utc_now())
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
        now: Moment at which rejected rows are judged due again; the real clock by default.
        progress: Called with a line about how far the run is, about once a second.
        approve: Run even if the guard on changes and deletes would stop it.
        policy: How long to try; the default suits all but tests.

    Raises:
        SyncAlreadyRunningError: Another run of this sync is under way.
        SyncBlockedError: The guard stopped it; nothing was sent.
        SyncStoppedError: Delivery stopped early.
        PayloadError: The payload is missing, lacks columns or repeats a key.
        DestinationSettingError: An address or secret is missing.
    """
    with connected(settings) as connection, _exclusive(connection, settings, spec):
        run = _Run(
            connection,
            settings,
            spec,
            run_id=run_id,
            policy=policy or RetryPolicy(),
            progress=progress,
        )
        report = run.execute(now or utc_now(), approve)
    if report.status == "failed":
        raise SyncStoppedError(report)
    return report


def retry_rejected(settings: Settings, spec: SyncSpec) -> int:
    """Make waiting and dead rows due, for the next run to send; returns how many."""
    with connected(settings) as connection, _exclusive(connection, settings, spec):
        return Ledger(connection, settings, spec.name).make_due()


_running: set[tuple[str, str]] = set()
_running_lock = threading.Lock()


@contextmanager
def _exclusive(connection: Connection, settings: Settings, spec: SyncSpec) -> Iterator[None]:
    """One run of a sync at a time, whichever process or thread it is in.

    On DuckDB the file has one process, so a set in memory is enough. On PostgreSQL a lock of the
    session does it, which the server gives up when a killed process' connection breaks.
    """
    if connection.target == "postgres":
        _lock_session(connection, settings, spec)
        yield
        return
    mark = (str(settings.duckdb_path), f"{settings.schema}.{spec.name}")
    with _running_lock:
        if mark in _running:
            raise _already_running(connection, settings, spec)
        _running.add(mark)
    try:
        yield
    finally:
        with _running_lock:
            _running.discard(mark)


def _lock_session(connection: Connection, settings: Settings, spec: SyncSpec) -> None:
    # Lets the server notice, amid a long statement, that this process was killed.
    connection.execute("set client_connection_check_interval = '2s'")
    deadline = time.monotonic() + LOCK_WAIT_SECONDS
    while not try_lock(connection, f"{settings.schema}.sync.{spec.name}"):
        if time.monotonic() > deadline:
            raise _already_running(connection, settings, spec)
        time.sleep(0.1)


def try_lock(connection: Connection, name: str) -> bool:
    """Take a lock of the PostgreSQL session, kept until it is closed; False where it is taken."""
    digest = hashlib.sha256(f"customer_data_platform.{name}".encode()).digest()
    number = int.from_bytes(digest[:8], signed=True)
    rows = connection.execute("select pg_try_advisory_lock($1::bigint)", (number,))
    return bool(rows[0][0])


def _already_running(
    connection: Connection, settings: Settings, spec: SyncSpec
) -> SyncAlreadyRunningError:
    running = Ledger(connection, settings, spec.name, read_only=True).running()
    which = f" as run {running[0]} since {running[1]:%Y-%m-%d %H:%M:%S} UTC" if running else ""
    return SyncAlreadyRunningError(
        f"sync {spec.name!r} is already running{which}: wait for it to end and run again."
    )


class _Run:
    """One run of one sync, holding its lock and connection."""

    def __init__(
        self,
        connection: Connection,
        settings: Settings,
        spec: SyncSpec,
        *,
        run_id: str,
        policy: RetryPolicy,
        progress: Progress | None,
    ) -> None:
        self._ledger = Ledger(connection, settings, spec.name)
        self._settings = settings
        self._spec = spec
        self._run_id = run_id
        self._policy = policy
        self._progress = progress
        self._answered = 0
        self._told_at = 0.0
        # The connection is used by one thread at a time while the event loop goes on.
        self._warehouse = ThreadPoolExecutor(max_workers=1, thread_name_prefix="activation")

    def execute(self, now: datetime, approve: bool) -> SyncReport:
        clock = time.monotonic()
        spec = self._spec
        started_at = self._ledger.start_run(self._run_id, spec.destination, spec.mode)
        difference: Difference | None = None
        try:
            difference = Difference(self._ledger, spec, now)
            counts = difference.compute()
            blocked = guard(spec, counts)
            if blocked and not approve:
                raise SyncBlockedError(f"sync {spec.name!r} {blocked}")
            difference.record_withheld(self._run_id)
            difference.resolve_rejections()
            tally = asyncio.run(self._deliver(difference, counts))
            difference.record_withheld(self._run_id)
        except BaseException as error:
            self._log_failure(started_at, error)
            raise
        finally:
            self._warehouse.shutdown()
        report = self._report(counts, tally, difference.withheld_count(), time.monotonic() - clock)
        self._ledger.finish_run(
            self._run_id, started_at, report.status, _log_counts(report), report.message
        )
        logger.info(
            "sync %s: %d inserted, %d updated, %d deleted, %d withheld, %d rejected, %d failed",
            *(spec.name, report.inserted, report.updated, report.deleted),
            *(report.withheld, report.rejected, report.failed),
        )
        return report

    def _log_failure(self, started_at: datetime, error: BaseException) -> None:
        # A statement may still be under way where the event loop was interrupted.
        self._warehouse.shutdown()
        status = "blocked" if isinstance(error, SyncBlockedError) else "failed"
        # Messages of the driver may quote values; those of our own do not.
        own = type(error).__module__.startswith("orchestration.")
        message = str(error) if own else type(error).__name__
        try:
            self._ledger.finish_run(self._run_id, started_at, status, {}, message)
        except (duckdb.Error, psycopg.Error):
            logger.warning("sync %s: the end of the run could not be logged", self._spec.name)

    async def _deliver(self, difference: Difference, counts: Counts) -> DeliveryTally:
        spec = self._spec
        if counts.to_send == 0:
            return DeliveryTally()
        async with find_destination(spec.destination).open(spec, self._settings) as session:
            limiter = limiter_of(spec.destination, session.account)
            await self._take_turn(session.account)
            with limiter.limited_to(spec.rate_per_second):
                delivery = Delivery(
                    session,
                    limiter,
                    self._policy,
                    spec.max_in_flight,
                    lambda answered: self._settle(answered, counts.to_send),
                )
                return await delivery.run(self._batches(difference, counts.to_send))

    async def _take_turn(self, account: str) -> None:
        """Wait until no other process sends to a rate-limited account; kept until the run ends.

        The limiter counts for one process only. On DuckDB there is no other.
        """
        if self._spec.rate_per_second is None or self._ledger.connection.target != "postgres":
            return
        name = f"{self._settings.schema}.account.{self._spec.destination}.{account}"
        loop = asyncio.get_running_loop()
        while not await loop.run_in_executor(
            self._warehouse, try_lock, self._ledger.connection, name
        ):
            self._tell(f"{self._spec.name}: waiting for another sync to {account} to end")
            await asyncio.sleep(0.5)

    def _tell(self, message: str) -> None:
        if self._progress and time.monotonic() - self._told_at >= _PROGRESS_SECONDS:
            self._told_at = time.monotonic()
            self._progress(message)

    async def _batches(self, difference: Difference, to_send: int) -> AsyncIterator[Batch]:
        loop = asyncio.get_running_loop()
        size = self._spec.batch_size
        stretch = size * self._batches_ahead()
        for first in range(1, to_send + 1, stretch):
            rows = await loop.run_in_executor(
                self._warehouse, difference.take, self._run_id, first, first + stretch - 1
            )
            for start in range(0, len(rows), size):
                yield rows[start : start + size]

    def _batches_ahead(self) -> int:
        ahead = 2 * self._spec.max_in_flight
        rate = self._spec.rate_per_second
        return min(ahead, max(1, math.ceil(rate * _READ_AHEAD_SECONDS))) if rate else ahead

    async def _settle(self, answered: list[Settlement], to_send: int) -> None:
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._warehouse, settle, self._ledger, self._run_id, answered)
        self._answered += len(answered)
        self._tell(f"{self._spec.name}: {self._answered:,} of {to_send:,} rows answered")

    def _report(
        self, counts: Counts, tally: DeliveryTally, withheld: int, seconds: float
    ) -> SyncReport:
        return SyncReport(
            sync=self._spec.name,
            run_id=self._run_id,
            status="failed" if tally.stopped else "succeeded",
            inserted=tally.delivered.get("insert", 0),
            updated=tally.delivered.get("update", 0),
            deleted=tally.delivered.get("delete", 0),
            withheld=withheld,
            rejected=tally.rejected,
            held_back=counts.held_back,
            failed=tally.failed,
            unchanged=counts.unchanged,
            requests=tally.requests,
            seconds=round(seconds, 3),
            message=tally.stopped,
        )


def _log_counts(report: SyncReport) -> dict[str, int]:
    return {
        "inserted_count": report.inserted,
        "updated_count": report.updated,
        "deleted_count": report.deleted,
        "withheld_count": report.withheld,
        "rejected_count": report.rejected,
        "held_back_count": report.held_back,
        "failed_count": report.failed,
        "unchanged_count": report.unchanged,
        "request_count": report.requests,
    }
