"""How long delivery tries, and how far the rows of one request have come."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from cdp.activation.difference import Outgoing

Batch = Sequence[Outgoing]


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How long to go on with a batch that meets passing failures; times in seconds.

    Attributes:
        attempts: Requests for a batch before its failure is taken to be lasting.
        suspect_attempts: The same for a part of a batch that fails while others succeed.
        first_wait: Upper bound of the first wait; it doubles from there.
        max_wait: Upper bound of every wait of our own choice.
        max_asked_wait: A receiver that asks for a longer wait than this stops the run; the next
            one goes on.
        max_throttle: A receiver that accepts nothing for so long and only throttles stops the run.
        refusals: Rows refused, with none accepted, after which the fault is not the rows'.
        acknowledge_every: How long answers are gathered into one transaction.
        max_unacknowledged: Answers per request in flight that may wait for the warehouse; then
            sending waits too.
    """

    attempts: int = 8
    suspect_attempts: int = 3
    first_wait: float = 0.5
    max_wait: float = 30.0
    max_asked_wait: float = 300.0
    max_throttle: float = 300.0
    refusals: int = 100
    acknowledge_every: float = 0.2
    max_unacknowledged: int = 8

    def wait(self, attempt: int) -> float:
        """Seconds before the attempt after this one, which counts from 1: full jitter."""
        bound = min(self.max_wait, self.first_wait * 2 ** min(attempt - 1, 30))
        return random.uniform(0, bound)  # noqa: S311  # spreads load, keeps no secret


@dataclass
class SubBatch:
    """The rows of one request, which is repeated or halved as long as it fails.

    Attributes:
        accepted_before: Rows that the receiver had accepted when these were first sent.
        attempts: Requests for just these rows that the receiver tried and failed.
        earlier_attempts: The same while the rows were part of a larger sub-batch.
        suspect: Whether the receiver is known to work, so that a lasting failure is the rows'.
        throttled_since: When throttling began with nothing accepted since.
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
        """Requests that contained these rows, for the log."""
        return self.earlier_attempts + self.attempts
