"""What is HubSpot's alone: how an answer tells which row it is about, archiving and merging."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import cast

import pytest

from cdp.activation.destinations.base import (
    ACCEPTED,
    RowResult,
    Session,
    TemporaryFailureError,
)
from tests.cdp.activation.destinations.case_hubspot import CASE, row
from tests.cdp.activation.destinations.conftest import OpenBench
from tests.cdp.activation.destinations.contract import Bench
from tests.cdp.activation.emulators.hubspot import HubspotEmulator

pytestmark = pytest.mark.parametrize("settings", ["duckdb"], indirect=True)


@pytest.fixture
def bench(open_bench: OpenBench) -> Bench:
    return open_bench(CASE)


def emulator_of(bench: Bench) -> HubspotEmulator:
    return cast(HubspotEmulator, bench.emulator)


@pytest.mark.parametrize("repeats_traces", [True, False])
def test_answers_are_told_apart_by_trace_or_by_key(bench: Bench, repeats_traces: bool) -> None:
    emulator_of(bench).repeats_traces = repeats_traces
    bench.emulator.refused = {CASE.key_of(1)}
    results = bench.deliver(bench.changes(row(number, "old") for number in range(3)))
    assert results == [
        ("accepted", None, "9000"),
        ("rejected", "422 VALIDATION_ERROR", None),
        ("accepted", None, "9001"),
    ]


def test_rows_that_an_answer_does_not_name_count_as_not_received(bench: Bench) -> None:
    emulator_of(bench).names_errors = False
    bench.emulator.refused = {CASE.key_of(1)}
    results = bench.deliver(bench.changes(row(number, "old") for number in range(2)))
    assert [result.status for result in results] == ["accepted", "retry"]


def test_records_are_archived_by_the_id_that_they_have_now(bench: Bench) -> None:
    """Not by the one that we were told, which is another's once records were merged."""
    sent = [row(number, "old") for number in range(3)]
    results = bench.deliver(bench.changes(sent))
    bench.deliver([bench.merge(sent[0], sent[1])])
    deletes = bench.changes(sent[1:], "delete")
    told = [
        d._replace(receiver_id=r.receiver_id) for d, r in zip(deletes, results[1:], strict=True)
    ]
    bench.emulator.calls.clear()
    bench.deliver(told)
    verbs = [call.path.rpartition("/")[2] for call, _ in bench.emulator.calls]
    assert verbs == ["read", "archive"]
    assert bench.emulator.held() == {}


def test_merges_into_one_record_wait_for_each_other(bench: Bench) -> None:
    """Each gives the record that remains another id."""
    sent = [row(number, "old") for number in range(6)]
    bench.deliver(bench.changes(sent))
    bench.emulator.delay_seconds = 0.01

    async def all_at_once(session: Session) -> list[Sequence[RowResult]]:
        merges = [bench.merge(gone, sent[0]) for gone in sent[1:]]
        return list(await asyncio.gather(*(session.deliver([merge]) for merge in merges)))

    assert bench.in_session(all_at_once) == [[ACCEPTED]] * 5
    assert bench.emulator.held() == bench.expected(sent[:1])
    assert bench.emulator.violations == []


@pytest.mark.parametrize("category", ["RATE_LIMITS", "INTERNAL_ERROR", "VALIDATION_ERROR"])
def test_a_record_that_could_not_be_read_is_not_taken_for_gone(bench: Bench, category: str) -> None:
    sent = [row(number, "old") for number in range(2)]
    bench.deliver(bench.changes(sent))
    emulator_of(bench).reading_fails = category
    for changes in ([bench.merge(*sent)], bench.changes(sent, "delete")):
        with pytest.raises(TemporaryFailureError, match=category):
            bench.deliver(changes)
    assert bench.emulator.held() == bench.expected(sent)


def test_addresses_are_told_apart_as_hubspot_keeps_them(bench: Bench) -> None:
    """In lower case; another record's second address finds that record, which is not meant."""
    emulator = emulator_of(bench)
    emulator.finds = {"Zoe@example.com": "zoe@example.com", "second@example.com": "zoe@example.com"}
    spec = bench.spec(key="email", omit=["profile_id"])
    keys = ["Zoe@example.com", "second@example.com"]
    deletes = [
        change._replace(key=key)
        for key in keys
        for change in bench.changes([row(1, "old")], "delete")
    ]
    for delete in deletes:
        assert bench.deliver([delete], spec=spec) == [ACCEPTED]
    verbs = [call.path.rpartition("/")[2] for call, _ in emulator.calls]
    assert verbs == ["read", "archive", "read"]
