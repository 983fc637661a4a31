"""What is Braze's alone: clearing a user rather than erasing it."""

from __future__ import annotations

from typing import cast

import pytest

from orchestration.manifest import ManifestError
from tests.orchestration.activation.destinations.case_braze import CASE, row
from tests.orchestration.activation.destinations.conftest import OpenBench
from tests.orchestration.activation.destinations.contract import Bench
from tests.orchestration.activation.emulators.braze import BrazeEmulator

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
