"""One run of a sync: the difference, its delivery, and the record of both."""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Literal

import duckdb
import psycopg

from cdp.activation.acknowledgement import Acknowledgement, acknowledge, prepare
from cdp.activation.clock import Clock
from cdp.activation.delivery import Delivery
from cdp.activation.destinations import find_destination
from cdp.activation.destinations.base import DeliveryError, Finishing
from cdp.activation.difference import Counts, Difference, PageRow
from cdp.activation.ledger import Ledger
from cdp.activation.lock import try_lock
from cdp.activation.outcomes import DeliveryTally
from cdp.activation.plan import SyncBlockedError, guard
from cdp.activation.rate import limiter_of
from cdp.activation.retry import Batch, RetryPolicy
from cdp.activation.spec import SyncSpec
from cdp.settings import Settings
from cdp.warehouse.connection import Connection

logger = logging.getLogger(__name__)

Progress = Callable[[str], None]

# Rows are read in pages, the next one while one is being sent. The first page is small, so that
# the first request goes out soon; pages then grow to what is sent in about this many seconds.
# Larger pages cost the warehouse less, and consent is rarely older than twice this time.
_PAGE_SECONDS = 0.5
_FIRST_PAGE_ROWS = 2_000
_MAX_PAGE_ROWS = 20_000
_PROGRESS_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What a run did, in rows.

    Attributes:
        merged: Rows of merged profiles that went into those of the profiles that remain.
        status: `succeeded`, or `failed` where delivery stopped early.
        skipped: Rows not sent, for a reason of `sync_withheld` such as missing consent.
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
    merged: int
    skipped: int
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


class Run:
    """One run of one sync, whose lock the caller holds.

    Rows are read on one connection and answers written on another, each used by a thread of its
    own, so that the warehouse keeps up with the receiver and the event loop never waits for it.

    Args:
        reader: The connection that holds the difference, and on PostgreSQL the locks.
        writer: Another connection to the same warehouse.
        settings: Where the ledger is.
        spec: The sync.
        run_id: Recorded with everything that is written.
        policy: How long to try.
        progress: Called with a line about how far the run is.
    """

    def __init__(
        self,
        reader: Connection,
        writer: Connection,
        *,
        settings: Settings,
        spec: SyncSpec,
        run_id: str,
        policy: RetryPolicy,
        progress: Progress | None,
    ) -> None:
        self._ledger = Ledger(reader, settings, spec.name)
        self._writing_ledger = self._ledger.on(writer)
        self._settings = settings
        self._spec = spec
        self._run_id = run_id
        self._policy = policy
        self._progress = progress
        self._answered = 0
        self._reported_at = 0.0
        self._reading = ThreadPoolExecutor(max_workers=1, thread_name_prefix="activation-read")
        self._writing = ThreadPoolExecutor(max_workers=1, thread_name_prefix="activation-write")

    def execute(self, now: datetime, clock: Clock, approve: bool) -> SyncReport:
        """Send the difference; see `run_sync`. A report of status `failed` is returned."""
        began = time.monotonic()
        spec = self._spec
        started_at = self._ledger.start_run(self._run_id, spec.destination, spec.mode)
        try:
            difference = Difference(self._ledger, spec, now, clock)
            counts = difference.compute()
            blocked = guard(spec, counts)
            if blocked and not approve:
                raise SyncBlockedError(f"sync {spec.name!r} {blocked}")
            difference.log_unsent(self._run_id)
            prepare(self._writing_ledger, self._run_id)
            tally = asyncio.run(self._deliver(difference, counts, clock))
            # A run that stopped may still be reading ahead on the connection that is used now.
            self._end_threads()
            difference.log_unsent(self._run_id)
        except BaseException as error:
            self._log_failure(started_at, error)
            raise
        finally:
            self._end_threads()
        report = self._report(counts, tally, difference.skipped_count(), time.monotonic() - began)
        self._ledger.finish_run(
            self._run_id, started_at, report.status, _log_counts(report), report.message
        )
        logger.info("sync %s: %s", spec.name, _log_counts(report))
        return report

    def _log_failure(self, started_at: datetime, error: BaseException) -> None:
        # A statement may still be under way where the event loop was interrupted.
        self._end_threads()
        status = "blocked" if isinstance(error, SyncBlockedError) else "failed"
        # Messages of the driver may quote values; those of our own do not.
        own = type(error).__module__.startswith("cdp.")
        message = str(error) if own else type(error).__name__
        try:
            self._ledger.finish_run(self._run_id, started_at, status, {}, message)
        except (duckdb.Error, psycopg.Error):  # the failure itself may be a lost connection
            logger.warning("sync %s: the end of the run could not be logged", self._spec.name)

    def _end_threads(self) -> None:
        self._reading.shutdown()
        self._writing.shutdown()

    async def _deliver(self, difference: Difference, counts: Counts, clock: Clock) -> DeliveryTally:
        spec = self._spec
        if counts.to_send == 0 and not counts.is_whole_due:
            return DeliveryTally()
        async with find_destination(spec.destination).open(spec, self._settings) as session:
            limiter = limiter_of(spec.destination, session.account)
            await self._wait_for_account(session.account)
            with limiter.limited_to(spec.rate_per_second):
                delivery = Delivery(
                    session,
                    limiter,
                    self._policy,
                    spec.max_in_flight,
                    lambda answered: self._acknowledge(answered, counts.to_send),
                    clock=clock,
                )
                tally = await delivery.run(self._batches(difference, counts.to_send))
            if tally.stopped is None and isinstance(session, Finishing):
                try:
                    await session.finish()
                except DeliveryError as error:
                    tally.stopped = f"the end of the delivery failed: {error.reason}"
            return tally

    async def _wait_for_account(self, account: str) -> None:
        """Wait until no other process sends to a rate-limited account; kept until the run ends.

        The limiter counts for one process only. On DuckDB there is no other.
        """
        if self._spec.rate_per_second is None or self._ledger.connection.target != "postgres":
            return
        name = f"{self._settings.schema}.account.{self._spec.destination}.{account}"
        loop = asyncio.get_running_loop()
        while not await loop.run_in_executor(
            self._reading, try_lock, self._ledger.connection, name
        ):
            self._report_progress(
                f"{self._spec.name}: waiting for another sync to {account} to end"
            )
            await asyncio.sleep(0.5)

    def _report_progress(self, message: str) -> None:
        if self._progress and time.monotonic() - self._reported_at >= _PROGRESS_SECONDS:
            self._reported_at = time.monotonic()
            self._progress(message)

    async def _batches(self, difference: Difference, to_send: int) -> AsyncIterator[Batch]:
        size = self._spec.batch_size
        first, length, next_length = 1, self._first_page(), self._first_page()
        upcoming = self._fetch(difference, first, length)
        while first <= to_send:
            rows = await upcoming
            fetched, first, length = length, first + length, next_length
            if first <= to_send:
                upcoming = self._fetch(difference, first, length)
            began = time.monotonic()
            for start in range(0, len(rows), size):
                yield [difference.outgoing(row) for row in rows[start : start + size]]
            next_length = self._page_after(fetched, time.monotonic() - began)

    def _first_page(self) -> int:
        size = self._spec.batch_size
        rows = min(self._spec.max_in_flight * size, _FIRST_PAGE_ROWS, self._max_page())
        return size * max(1, rows // size)

    def _page_after(self, length: int, seconds: float) -> int:
        """Rows to read next, in whole batches, when `length` rows were sent in so long."""
        size = self._spec.batch_size
        in_time = int(length * _PAGE_SECONDS / max(seconds, 0.001))
        return size * max(1, min(in_time, 2 * length, self._max_page()) // size)

    def _max_page(self) -> int:
        rate = self._spec.rate_per_second
        if rate is None:
            return _MAX_PAGE_ROWS
        in_time = math.ceil(rate * _PAGE_SECONDS) * self._spec.batch_size
        return min(_MAX_PAGE_ROWS, in_time)

    def _fetch(
        self, difference: Difference, first: int, length: int
    ) -> asyncio.Future[list[PageRow]]:
        loop = asyncio.get_running_loop()
        last = first + length - 1
        return loop.run_in_executor(self._reading, difference.fetch_page, self._run_id, first, last)

    async def _acknowledge(self, answered: list[Acknowledgement], to_send: int) -> None:
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(
            self._writing, acknowledge, self._writing_ledger, self._run_id, answered
        )
        self._answered += sum(len(each.positions) for each in answered)
        self._report_progress(f"{self._spec.name}: {self._answered:,} of {to_send:,} rows answered")

    def _report(
        self, counts: Counts, tally: DeliveryTally, skipped: int, seconds: float
    ) -> SyncReport:
        return SyncReport(
            sync=self._spec.name,
            run_id=self._run_id,
            status="failed" if tally.stopped else "succeeded",
            inserted=tally.delivered["insert"],
            updated=tally.delivered["update"],
            deleted=tally.delivered["delete"],
            merged=tally.delivered["merge"],
            skipped=skipped,
            rejected=tally.rejected,
            held_back=counts.held_back,
            failed=tally.failed,
            unchanged=counts.unchanged,
            requests=tally.requests,
            seconds=round(seconds, 3),
            message=tally.stopped,
        )


def _log_counts(report: SyncReport) -> dict[str, int]:
    """The report's counts by the columns of `sync_runs`."""
    names = ("inserted", "updated", "deleted", "merged", "rejected", "held_back", "failed")
    counts = {f"{name}_count": getattr(report, name) for name in (*names, "unchanged")}
    return counts | {"withheld_count": report.skipped, "request_count": report.requests}
