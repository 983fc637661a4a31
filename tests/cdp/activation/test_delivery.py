"""Retrying, halving and stopping, against sessions that answer as they are told."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence

import pytest

from cdp.activation.acknowledgement import Acknowledgement
from cdp.activation.delivery import Delivery
from cdp.activation.destinations.base import (
    ACCEPTED,
    BatchRefusedError,
    Change,
    DestinationUnusableError,
    RowResult,
    TemporaryFailureError,
    ThrottledError,
)
from cdp.activation.difference import Outgoing
from cdp.activation.outcomes import DeliveryTally
from cdp.activation.rate import RateLimiter
from cdp.activation.retry import RetryPolicy

HASTY = RetryPolicy(
    attempts=4, first_wait=0.001, max_wait=0.002, max_throttle=0.2, acknowledge_every=0.001
)

Answer = Callable[[list[str]], Sequence[RowResult]]


class ToldSession:
    """Answers each request by a function of the keys in it."""

    account = "told"

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self.requests: list[list[str]] = []
        self.in_flight = 0
        self.most_in_flight = 0

    def split(self, changes: Sequence[Change]) -> Sequence[Sequence[Change]]:
        return [changes]

    async def deliver(self, changes: Sequence[Change]) -> Sequence[RowResult]:
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            await asyncio.sleep(0.001)
            keys = [change.key for change in changes]
            self.requests.append(keys)
            return self._answer(keys)
        finally:
            self.in_flight -= 1


def outgoing(number: int) -> Outgoing:
    key = f"k{number}"
    return Outgoing(number, Change(key, "insert", "{}", f"i{number}", 1))


def deliver(
    answer: Answer,
    *,
    batches: int = 1,
    size: int = 8,
    policy: RetryPolicy = HASTY,
    max_in_flight: int = 4,
    limiter: RateLimiter | None = None,
    session_class: type[ToldSession] = ToldSession,
) -> tuple[ToldSession, DeliveryTally, dict[str, Acknowledgement]]:
    """Deliver rows k0, k1, …; returns the last acknowledgement of each."""
    session = session_class(answer)
    acknowledged: dict[str, Acknowledgement] = {}

    async def acknowledge(acknowledgements: list[Acknowledgement]) -> None:
        for each in acknowledgements:
            acknowledged.update({f"k{position}": each for position in each.positions})

    async def read() -> AsyncIterator[list[Outgoing]]:
        for batch in range(batches):
            yield [outgoing(batch * size + number) for number in range(size)]

    async def run() -> DeliveryTally:
        delivery = Delivery(session, limiter or RateLimiter(), policy, max_in_flight, acknowledge)
        return await delivery.run(read())

    tally = asyncio.run(asyncio.wait_for(run(), timeout=10))
    return session, tally, acknowledged


def accept(keys: list[str]) -> list[RowResult]:
    return [ACCEPTED] * len(keys)


def failing(times: int, error: Exception) -> Answer:
    """Fails so many requests, then accepts."""
    left = [times]

    def answer(keys: list[str]) -> list[RowResult]:
        left[0] -= 1
        if left[0] >= 0:
            raise error
        return accept(keys)

    return answer


def test_every_row_is_delivered_once_with_many_requests_in_flight() -> None:
    session, tally, acknowledged = deliver(accept, batches=20, size=3)
    assert tally.delivered == {"insert": 60}
    assert len(acknowledged) == 60
    assert session.most_in_flight == 4


def test_a_passing_failure_is_tried_again() -> None:
    session, tally, acknowledged = deliver(failing(2, TemporaryFailureError("500")))
    assert tally.stopped is None
    assert len(session.requests) == 3
    assert {acknowledgement.attempts for acknowledgement in acknowledged.values()} == {3}


def test_a_lasting_failure_stops_the_run_and_keeps_what_was_acknowledged() -> None:
    def answer(keys: list[str]) -> list[RowResult]:
        if keys[0] == "k0":
            return accept(keys)
        raise TemporaryFailureError("503")

    # A second batch that fails alone would be narrowed down; here nothing passes after it begins.
    session, tally, acknowledged = deliver(answer, batches=6, max_in_flight=1, size=1)
    assert tally.stopped == "a batch failed 4 times, last with: 503"
    assert acknowledged["k0"].status == "delivered"
    assert acknowledged["k1"].status == "failed"
    assert "k2" not in acknowledged
    assert len(session.requests) == 5


def test_a_row_that_the_receiver_stumbles_over_is_found_and_rejected() -> None:
    def answer(keys: list[str]) -> list[RowResult]:
        if "k5" in keys:
            raise TemporaryFailureError("500")
        return accept(keys)

    _, tally, acknowledged = deliver(answer)
    assert tally.stopped is None
    assert (tally.accepted, tally.rejected) == (7, 1)
    assert (acknowledged["k5"].status, acknowledged["k5"].reason) == ("rejected", "500, 3 times")


def test_a_refused_batch_is_halved_until_the_bad_rows_are_found() -> None:
    def answer(keys: list[str]) -> list[RowResult]:
        if {"k2", "k7"} & set(keys):
            raise BatchRefusedError("422 invalid")
        return accept(keys)

    session, tally, acknowledged = deliver(answer, size=64)
    assert (tally.accepted, tally.rejected) == (62, 2)
    assert {key for key, s in acknowledged.items() if s.status == "rejected"} == {"k2", "k7"}
    # Two searches of six halvings that share their beginning, not sixty-four single rows.
    assert len(session.requests) <= 25


def test_rows_refused_one_by_one_are_not_tried_again() -> None:
    def answer(keys: list[str]) -> list[RowResult]:
        return [RowResult("rejected", "422 bad") if key == "k1" else ACCEPTED for key in keys]

    session, tally, acknowledged = deliver(answer)
    assert len(session.requests) == 1
    assert (acknowledged["k1"].status, acknowledged["k1"].reason) == ("rejected", "422 bad")
    assert tally.accepted == 7


def test_only_the_rows_that_failed_are_sent_again() -> None:
    first = [True]

    def answer(keys: list[str]) -> list[RowResult]:
        failed, first[0] = first[0], False
        return [RowResult("retry", "503") if failed and key == "k3" else ACCEPTED for key in keys]

    session, tally, _ = deliver(answer)
    assert session.requests[1:] == [["k3"]]
    assert tally.accepted == 8


def test_an_unusable_destination_stops_at_once_and_rejects_nothing() -> None:
    session, tally, acknowledged = deliver(
        failing(99, DestinationUnusableError("401")), batches=20, max_in_flight=2
    )
    assert tally.stopped == "the destination cannot be used: 401"
    assert len(session.requests) <= 2
    assert {acknowledgement.status for acknowledgement in acknowledged.values()} == {"failed"}


def test_an_error_of_a_third_party_is_named_without_its_message() -> None:
    _, tally, acknowledged = deliver(failing(99, RuntimeError("anna@example.com is odd")))
    assert tally.stopped == "the destination cannot be used: RuntimeError"
    assert "anna" not in str(acknowledged)


def test_a_destination_that_leaves_rows_out_is_unusable() -> None:
    _, tally, _ = deliver(lambda keys: [ACCEPTED])
    assert tally.stopped
    assert "without a result" in tally.stopped


def test_all_rows_refused_stops_the_run_before_it_rejects_an_audience() -> None:
    policy = RetryPolicy(refusals=10, acknowledge_every=0.001)
    _, tally, _ = deliver(
        lambda keys: [RowResult("rejected", "400 no_such_object")] * len(keys),
        batches=100,
        policy=policy,
        max_in_flight=1,
    )
    assert tally.stopped == "all of 10 rows were refused: 400 no_such_object"
    assert tally.rejected < 20


def test_retry_after_pauses_the_whole_account() -> None:
    moments: list[float] = []
    throttle = failing(1, ThrottledError("429", 0.15))

    def answer(keys: list[str]) -> Sequence[RowResult]:
        moments.append(time.monotonic())
        return throttle(keys)

    _, tally, _ = deliver(answer, batches=8, max_in_flight=2)
    assert tally.accepted == 64
    # The request that was under way with the throttled one, and then nobody for as long as asked.
    assert sum(moment < moments[0] + 0.14 for moment in moments) <= 2


def test_a_storm_of_throttling_is_sat_out_as_long_as_rows_pass() -> None:
    count = [0]

    def answer(keys: list[str]) -> list[RowResult]:
        count[0] += 1
        if count[0] % 10:
            raise ThrottledError("429", 0.002)
        return accept(keys)

    _, tally, acknowledged = deliver(answer, batches=8, size=2)
    assert tally.stopped is None
    assert tally.accepted == 16
    assert {acknowledgement.attempts for acknowledgement in acknowledged.values()} == {1}


def test_throttling_without_end_stops_the_run() -> None:
    _, tally, acknowledged = deliver(failing(10_000, ThrottledError("429", 0.02)))
    assert tally.stopped == "the receiver throttles and accepts nothing: 429"
    assert {acknowledgement.status for acknowledgement in acknowledged.values()} == {"failed"}


def test_a_wait_that_is_too_long_is_left_to_the_next_run() -> None:
    _, tally, _ = deliver(failing(1, ThrottledError("429", 3600)))
    assert tally.stopped == "the receiver asks to wait 3600 s: run again after that"


def test_a_row_without_json_form_does_not_reach_the_destination() -> None:
    bad = Outgoing(0, Change("k0", "insert", "{}", "i0", 1), "column x has no JSON form")
    session = ToldSession(accept)
    acknowledged: list[Acknowledgement] = []

    async def run() -> None:
        async def acknowledge(acknowledgements: list[Acknowledgement]) -> None:
            acknowledged.extend(acknowledgements)

        async def read() -> AsyncIterator[list[Outgoing]]:
            yield [bad]

        await Delivery(session, RateLimiter(), HASTY, 1, acknowledge).run(read())

    asyncio.run(run())
    assert session.requests == []
    assert [(s.status, s.reason) for s in acknowledged] == [
        ("rejected", "column x has no JSON form")
    ]


def test_sending_waits_for_a_warehouse_that_is_slow() -> None:
    """A crash must not cost a thousand rows sent again."""
    sent, acknowledged, most = [0], [0], [0]

    def answer(keys: list[str]) -> list[RowResult]:
        sent[0] += len(keys)
        most[0] = max(most[0], sent[0] - acknowledged[0])
        return accept(keys)

    async def run() -> None:
        async def acknowledge(acknowledgements: list[Acknowledgement]) -> None:
            await asyncio.sleep(0.02)
            acknowledged[0] += sum(len(each.positions) for each in acknowledgements)

        async def read() -> AsyncIterator[list[Outgoing]]:
            for number in range(500):
                yield [outgoing(number)]

        policy = RetryPolicy(acknowledge_every=0.001, max_unacknowledged=5)
        await Delivery(ToldSession(answer), RateLimiter(), policy, 2, acknowledge).run(read())

    asyncio.run(asyncio.wait_for(run(), timeout=10))
    assert acknowledged[0] == 500
    # Ten that wait, ten being written, and what is in flight.
    assert most[0] <= 25


def test_a_failing_warehouse_ends_the_delivery() -> None:
    async def run() -> None:
        async def acknowledge(_: list[Acknowledgement]) -> None:
            raise OSError("disk full")

        async def read() -> AsyncIterator[list[Outgoing]]:
            for number in range(100):
                yield [outgoing(number)]

        await Delivery(ToldSession(accept), RateLimiter(), HASTY, 2, acknowledge).run(read())

    with pytest.raises(OSError, match="disk full"):
        asyncio.run(asyncio.wait_for(run(), timeout=10))


def test_a_batch_is_sent_in_the_parts_that_the_session_makes() -> None:
    class PartingSession(ToldSession):
        def split(self, changes: Sequence[Change]) -> Sequence[Sequence[Change]]:
            return [changes[1::2], changes[::2]]

    session, tally, acknowledged = deliver(accept, size=5, session_class=PartingSession)
    assert session.requests == [["k1", "k3"], ["k0", "k2", "k4"]]
    assert tally.delivered == {"insert": 5}
    assert len(acknowledged) == 5


@pytest.mark.parametrize(
    ("parts", "why"),
    [([[0]], "left rows out of its requests"), ([[0, 99]], "cannot be used: IndexError")],
)
def test_a_session_that_cannot_part_a_batch_stops_the_run(parts: list[list[int]], why: str) -> None:
    class LosingSession(ToldSession):
        def split(self, changes: Sequence[Change]) -> Sequence[Sequence[Change]]:
            return [[changes[at] for at in part] for part in parts]

    _, tally, _ = deliver(accept, size=2, session_class=LosingSession)
    assert why in str(tally.stopped)
