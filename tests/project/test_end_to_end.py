"""The built warehouse on both engines: the same rows, again, and what is delivered of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from cdp.activation.receiver import RunningReceiver
from cdp.settings import Target
from tests.project.conftest import AS_OF, Built
from tests.project.snapshots import assert_same, snapshot

pytestmark = pytest.mark.slow

TARGETS: tuple[Target, ...] = ("duckdb", "postgres")


@pytest.mark.parametrize("target", ["duckdb", "postgres"])
def test_dbt_unit_tests_pass(built: Built, target: Target, tmp_path: Path) -> None:
    built(target).copy(tmp_path / "copy").test_units()


def test_both_engines_hold_the_same_rows(built: Built) -> None:
    on_duckdb, on_postgres = (snapshot(built(target)) for target in TARGETS)
    assert len(on_duckdb) > 20
    filled = {name for name, rows in on_duckdb.items() if rows}
    assert {"profiles", "events", "sessions", "audience_memberships"} <= filled
    assert_same(on_duckdb, on_postgres)


def test_a_full_refresh_changes_nothing(built: Built, tmp_path: Path) -> None:
    platform = built("duckdb").copy(tmp_path / "copy")
    before = snapshot(platform)
    platform.build("--full-refresh", as_of=AS_OF)
    assert_same(before, snapshot(platform))


@pytest.mark.parametrize("target", ["duckdb", "postgres"])
def test_what_is_delivered_is_the_payload_once(
    built: Built, target: Target, receiver: RunningReceiver, tmp_path: Path
) -> None:
    platform = built(target).copy(tmp_path / "copy")
    platform.deliver(receiver)
    platform.deliver(receiver)
    payload = platform.rows("select member_key from cdp_syncs.sync_webhook__audience_members")
    with receiver.kept() as store:
        held = store.rows("sync_webhook__audience_members")
        deliveries = store.deliveries("sync_webhook__audience_members")
    assert payload
    assert set(held) == {key for (key,) in payload}
    assert len(deliveries) == len(held)
