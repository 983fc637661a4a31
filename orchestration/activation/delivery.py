"""Delivery: many requests in flight, tried again, halved and settled as their answers come."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from orchestration.activation.destinations.base import (
    BatchRefusedError,
    DeliveryError,
    DestinationUnusableError,
    RowResult,
    Session,
    TemporaryFailureError,
)
from orchestration.activation.difference import Outgoing
from orchestration.activation.rate import RateLimiter
from orchestration.activation.settlement import Settlement

Batch = Sequence[Outgoing]
Settle = Callable[[list[Settlement]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How long to go on with a batch that meets passing failures.

    Attributes:
        attempts: Requests for a batch before the run stops.
        first_wait: Upper bound of the first wait, in seconds; it doubles from there.
        longest_wait: Upper bound of every wait of our own choice, in seconds.
        longest_asked_wait: A receiver that asks for a longer wait than this, in seconds, stops
            the run; the next one goes on.
        refusals: Rows refused, with none accepted, after which the fault is not the rows'.
        settle_every: Seconds for which answers are gathered into one transaction.
    """

    attempts: int = 8
    first_wait: float = 0.5
    longest_wait: float = 30.0
    longest_asked_wait: float = 300.0
    refusals: int = 500
    settle_every: float = 0.2

    def wait(self, attempt: int, asked: float | None) -> float:
        """Seconds before the attempt after this one, which counts from 1: full jitter."""
        if asked is not None:
            # All batches in flight hear the same answer; they should not come back as one.
            return asked + random.uniform(0, self.first_wait)  # noqa: S311
        bound = min(self.longest_wait, self.first_wait * 2 ** (attempt - 1))
        return random.uniform(0, bound)  # noqa: S311


@dataclass
class DeliveryTally:
    """What delivery has done so far; `stopped` is why it ended early."""

    requests: int = 0
    delivered: dict[str, int] = field(default_factory=dict)
    rejected: int = 0
    failed: int = 0
    stopped: str | None = None

    @property
    def accepted(self) -> int:
        """Rows that the receiver accepted."""
        return sum(self.delivered.values())


class Delivery:
    """Delivers one run's batches.

    Args:
        session: The open destination.
        limiter: The account's rate limit.
        policy: How long to try.
        max_in_flight: Requests under way at once.
        settle: Writes settlements to the warehouse; called one at a time.
    """

    def __init__(
        self,
        session: Session,
        limiter: RateLimiter,
        policy: RetryPolicy,
        max_in_flight: int,
        settle: Settle,
    ) -> None:
        self._session = session
        self._limiter = limiter
        self._policy = policy
        self._max_in_flight = max_in_flight
        self._settle = settle
        self._stop = asyncio.Event()
        self._answered: list[Settlement] = []
        self._has_answers = asyncio.Event()
        self.tally = DeliveryTally()

    async def run(self, batches: AsyncIterator[Batch]) -> DeliveryTally:
        """Deliver all batches, or those until one stops the run, and settle every answer."""
        queue: asyncio.Queue[Batch | None] = asyncio.Queue(maxsize=self._max_in_flight)
        done = asyncio.Event()
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._read(batches, queue))
                settler = tasks.create_task(self._settle_answers(done))
                workers = [tasks.create_task(self._work(queue)) for _ in range(self._max_in_flight)]
                await asyncio.wait(workers)
                done.set()
                self._has_answers.set()
                await settler
        except BaseExceptionGroup as failures:
            # The warehouse failed; the first failure is the cause of the others.
            raise failures.exceptions[0] from None
        return self.tally

    async def _read(
        self, batches: AsyncIterator[Batch], queue: asyncio.Queue[Batch | None]
    ) -> None:
        async for batch in batches:
            if self._stop.is_set():
                break
            await queue.put(batch)
        for _ in range(self._max_in_flight):
            await queue.put(None)

    async def _work(self, queue: asyncio.Queue[Batch | None]) -> None:
        while (batch := await queue.get()) is not None:
            # Batches behind a stop are left; their intents make the next run repeat them.
            if not self._stop.is_set():
                await self._deliver(batch)

    async def _settle_answers(self, done: asyncio.Event) -> None:
        while not (done.is_set() and not self._answered):
            await self._has_answers.wait()
            if not done.is_set():
                await asyncio.sleep(self._policy.settle_every)
            answered, self._answered = self._answered, []
            if not done.is_set():
                self._has_answers.clear()
            if answered:
                await self._settle(answered)

    async def _deliver(self, batch: Batch) -> None:
        unfit = [row for row in batch if row.problem]
        for row in unfit:
            self._answer(row, RowResult("rejected", row.problem), 0)
        pending: list[tuple[Batch, int]] = [([row for row in batch if not row.problem], 0)]
        while pending:
            rows, attempts = pending.pop()
            if rows:
                pending.extend(await self._attempt(rows, attempts))

    async def _attempt(self, rows: Batch, attempts: int) -> list[tuple[Batch, int]]:
        """One request for the rows; returns what is to be requested next."""
        if not await self._permit():
            self._fail(rows, attempts, "the run stopped")
            return []
        attempts += 1
        self.tally.requests += 1
        try:
            results = await self._session.deliver([row.change for row in rows])
            if len(results) != len(rows):
                raise DestinationUnusableError("the destination answered for too few rows")
        except TemporaryFailureError as failure:
            return await self._again(rows, attempts, failure.reason, failure.retry_after)
        except BatchRefusedError as refusal:
            return self._halved(rows, attempts, refusal.reason)
        except Exception as error:  # a destination of a third party may raise anything
            # Not a message of theirs, which may quote a row.
            reason = error.reason if isinstance(error, DeliveryError) else type(error).__name__
            self._stop_run(f"the destination cannot be used: {reason}")
            self._fail(rows, attempts, reason)
            return []
        return await self._sorted_out(rows, results, attempts)

    async def _sorted_out(
        self, rows: Batch, results: Sequence[RowResult], attempts: int
    ) -> list[tuple[Batch, int]]:
        left = []
        reason = None
        for row, result in zip(rows, results, strict=True):
            if result.status == "retry":
                left.append(row)
                reason = result.reason
            else:
                self._answer(row, result, attempts)
        if not left:
            return []
        return await self._again(left, attempts, reason or "passing failure of a row", None)

    async def _permit(self) -> bool:
        """Wait for the rate limit; False where the run has stopped meanwhile."""
        waiting = asyncio.ensure_future(self._limiter.wait())
        stopping = asyncio.ensure_future(self._stop.wait())
        try:
            await asyncio.wait((waiting, stopping), return_when=asyncio.FIRST_COMPLETED)
            return not self._stop.is_set()
        finally:
            waiting.cancel()
            stopping.cancel()

    async def _again(
        self, rows: Batch, attempts: int, reason: str, asked: float | None
    ) -> list[tuple[Batch, int]]:
        if asked is not None and asked > self._policy.longest_asked_wait:
            self._stop_run(f"the receiver asks to wait {asked:.0f} s: run again after that")
        elif attempts >= self._policy.attempts:
            self._stop_run(f"a batch failed {attempts} times, last with: {reason}")
        if self._stop.is_set():
            self._fail(rows, attempts, reason)
            return []
        if asked is not None:
            self._limiter.pause(asked)
        wait = self._policy.wait(attempts, asked)
        try:
            await asyncio.wait_for(self._stop.wait(), timeout=wait)
        except TimeoutError:
            return [(rows, attempts)]
        self._fail(rows, attempts, reason)
        return []

    def _halved(self, rows: Batch, attempts: int, reason: str) -> list[tuple[Batch, int]]:
        if len(rows) == 1:
            self._answer(rows[0], RowResult("rejected", reason), attempts)
            return []
        middle = len(rows) // 2
        # The first half is taken from the end of the list, so it goes first.
        return [(rows[middle:], 0), (rows[:middle], 0)]

    def _answer(self, row: Outgoing, result: RowResult, attempts: int) -> None:
        accepted = result.status == "accepted"
        if accepted:
            operation = row.change.operation
            self.tally.delivered[operation] = self.tally.delivered.get(operation, 0) + 1
        else:
            self.tally.rejected += 1
            if self.tally.rejected >= self._policy.refusals and not self.tally.accepted:
                self._stop_run(f"all of {self.tally.rejected} rows were refused: {result.reason}")
        self._put(
            Settlement(
                row.position,
                row.is_new,
                "delivered" if accepted else "rejected",
                attempts,
                result.reason,
                result.receiver_id,
            )
        )

    def _fail(self, rows: Batch, attempts: int, reason: str) -> None:
        self.tally.failed += len(rows)
        for row in rows:
            self._put(Settlement(row.position, row.is_new, "failed", attempts, reason))

    def _put(self, settlement: Settlement) -> None:
        self._answered.append(settlement)
        self._has_answers.set()

    def _stop_run(self, why: str) -> None:
        if not self._stop.is_set():
            self.tally.stopped = why
            self._stop.set()
