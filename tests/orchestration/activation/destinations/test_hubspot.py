"""What is HubSpot's alone: how an answer tells which row it is about, and archiving."""

from __future__ import annotations

from typing import cast

import pytest

from tests.orchestration.activation.destinations.case_hubspot import CASE, row
from tests.orchestration.activation.destinations.conftest import OpenBench
from tests.orchestration.activation.destinations.contract import Bench
from tests.orchestration.activation.emulators.hubspot import HubspotEmulator

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


def test_records_are_archived_by_their_id_which_is_asked_for_where_it_is_not_known(
    bench: Bench,
) -> None:
    sent = [row(number, "old") for number in range(3)]
    results = bench.deliver(bench.changes(sent))
    deletes = bench.changes(sent, "delete")
    known = [deletes[0]._replace(receiver_id=results[0].receiver_id)]
    bench.emulator.calls.clear()
    bench.deliver(known, deletes[1:])
    verbs = [call.path.rpartition("/")[2] for call, _ in bench.emulator.calls]
    assert verbs == ["archive", "read", "archive"]
    assert bench.emulator.held() == {}
