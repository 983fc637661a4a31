"""Consent and suppression, looked up when the rows are read."""

from __future__ import annotations

import threading
import time
from datetime import datetime

import pytest

from cdp.activation.faults import FaultPlan
from cdp.warehouse.connection import connected
from tests.cdp.activation.activation_world import World, row, rows


def test_rows_without_consent_are_withheld_and_logged(world: World) -> None:
    world.put(rows(4))
    world.withdraw("p00001")
    world.suppress("p00002")
    report = world.run()
    assert (report.inserted, report.skipped) == (2, 2)
    assert set(world.received()) == {"p00000", "p00003"}
    assert world.ledger(
        "sync_outcomes", "sync_key, operation, status, reason, attempt_count", "status = 'withheld'"
    ) == [
        ("p00001", "none", "withheld", "no_consent", 0),
        ("p00002", "none", "withheld", "suppressed", 0),
    ]


@pytest.mark.parametrize(
    ("column", "value"),
    [("channel", "push"), ("purpose", "personalisation"), ("status", "pending")],
)
def test_consent_to_something_else_is_no_consent(world: World, column: str, value: str) -> None:
    world.put(rows(1))
    world.execute(f"update cdp_profiles.profile_consents set {column} = $1", [value])
    report = world.run()
    assert (report.inserted, report.skipped) == (0, 1)


def test_contradicting_consents_count_as_none(world: World) -> None:
    world.put(rows(1))
    world.execute(
        "insert into cdp_profiles.profile_consents "
        "values ('p00000', 'email', 'marketing', 'withdrawn', timestamp '2025-01-01')"
    )
    assert world.run().skipped == 1


def test_a_row_without_a_profile_is_withheld(world: World) -> None:
    world.put([row("p1") | {"profile_id": None, "email": "key@example.com"}])
    assert world.run(world.spec(key="email")).skipped == 1


def test_a_suppression_on_another_channel_does_not_matter(world: World) -> None:
    world.put(rows(1))
    world.suppress("p00000", channel="push")
    assert world.run().inserted == 1


def test_mirror_deletes_a_row_whose_consent_was_withdrawn(world: World) -> None:
    world.put(rows(3))
    world.run()
    world.withdraw("p00001")
    assert world.run().deleted == 1
    assert set(world.received()) == {"p00000", "p00002"}
    assert world.ledger(
        "sync_outcomes", "sync_key, permission, status", "operation = 'delete'"
    ) == [("p00001", "no_consent", "delivered")]
    assert world.run().skipped == 1


def test_upsert_withholds_changes_and_leaves_the_rest(world: World) -> None:
    spec = world.spec(mode="upsert")
    world.put(rows(2))
    world.run(spec)
    world.put(rows(2, product="tent"))
    world.withdraw("p00000")
    report = world.run(spec)
    assert (report.updated, report.skipped, report.deleted) == (1, 1, 0)
    assert world.received()["p00000"]["product"] == "boots"


def test_consent_that_comes_back_sends_the_row(world: World) -> None:
    world.put(rows(2))
    world.withdraw("p00000")
    world.run()
    assert world.ledger("sync_withheld", "sync_key, reason") == [("p00000", "no_consent")]
    world.put(rows(2))
    assert world.run().inserted == 1
    assert world.ledger("sync_withheld", "sync_key") == []


def test_a_row_withheld_again_is_not_logged_again(world: World) -> None:
    world.put(rows(1))
    world.withdraw("p00000")
    world.run(run_id="first")
    world.run(run_id="second")
    assert world.ledger("sync_outcomes", "run_id") == [("first",)]
    world.suppress("p00000")
    world.run(run_id="third")
    assert world.ledger("sync_outcomes", "run_id, reason") == [
        ("first", "no_consent"),
        ("third", "suppressed"),
    ]


def test_what_was_relied_on_is_logged(world: World) -> None:
    world.put(rows(1))
    world.run()
    assert world.ledger("sync_outcomes", "permission, consent_recorded_at") == [
        ("granted", datetime.fromisoformat("2026-01-01"))
    ]


def test_a_sync_without_need_of_consent_says_so_in_the_log(world: World) -> None:
    world.put(rows(1), consenting=False)
    world.suppress("p00000")
    spec = world.spec(consent="not_required", consent_reason="Order confirmations.")
    assert world.run(spec).inserted == 1
    assert world.ledger("sync_outcomes", "permission, consent_recorded_at") == [
        ("not_required", None)
    ]


@pytest.mark.parametrize("settings", ["postgres"], indirect=True)
@pytest.mark.parametrize(("mode", "last_operation"), [("mirror", "delete"), ("upsert", None)])
def test_consent_withdrawn_during_a_run_holds_for_rows_not_yet_read(
    world: World, mode: str, last_operation: str | None
) -> None:
    """Only a server lets anybody withdraw meanwhile; a DuckDB file is ours while we run."""
    spec = world.spec(mode=mode, batch_size=1, max_in_flight=1)
    world.put([row("a"), *(row(f"m{number}") for number in range(20)), row("z", product="tent")])
    world.withdraw("z")
    world.run(spec)
    world.execute("update cdp_profiles.profile_consents set status = 'granted'")
    world.put([row("a", product="tent"), *(row(f"m{n}", product="tent") for n in range(20))])
    with connected(world.settings) as connection:
        connection.execute(
            "insert into cdp_syncs.sync_webhook__members select * from "
            "(select 'z') as z(profile_id)"
        )
    world.execute(
        "insert into cdp_profiles.profile_consents "
        "values ('z', 'email', 'marketing', 'granted', timestamp '2026-01-01')"
    )
    world.receiver.misbehave(FaultPlan(delay_seconds=0.05))
    before = len(world.deliveries())
    running = threading.Thread(target=world.run, args=(spec,))
    running.start()
    while len(world.deliveries()) == before:
        time.sleep(0.01)
    world.withdraw("m9")
    world.withdraw("z")
    running.join()
    sent = {key: operation for key, operation, *_ in world.deliveries()[before:]}
    assert sent.get("m9") == last_operation
    assert "z" not in sent
    assert world.ledger("sync_outcomes", "reason", "sync_key = 'z' and run_id = 'run'")


def test_withheld_rows_are_those_of_the_end_of_the_run(world: World) -> None:
    world.put(rows(3))
    world.withdraw("p00002")
    world.run()
    assert world.ledger("sync_runs", "withheld_count") == [(1,)]
