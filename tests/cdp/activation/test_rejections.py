"""Rows that the receiver refuses: waits, dead letters, and the way back."""

from __future__ import annotations

from datetime import timedelta

from cdp.activation import retry_rejected
from cdp.activation.acknowledgement import RETRY_WAITS
from cdp.activation.clock import utc_now
from cdp.activation.faults import FaultPlan
from tests.cdp.activation.activation_world import World, row, rows

BAD = "p00002"


def refuse(world: World) -> None:
    world.receiver.misbehave(FaultPlan(rejected_keys=[BAD]))


def rejection(world: World, columns: str) -> tuple[object, ...]:
    (found,) = world.ledger("sync_rejections", columns)
    return found


def test_a_rejected_row_waits_and_the_others_are_delivered(world: World) -> None:
    refuse(world)
    world.put(rows(5))
    report = world.run(run_id="first")
    assert (report.inserted, report.rejected, report.status) == (4, 1, "succeeded")
    assert rejection(world, "sync_key, operation, reason, attempt_count, state, run_id") == (
        BAD,
        "insert",
        "422 invalid_row",
        1,
        "waiting",
        "first",
    )
    due = rejection(world, "next_attempt_at - last_rejected_at")[0]
    assert due == RETRY_WAITS[0]
    assert world.ledger("sync_outcomes", "status, reason", f"sync_key = '{BAD}'") == [
        ("rejected", "422 invalid_row")
    ]


def test_it_is_held_back_until_it_is_due(world: World) -> None:
    refuse(world)
    world.put(rows(5))
    world.run()
    report = world.run()
    assert (report.held_back, report.rejected, report.requests) == (1, 0, 0)
    report = world.run(now=utc_now() + RETRY_WAITS[0] + timedelta(minutes=5))
    assert (report.held_back, report.rejected, report.requests) == (0, 1, 1)
    assert rejection(world, "attempt_count, state") == (2, "waiting")


def test_after_the_last_wait_it_is_a_dead_letter(world: World) -> None:
    refuse(world)
    world.put(rows(5))
    much_later = utc_now() + timedelta(days=365)
    for _ in range(len(RETRY_WAITS) + 1):
        world.run(now=much_later)
    assert rejection(world, "attempt_count, state, next_attempt_at") == (5, "dead", None)
    assert world.run(now=much_later).held_back == 1


def test_retry_sends_dead_letters_and_erases_nothing(world: World) -> None:
    refuse(world)
    world.put(rows(5))
    for _ in range(len(RETRY_WAITS) + 1):
        world.run(now=utc_now() + timedelta(days=365))
    assert retry_rejected(world.settings, world.spec()) == 1
    assert rejection(world, "attempt_count, state, reason") == (5, "waiting", "422 invalid_row")
    assert world.run().rejected == 1
    assert rejection(world, "attempt_count, state") == (6, "dead")
    world.receiver.misbehave(FaultPlan())
    assert retry_rejected(world.settings, world.spec()) == 1
    assert world.run().inserted == 1
    assert rejection(world, "attempt_count, state") == (6, "resolved")
    assert retry_rejected(world.settings, world.spec()) == 0


def test_changed_content_is_tried_at_once_and_counts_anew(world: World) -> None:
    refuse(world)
    world.put(rows(5))
    world.run()
    world.put([*rows(2), row(BAD, product="tent")])
    assert world.run().rejected == 1
    assert rejection(world, "attempt_count") == (1,)


def test_a_rejected_change_keeps_the_acknowledged_row(world: World) -> None:
    world.put(rows(3))
    world.run()
    refuse(world)
    world.put(rows(3, product="tent"))
    world.run()
    assert world.ledger("sync_ledger", "revision", f"sync_key = '{BAD}'") == [(1,)]
    world.receiver.misbehave(FaultPlan())
    world.put(rows(2))
    assert world.run().deleted == 1
    assert set(world.received()) == {"p00000", "p00001"}


def test_a_rejection_of_a_row_that_left_is_resolved(world: World) -> None:
    refuse(world)
    world.put(rows(5))
    world.run()
    world.put(rows(2))
    report = world.run()
    assert (report.held_back, report.rejected) == (0, 0)
    assert rejection(world, "state") == ("resolved",)


def test_the_bad_row_of_a_refused_batch_is_found(world: World) -> None:
    world.receiver.misbehave(FaultPlan(refused_keys=[BAD]))
    world.put(rows(10))
    report = world.run()
    assert (report.inserted, report.rejected) == (9, 1)
    assert rejection(world, "sync_key, reason") == (BAD, "400 bad_row")


def test_a_rejected_delete_is_retried_like_any_other(world: World) -> None:
    world.put(rows(3))
    world.run()
    refuse(world)
    world.put(rows(2))
    assert world.run().rejected == 1
    assert world.run().held_back == 1
    world.receiver.misbehave(FaultPlan())
    assert world.run(now=utc_now() + timedelta(days=1)).deleted == 1
    assert rejection(world, "operation, state") == ("delete", "resolved")
