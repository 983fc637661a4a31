"""What is Braze's alone: clearing a user rather than erasing it, and merging."""

from __future__ import annotations

import json
from typing import cast

import pytest

from cdp.dbt.manifest import ManifestError
from tests.cdp.activation.destinations.case_braze import CASE, row
from tests.cdp.activation.destinations.conftest import OpenBench
from tests.cdp.activation.destinations.contract import Bench
from tests.cdp.activation.emulators.braze import BrazeEmulator

pytestmark = pytest.mark.parametrize("settings", ["duckdb"], indirect=True)


@pytest.fixture
def bench(open_bench: OpenBench) -> Bench:
    return open_bench(CASE)


def test_a_deleted_row_clears_our_attributes_unless_told_to_erase(bench: Bench) -> None:
    sent = [row(number, "old") for number in range(3)]
    emulator = cast(BrazeEmulator, bench.emulator)
    deletes = bench.changes([*sent[:2], row(9, "old")], "delete")
    bench.deliver(bench.changes(sent), deletes, spec=bench.spec(on_delete="clear"))
    # The users are still there, and the row that never came makes none.
    assert set(emulator.users()) == {"p/00000", "p/00001", "p/00002"}
    assert emulator.held() == bench.expected(sent[2:])
    assert emulator.violations == []
    assert {call.path for call, _ in emulator.calls} == {"/users/track"}


@pytest.mark.parametrize("column", ["braze_id", "email_subscribe", "_merge_objects"])
def test_a_column_that_would_subscribe_or_identify_is_refused(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, column: str
) -> None:
    monkeypatch.setitem(CASE.columns, column, "text")  # type: ignore[arg-type]
    with pytest.raises(ManifestError, match=f"whose column {column} cannot be sent"):
        bench.spec()
    bench.spec(omit=[column])


@pytest.mark.parametrize("on_delete", ["clear", "erase"])
def test_a_merged_user_is_merged_whatever_a_delete_means(bench: Bench, on_delete: str) -> None:
    sent = [row(number, "old") for number in range(4)]
    spec = bench.spec(on_delete=on_delete)
    bench.deliver(bench.changes(sent), spec=spec)
    bench.emulator.calls.clear()
    mixed = [*bench.changes(sent[:1], "delete"), bench.merge(sent[1], sent[2])]
    results = bench.deliver([*mixed, bench.merge(row(9, "old"), row(8, "old"))], spec=spec)
    assert results == [
        ("accepted", None, None),
        ("accepted", None, None),
        ("rejected", "404 nobody_to_merge_into", None),
    ]
    users = set(cast(BrazeEmulator, bench.emulator).users())
    assert users - {"p/00000"} == {"p/00002", "p/00003"}
    (merge,) = [call for call, _ in bench.emulator.calls if call.path == "/users/merge"]
    pair = ("identifier_to_merge", "p/00001"), ("identifier_to_keep", "p/00002")
    updates = [{name: {"external_id": key} for name, key in pair}]
    assert json.loads(merge.body) == {"merge_updates": updates}
    assert bench.emulator.violations == []
