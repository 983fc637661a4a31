"""Delivery: many requests in flight, repeated, halved and acknowledged as their answers come."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence

from cdp.activation.clock import Clock, utc_now
from cdp.activation.destinations.base import (
    BatchRefusedError,
    DeliveryError,
    DestinationUnusableError,
    Session,
    TemporaryFailureError,
    ThrottledError,
)
from cdp.activation.difference import Outgoing
from cdp.activation.outcomes import Acknowledge, DeliveryTally, Outcomes
from cdp.activation.rate import RateLimiter
from cdp.activation.retry import Batch, RetryPolicy, SubBatch
from cdp.activation.types import RowResult


class Delivery:
    """Delivers one run's batches.

    Args:
        session: The open destination.
        limiter: The account's rate limit.
        policy: How long to try.
        max_in_flight: Requests under way at once.
        acknowledge: Writes acknowledgements to the warehouse; called one at a time.
        clock: Decides when rows expire.
    """

    def __init__(
        self,
        session: Session,
        limiter: RateLimiter,
        policy: RetryPolicy,
        max_in_flight: int,
        acknowledge: Acknowledge,
        *,
        clock: Clock = utc_now,
    ) -> None:
        self._session = session
        self._limiter = limiter
        self._policy = policy
        self._max_in_flight = max_in_flight
        self._clock = clock
        self._outcomes = Outcomes(policy, policy.max_unacknowledged * max_in_flight, acknowledge)
        self._stopping = self._outcomes.stopping
        self._tally = self._outcomes.tally

    async def run(self, batches: AsyncIterator[Batch]) -> DeliveryTally:
        """Deliver all batches, or those until one stops the run, and acknowledge every answer."""
        queue: asyncio.Queue[Batch | None] = asyncio.Queue(maxsize=self._max_in_flight)
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._read(batches, queue))
                tasks.create_task(self._outcomes.acknowledge_answers())
                workers = [tasks.create_task(self._work(queue)) for _ in range(self._max_in_flight)]
                await asyncio.wait(workers)
                self._outcomes.close()
        except BaseExceptionGroup as failures:
            # The warehouse failed; the first failure is the cause of the others.
            raise failures.exceptions[0] from None
        return self._tally

    async def _read(
        self, batches: AsyncIterator[Batch], queue: asyncio.Queue[Batch | None]
    ) -> None:
        async for batch in batches:
            if self._stopping.is_set():
                break
            await queue.put(batch)
        for _ in range(self._max_in_flight):
            await queue.put(None)

    async def _work(self, queue: asyncio.Queue[Batch | None]) -> None:
        while (batch := await queue.get()) is not None:
            # Rows that the receiver answered but that are not acknowledged would be sent again
            # after a crash.
            await self._outcomes.has_room.wait()
            # Batches behind a stop are left; their intents make the next run repeat them.
            if not self._stopping.is_set():
                await self._deliver(batch)

    async def _deliver(self, batch: Batch) -> None:
        for row in batch:
            if row.problem:
                self._outcomes.reject(row, row.problem, 0)
        for part in self._split([row for row in batch if not row.problem]):
            waiting = [SubBatch(part, self._tally.accepted)]
            while waiting:
                waiting.extend(await self._attempt(waiting.pop()))

    def _split(self, rows: Batch) -> list[Batch]:
        """The rows by request. Keys are unique in a batch, so a change identifies its row."""
        changes = [row.change for row in rows]
        try:
            parts = self._session.split(changes) if rows else []
            if len(parts) == 1 and parts[0] is changes:
                return [rows]
            row_of = {row.change.key: row for row in rows}
            batches: list[Batch] = [[row_of[change.key] for change in part] for part in parts]
        except Exception as error:  # a destination of a third party may raise anything
            self._outcomes.stop(f"the destination cannot be used: {type(error).__name__}")
            return []
        if sum(map(len, batches)) != len(rows):
            self._outcomes.stop("the destination left rows out of its requests")
        return batches

    async def _attempt(self, sub_batch: SubBatch) -> list[SubBatch]:
        """At most one request for the rows; returns what is to be requested next, last first."""
        if not await self._may_go():
            return self._fail(sub_batch, "the run stopped")
        self._drop_expired(sub_batch)
        return await self._request(sub_batch) if sub_batch.rows else []

    async def _request(self, sub_batch: SubBatch) -> list[SubBatch]:
        sub_batch.attempts += 1
        self._tally.requests += 1
        try:
            results = await self._session.deliver([row.change for row in sub_batch.rows])
            if len(results) != len(sub_batch.rows):
                raise DestinationUnusableError("the destination left rows without a result")
        except TemporaryFailureError as failure:
            return await self._try_again(sub_batch, failure.reason)
        except ThrottledError as throttle:
            return await self._wait_out(sub_batch, throttle)
        except BatchRefusedError as refusal:
            return self._narrow_down(sub_batch, refusal.reason)
        except Exception as error:  # a destination of a third party may raise anything
            # The exception's own message may quote a row, so it is not kept.
            reason = error.reason if isinstance(error, DeliveryError) else type(error).__name__
            self._outcomes.stop(f"the destination cannot be used: {reason}")
            return self._fail(sub_batch, reason)
        return await self._record(sub_batch, results)

    def _drop_expired(self, sub_batch: SubBatch) -> None:
        """Reject rows that expired since they were read, as while a receiver throttles."""
        if all(row.until is None for row in sub_batch.rows):
            return
        now = self._clock()
        kept = []
        for row in sub_batch.rows:
            if row.until is None or row.until > now:
                kept.append(row)
            else:
                self._outcomes.reject(row, "expired", sub_batch.all_attempts)
        sub_batch.rows = kept

    async def _record(self, sub_batch: SubBatch, results: Sequence[RowResult]) -> list[SubBatch]:
        accepted, ids, left, reason = [], [], [], "a row failed"
        for row, result in zip(sub_batch.rows, results, strict=True):
            if result.status == "accepted":
                accepted.append(row)
                ids.append(result.receiver_id)
            elif result.status == "rejected":
                self._outcomes.reject(row, result.reason, sub_batch.all_attempts)
            else:
                left.append(row)
                reason = result.reason or reason
        self._outcomes.accept(accepted, ids, sub_batch.all_attempts)
        if not left:
            return []
        sub_batch.rows = left
        return await self._try_again(sub_batch, reason)

    async def _may_go(self) -> bool:
        """Wait for the rate limit; False where the run has stopped meanwhile."""
        if not self._stopping.is_set() and not self._limiter.is_free():
            waiting = asyncio.ensure_future(self._limiter.wait())
            stopping = asyncio.ensure_future(self._stopping.wait())
            try:
                await asyncio.wait((waiting, stopping), return_when=asyncio.FIRST_COMPLETED)
            finally:
                waiting.cancel()
                stopping.cancel()
        return not self._stopping.is_set()

    async def _try_again(self, sub_batch: SubBatch, reason: str) -> list[SubBatch]:
        policy = self._policy
        allowed = policy.suspect_attempts if sub_batch.suspect else policy.attempts
        if sub_batch.attempts < allowed:
            return await self._after(policy.wait(sub_batch.attempts), sub_batch, reason)
        if sub_batch.suspect or self._tally.accepted > sub_batch.accepted_before:
            return self._narrow_down(sub_batch, f"{reason}, {sub_batch.attempts} times")
        # Find out whether the receiver fails on one row or on all: one row that passes shows that
        # it works.
        rows = sub_batch.rows
        for probe in (rows[0], rows[-1]) if len(rows) > 1 else ():
            if await self._passes(probe, sub_batch.all_attempts + 1):
                sub_batch.rows = [row for row in rows if row is not probe]
                return self._narrow_down(sub_batch, f"{reason}, {sub_batch.attempts} times")
        self._outcomes.stop(f"a batch failed {sub_batch.attempts} times, last with: {reason}")
        return self._fail(sub_batch, reason)

    async def _passes(self, row: Outgoing, attempts: int) -> bool:
        if not await self._may_go():
            return False
        self._tally.requests += 1
        try:
            (result,) = await self._session.deliver([row.change])
        except (DeliveryError, ValueError):
            return False
        if result.status == "accepted":
            self._outcomes.accept([row], [result.receiver_id], attempts)
        return result.status == "accepted"

    def _narrow_down(self, sub_batch: SubBatch, reason: str) -> list[SubBatch]:
        """Halve what was refused; what cannot be halved is the row at fault."""
        rows, attempts = sub_batch.rows, sub_batch.all_attempts
        if len(rows) == 1:
            self._outcomes.reject(rows[0], reason, attempts)
            return []
        middle = len(rows) // 2
        return [
            SubBatch(half, self._tally.accepted, earlier_attempts=attempts, suspect=True)
            for half in (rows[middle:], rows[:middle])
        ]

    async def _wait_out(self, sub_batch: SubBatch, throttle: ThrottledError) -> list[SubBatch]:
        policy, asked, now = self._policy, throttle.retry_after, time.monotonic()
        if sub_batch.throttled_since is None or self._tally.accepted > sub_batch.accepted_before:
            sub_batch.throttled_since, sub_batch.throttles = now, 0
            sub_batch.accepted_before = self._tally.accepted
        sub_batch.throttles += 1
        # A throttled request was not tried by the receiver, so it does not count against the rows.
        sub_batch.attempts -= 1
        if asked is not None and asked > policy.max_asked_wait:
            self._outcomes.stop(f"the receiver asks to wait {asked:.0f} s: run again after that")
        elif now - sub_batch.throttled_since > policy.max_throttle:
            reason = throttle.reason
            self._outcomes.stop(f"the receiver throttles and accepts nothing: {reason}")
        if self._stopping.is_set():
            return self._fail(sub_batch, throttle.reason)
        wait = policy.wait(sub_batch.throttles)
        if asked is not None:
            self._limiter.pause(asked)
            # All batches in flight got the same request to wait; jitter keeps them from retrying
            # at the same moment.
            wait = asked + policy.wait(1)
        return await self._after(wait, sub_batch, throttle.reason)

    async def _after(self, seconds: float, sub_batch: SubBatch, reason: str) -> list[SubBatch]:
        try:
            await asyncio.wait_for(self._stopping.wait(), timeout=seconds)
        except TimeoutError:
            return [sub_batch]
        return self._fail(sub_batch, reason)

    def _fail(self, sub_batch: SubBatch, reason: str) -> list[SubBatch]:
        self._outcomes.fail(sub_batch, reason)
        return []
