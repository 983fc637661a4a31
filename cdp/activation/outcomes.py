"""What becomes of the rows of a run: counted, and handed to the warehouse in groups."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from cdp.activation.acknowledgement import Acknowledgement
from cdp.activation.difference import Outgoing
from cdp.activation.retry import Batch, RetryPolicy, SubBatch

Acknowledge = Callable[[list[Acknowledgement]], Awaitable[None]]


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


class Outcomes:
    """The outcomes of one run.

    Args:
        policy: How many refusals stop the run, and how answers are gathered.
        max_waiting: Answers that may wait for the warehouse before sending waits too.
        acknowledge: Writes acknowledgements to the warehouse; called one at a time.
    """

    def __init__(self, policy: RetryPolicy, max_waiting: int, acknowledge: Acknowledge) -> None:
        self._policy = policy
        self._max_waiting = max_waiting
        self._acknowledge = acknowledge
        self._waiting: list[Acknowledgement] = []
        self._has_answers = asyncio.Event()
        self._is_done = asyncio.Event()
        self.has_room = asyncio.Event()
        self.has_room.set()
        self.stopping = asyncio.Event()
        self.tally = DeliveryTally()

    async def acknowledge_answers(self) -> None:
        """Write the answers as they come, until `close` was called and all are written."""
        while not self._is_done.is_set() or self._waiting:
            await self._has_answers.wait()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._is_done.wait(), self._policy.acknowledge_every)
            self._has_answers.clear()
            answered, self._waiting = self._waiting, []
            self.has_room.set()
            if answered:
                await self._acknowledge(answered)

    def close(self) -> None:
        """No more answers will come."""
        self._is_done.set()
        self._has_answers.set()

    def stop(self, why: str) -> None:
        """End the run early; the first reason counts."""
        if not self.stopping.is_set():
            self.tally.stopped = why
            self.stopping.set()

    def accept(self, rows: Batch, receiver_ids: Sequence[str | None], attempts: int) -> None:
        """The receiver has the rows."""
        if not rows:
            return
        self.tally.delivered.update(row.change.operation for row in rows)
        self._put(
            Acknowledgement(
                positions=[row.position for row in rows],
                status="delivered",
                attempts=attempts,
                receiver_ids=receiver_ids if any(receiver_ids) else None,
                # The revision grows by one with each row that is sent, even if the row is never
                # acknowledged.
                is_first=all(row.change.revision == 1 for row in rows),
            )
        )

    def reject(self, row: Outgoing, reason: str | None, attempts: int) -> None:
        """The receiver refused the row; so many refusals and nothing accepted stop the run."""
        self.tally.rejected += 1
        if self.tally.rejected >= self._policy.refusals and not self.tally.accepted:
            self.stop(f"all of {self.tally.rejected} rows were refused: {reason}")
        self._put(Acknowledgement([row.position], "rejected", attempts, reason))

    def fail(self, sub_batch: SubBatch, reason: str) -> None:
        """Nothing is known of the rows; the next run repeats them."""
        self.tally.failed += len(sub_batch.rows)
        positions = [row.position for row in sub_batch.rows]
        self._put(Acknowledgement(positions, "failed", sub_batch.all_attempts, reason))

    def _put(self, acknowledgement: Acknowledgement) -> None:
        self._waiting.append(acknowledgement)
        self._has_answers.set()
        if len(self._waiting) >= self._max_waiting:
            self.has_room.clear()
