"""Planning without consequences, masking, and the guard on changes and deletes."""

from __future__ import annotations

import pytest

from cdp.activation import SyncBlockedError, plan_sync
from cdp.activation.plan import masked_value
from tests.cdp.activation.activation_world import World, row, rows


def test_a_plan_counts_what_a_run_then_does(world: World) -> None:
    world.put(rows(6))
    world.run()
    world.put([*rows(3), row("p00003", product="tent"), row("p9")])
    world.withdraw("p00000")
    plan = plan_sync(world.settings, world.spec())
    counts = plan.counts
    assert (counts.insert, counts.update, counts.delete) == (1, 1, 3)
    assert (counts.unchanged, counts.skipped) == (2, 0)
    report = world.run(approve=True)
    assert (report.inserted, report.updated, report.deleted) == (1, 1, 3)
    assert report.unchanged == 2


def test_a_plan_writes_and_sends_nothing(world: World) -> None:
    world.put(rows(3))
    plan = plan_sync(world.settings, world.spec())
    assert plan.counts.insert == 3
    assert world.deliveries() == []
    assert (
        world.execute(
            "select 1 from information_schema.schemata where schema_name = 'cdp_activation'"
        )
        == []
    )
    world.run()
    before = [world.ledger(table, "*") for table in ("sync_ledger", "sync_outcomes", "sync_runs")]
    world.put(rows(5, product="tent"))
    plan_sync(world.settings, world.spec())
    after = [world.ledger(table, "*") for table in ("sync_ledger", "sync_outcomes", "sync_runs")]
    assert before == after


def test_the_first_rows_are_shown_with_direct_identifiers_masked(world: World) -> None:
    world.put([row("p1", email="anna@example.com", product="call +49 171 1234567")])
    text = plan_sync(world.settings, world.spec()).text()
    assert "insert p1" in text
    assert "visit_count=3" in text
    assert "joined_date=2026-03-01" in text
    assert "email=***" in text
    assert "anna" not in text
    assert "1234567" not in text


def test_a_key_that_identifies_is_masked_too(world: World) -> None:
    world.put([row("p1")])
    assert "p1@example.com" not in plan_sync(world.settings, world.spec(key="email")).text()


@pytest.mark.parametrize(
    ("value", "is_masked"),
    [
        ("anna@example.com", True),
        ("+49 171 1234567", True),
        ("0171/1234567", True),
        ("ab12345678901234567890123456789f", False),
        ("2026-03-01 10:00:00", False),
        ("1234567.50", False),
        ("boots", False),
    ],
)
def test_values_are_masked_by_their_form(value: str, is_masked: bool) -> None:
    assert (masked_value(value) == "***") == is_masked


def test_too_many_deletes_stop_until_approved(world: World) -> None:
    spec = world.spec(max_delete_share=0.2)
    world.put(rows(10))
    world.run(spec)
    world.put(rows(7))
    with pytest.raises(SyncBlockedError, match=r"would delete 3 of 10 .*max_delete_share of 20%"):
        world.run(spec)
    assert len(world.received()) == 10
    assert world.ledger("sync_runs", "status", "status <> 'succeeded'") == [("blocked",)]
    assert plan_sync(world.settings, spec).blocked
    assert world.run(spec, approve=True).deleted == 3


def test_deletes_up_to_the_share_pass(world: World) -> None:
    spec = world.spec(max_delete_share=0.3)
    world.put(rows(10))
    world.run(spec)
    world.put(rows(7))
    assert world.run(spec).deleted == 3


def test_too_many_changes_stop_and_inserts_do_not_count(world: World) -> None:
    spec = world.spec(max_change_share=0.5)
    world.put(rows(4))
    world.run(spec)
    world.put(rows(100))
    assert world.run(spec).inserted == 96
    world.put(rows(100, product="tent"))
    with pytest.raises(SyncBlockedError, match="change or delete 100 of 100"):
        world.run(spec)


def test_a_mirror_that_says_nothing_is_guarded_against_emptying(world: World) -> None:
    world.put(rows(30))
    world.run()
    world.put([])
    with pytest.raises(SyncBlockedError, match="APPROVE=1"):
        world.run()


def test_the_first_load_is_not_guarded(world: World) -> None:
    world.put(rows(30))
    assert world.run(world.spec(max_change_share=0.01, max_delete_share=0.01)).inserted == 30
