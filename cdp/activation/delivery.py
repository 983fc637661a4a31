"""Delivery: many requests in flight, tried again, halved and settled as their answers come."""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from cdp.activation.clock import Clock
from cdp.activation.destinations.base import (
    BatchRefusedError,
    DeliveryError,
    DestinationUnusableError,
    RowResult,
    Session,
    TemporaryFailureError,
    ThrottledError,
)
from cdp.activation.difference import Outgoing
from cdp.activation.ledger import utc_now
from cdp.activation.rate import RateLimiter
from cdp.activation.settlement import Settlement

Batch = Sequence[Outgoing]
Settle = Callable[[list[Settlement]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How long to go on with a batch that meets passing failures; times in seconds.

    Attributes:
        attempts: Requests for a batch before its failure is taken to be lasting.
        suspect_attempts: The same for a part of a batch that fails while others succeed.
        first_wait: Upper bound of the first wait; it doubles from there.
        longest_wait: Upper bound of every wait of our own choice.
        longest_asked_wait: A receiver that asks for a longer wait than this stops the run; the
            next one goes on.
        longest_throttle: A receiver that accepts nothing for so long and only throttles stops the
            run.
        refusals: Rows refused, with none accepted, after which the fault is not the rows'.
        settle_every: How long answers are gathered into one transaction.
        unsettled: Answers per request in flight that may wait for the warehouse; then sending
            waits too.
    """

    attempts: int = 8
    suspect_attempts: int = 3
    first_wait: float = 0.5
    longest_wait: float = 30.0
    longest_asked_wait: float = 300.0
    longest_throttle: float = 300.0
    refusals: int = 100
    settle_every: float = 0.2
    unsettled: int = 8

    def wait(self, attempt: int) -> float:
        """Seconds before the attempt after this one, which counts from 1: full jitter."""
        bound = min(self.longest_wait, self.first_wait * 2 ** min(attempt - 1, 30))
        return random.uniform(0, bound)  # noqa: S311  # spreads load, keeps no secret


@dataclass
class DeliveryTally:
    """What delivery has done so far, in rows. `stopped` is why it ended early."""

    requests: int = 0
    delivered: Counter[str] = field(default_factory=Counter)
    rejected: int = 0
    failed: int = 0
    stopped: str | None = None

    @property
    def accepted(self) -> int:
        """Rows that the receiver accepted."""
        return self.delivered.total()


@dataclass
class _Piece:
    """A batch or a part of one on its way through attempts.

    Attributes:
        attempts: Requests for just these rows that the receiver tried and failed.
        earlier_attempts: The same while the rows were part of a larger piece.
        accepted_before: Rows that the receiver had accepted when the piece was first tried.
        suspect: Whether the receiver is known to work, so that a lasting failure is the rows'.
        throttled_since: When throttling of this piece began with nothing accepted since.
        throttles: Times throttled since then.
    """

    rows: Batch
    accepted_before: int
    attempts: int = 0
    earlier_attempts: int = 0
    suspect: bool = False
    throttled_since: float | None = None
    throttles: int = 0

    @property
    def all_attempts(self) -> int:
        """Requests that held these rows, for the log."""
        return self.earlier_attempts + self.attempts


class Delivery:
    """Delivers one run's batches.

    Args:
        session: The open destination.
        limiter: The account's rate limit.
        policy: How long to try.
        max_in_flight: Requests under way at once.
        settle: Writes settlements to the warehouse; called one at a time.
        clock: Tells when rows expire.
    """

    def __init__(
        self,
        session: Session,
        limiter: RateLimiter,
        policy: RetryPolicy,
        max_in_flight: int,
        settle: Settle,
        *,
        clock: Clock = utc_now,
    ) -> None:
        self._session = session
        self._limiter = limiter
        self._policy = policy
        self._max_in_flight = max_in_flight
        self._settle = settle
        self._clock = clock
        self._stop = asyncio.Event()
        self._answered: list[Settlement] = []
        self._has_answers = asyncio.Event()
        self._has_room = asyncio.Event()
        self._has_room.set()
        self._is_done = asyncio.Event()
        self.tally = DeliveryTally()

    async def run(self, batches: AsyncIterator[Batch]) -> DeliveryTally:
        """Deliver all batches, or those until one stops the run, and settle every answer."""
        queue: asyncio.Queue[Batch | None] = asyncio.Queue(maxsize=self._max_in_flight)
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._read(batches, queue))
                tasks.create_task(self._settle_answers())
                workers = [tasks.create_task(self._work(queue)) for _ in range(self._max_in_flight)]
                await asyncio.wait(workers)
                self._is_done.set()
                self._has_answers.set()
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
            # What is answered and not settled would be sent again after a crash: keep it little.
            await self._has_room.wait()
            # Batches behind a stop are left; their intents make the next run repeat them.
            if not self._stop.is_set():
                await self._deliver(batch)

    async def _settle_answers(self) -> None:
        while not self._is_done.is_set() or self._answered:
            await self._has_answers.wait()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._is_done.wait(), self._policy.settle_every)
            self._has_answers.clear()
            answered, self._answered = self._answered, []
            self._has_room.set()
            if answered:
                await self._settle(answered)

    async def _deliver(self, batch: Batch) -> None:
        for row in batch:
            if row.problem:
                self._reject(row, row.problem, 0)
        for part in self._split([row for row in batch if not row.problem]):
            pieces = [_Piece(part, self.tally.accepted)]
            while pieces:
                pieces.extend(await self._attempt(pieces.pop()))

    def _split(self, rows: Batch) -> list[Batch]:
        """The rows by request. Keys are unique in a batch, so a change tells its row."""
        changes = [row.change for row in rows]
        try:
            parts = self._session.split(changes) if rows else []
            if len(parts) == 1 and parts[0] is changes:
                return [rows]
            row_of = {row.change.key: row for row in rows}
            batches: list[Batch] = [[row_of[change.key] for change in part] for part in parts]
        except Exception as error:  # a destination of a third party may raise anything
            self._stop_run(f"the destination cannot be used: {type(error).__name__}")
            return []
        if sum(map(len, batches)) != len(rows):
            self._stop_run("the destination left rows out of its requests")
        return batches

    async def _attempt(self, piece: _Piece) -> list[_Piece]:
        """At most one request for the rows; returns what is to be requested next, last first."""
        if not await self._may_go():
            return self._fail(piece, "the run stopped")
        self._drop_expired(piece)
        return await self._request(piece) if piece.rows else []

    async def _request(self, piece: _Piece) -> list[_Piece]:
        piece.attempts += 1
        self.tally.requests += 1
        try:
            results = await self._session.deliver([row.change for row in piece.rows])
            if len(results) != len(piece.rows):
                raise DestinationUnusableError("the destination left rows without a result")
        except TemporaryFailureError as failure:
            return await self._try_again(piece, failure.reason)
        except ThrottledError as throttle:
            return await self._wait_out(piece, throttle)
        except BatchRefusedError as refusal:
            return self._narrow_down(piece, refusal.reason)
        except Exception as error:  # a destination of a third party may raise anything
            # Not a message of theirs, which may quote a row.
            reason = error.reason if isinstance(error, DeliveryError) else type(error).__name__
            self._stop_run(f"the destination cannot be used: {reason}")
            return self._fail(piece, reason)
        return await self._take(piece, results)

    def _drop_expired(self, piece: _Piece) -> None:
        """Reject rows whose time has passed since they were read, as while a receiver throttles."""
        if all(row.until is None for row in piece.rows):
            return
        now = self._clock()
        kept = []
        for row in piece.rows:
            if row.until is None or row.until > now:
                kept.append(row)
            else:
                self._reject(row, "expired", piece.all_attempts)
        piece.rows = kept

    async def _take(self, piece: _Piece, results: Sequence[RowResult]) -> list[_Piece]:
        accepted, ids, left, reason = [], [], [], "a row failed"
        for row, result in zip(piece.rows, results, strict=True):
            if result.status == "accepted":
                accepted.append(row)
                ids.append(result.receiver_id)
            elif result.status == "rejected":
                self._reject(row, result.reason, piece.all_attempts)
            else:
                left.append(row)
                reason = result.reason or reason
        self._accept(accepted, ids, piece.all_attempts)
        if not left:
            return []
        piece.rows = left
        return await self._try_again(piece, reason)

    async def _may_go(self) -> bool:
        """Wait for the rate limit; False where the run has stopped meanwhile."""
        if not self._stop.is_set() and not self._limiter.is_free():
            waiting = asyncio.ensure_future(self._limiter.wait())
            stopping = asyncio.ensure_future(self._stop.wait())
            try:
                await asyncio.wait((waiting, stopping), return_when=asyncio.FIRST_COMPLETED)
            finally:
                waiting.cancel()
                stopping.cancel()
        return not self._stop.is_set()

    async def _try_again(self, piece: _Piece, reason: str) -> list[_Piece]:
        policy = self._policy
        allowed = policy.suspect_attempts if piece.suspect else policy.attempts
        if piece.attempts < allowed:
            return await self._after(policy.wait(piece.attempts), piece, reason)
        if piece.suspect or self.tally.accepted > piece.accepted_before:
            return self._narrow_down(piece, f"{reason}, {piece.attempts} times")
        # Is it the receiver, or one row that it stumbles over? Any row that passes tells.
        for probe in (piece.rows[0], piece.rows[-1]) if len(piece.rows) > 1 else ():
            if await self._passes(probe, piece.all_attempts + 1):
                piece.rows = [row for row in piece.rows if row is not probe]
                return self._narrow_down(piece, f"{reason}, {piece.attempts} times")
        self._stop_run(f"a batch failed {piece.attempts} times, last with: {reason}")
        return self._fail(piece, reason)

    async def _passes(self, row: Outgoing, attempts: int) -> bool:
        if not await self._may_go():
            return False
        self.tally.requests += 1
        try:
            (result,) = await self._session.deliver([row.change])
        except (DeliveryError, ValueError):
            return False
        if result.status == "accepted":
            self._accept([row], [result.receiver_id], attempts)
        return result.status == "accepted"

    def _narrow_down(self, piece: _Piece, reason: str) -> list[_Piece]:
        """Halve what was refused; what cannot be halved is the row at fault."""
        rows = piece.rows
        if len(rows) == 1:
            self._reject(rows[0], reason, piece.all_attempts)
            return []
        middle = len(rows) // 2
        return [
            _Piece(half, self.tally.accepted, earlier_attempts=piece.all_attempts, suspect=True)
            for half in (rows[middle:], rows[:middle])
        ]

    async def _wait_out(self, piece: _Piece, throttle: ThrottledError) -> list[_Piece]:
        policy, asked, now = self._policy, throttle.retry_after, time.monotonic()
        if piece.throttled_since is None or self.tally.accepted > piece.accepted_before:
            piece.throttled_since, piece.throttles = now, 0
            piece.accepted_before = self.tally.accepted
        piece.throttles += 1
        # A throttled request was not tried by the receiver, so it does not count against the rows.
        piece.attempts -= 1
        if asked is not None and asked > policy.longest_asked_wait:
            self._stop_run(f"the receiver asks to wait {asked:.0f} s: run again after that")
        elif now - piece.throttled_since > policy.longest_throttle:
            self._stop_run(f"the receiver throttles and accepts nothing: {throttle.reason}")
        if self._stop.is_set():
            return self._fail(piece, throttle.reason)
        if asked is None:
            return await self._after(policy.wait(piece.throttles), piece, throttle.reason)
        self._limiter.pause(asked)
        # All batches in flight hear the same; they should not come back as one.
        wait = asked + policy.wait(1)
        return await self._after(wait, piece, throttle.reason)

    async def _after(self, seconds: float, piece: _Piece, reason: str) -> list[_Piece]:
        try:
            await asyncio.wait_for(self._stop.wait(), timeout=seconds)
        except TimeoutError:
            return [piece]
        return self._fail(piece, reason)

    def _accept(self, rows: Batch, receiver_ids: Sequence[str | None], attempts: int) -> None:
        if not rows:
            return
        self.tally.delivered.update(row.change.operation for row in rows)
        self._put(
            Settlement(
                positions=[row.position for row in rows],
                status="delivered",
                attempts=attempts,
                receiver_ids=receiver_ids if any(receiver_ids) else None,
                # Revisions grow by one with all that is sent, also if it is never acknowledged.
                is_first=all(row.change.revision == 1 for row in rows),
            )
        )

    def _reject(self, row: Outgoing, reason: str | None, attempts: int) -> None:
        self.tally.rejected += 1
        if self.tally.rejected >= self._policy.refusals and not self.tally.accepted:
            self._stop_run(f"all of {self.tally.rejected} rows were refused: {reason}")
        self._put(
            Settlement(
                positions=[row.position], status="rejected", attempts=attempts, reason=reason
            )
        )

    def _fail(self, piece: _Piece, reason: str) -> list[_Piece]:
        self.tally.failed += len(piece.rows)
        self._put(
            Settlement(
                positions=[row.position for row in piece.rows],
                status="failed",
                attempts=piece.all_attempts,
                reason=reason,
            )
        )
        return []

    def _put(self, settlement: Settlement) -> None:
        self._answered.append(settlement)
        self._has_answers.set()
        if len(self._answered) >= self._policy.unsettled * self._max_in_flight:
            self._has_room.clear()

    def _stop_run(self, why: str) -> None:
        if not self._stop.is_set():
            self.tally.stopped = why
            self._stop.set()
