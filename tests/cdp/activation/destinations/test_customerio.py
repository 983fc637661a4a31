"""What is Customer.io's alone: merges that it does not answer for."""

from __future__ import annotations

import json

import pytest

from tests.cdp.activation.destinations.case_customerio import CASE, row
from tests.cdp.activation.destinations.conftest import OpenBench
from tests.cdp.activation.destinations.contract import Bench

pytestmark = pytest.mark.parametrize("settings", ["duckdb"], indirect=True)


@pytest.fixture
def bench(open_bench: OpenBench) -> Bench:
    return open_bench(CASE)


def test_merges_are_answered_row_by_row(bench: Bench) -> None:
    sent = [row(number, "old") for number in range(5)]
    bench.deliver(bench.changes(sent))
    # One that is merged is refused, and one that it would be merged into.
    bench.emulator.refused = {CASE.key_of(1), CASE.key_of(9)}
    pairs = [(0, 4), (1, 4), (2, 9), (3, 4)]
    merges = [bench.merge(row(gone, "old"), row(into, "old")) for gone, into in pairs]
    assert bench.deliver(merges) == [
        ("accepted", None, None),
        ("rejected", "400 invalid", None),
        ("rejected", "400 invalid", None),
        ("accepted", None, None),
    ]
    assert bench.emulator.held() == bench.expected([sent[1], sent[2], sent[4]])


def test_the_person_who_remains_is_made_sure_of_and_not_changed(bench: Bench) -> None:
    sent = [row(number, "old") for number in range(3)]
    bench.deliver(bench.changes(sent))
    bench.emulator.calls.clear()
    bench.deliver([bench.merge(sent[0], sent[2]), bench.merge(sent[1], sent[2])])
    made, merged = [json.loads(call.body)["batch"] for call, _ in bench.emulator.calls]
    person = {"type": "person", "identifiers": {"id": "p/00002"}}
    assert made == [{**person, "action": "identify", "attributes": {}}]
    assert merged[0] == {
        "type": "person",
        "action": "merge",
        "primary": {"id": "p/00002"},
        "secondary": {"id": "p/00000"},
    }
    assert bench.emulator.held() == bench.expected(sent[2:])
