"""A receiver that misbehaves: nothing is lost, nothing is sent anew."""

from __future__ import annotations

import time
from collections.abc import Sequence

import pytest

from cdp.activation import SyncStoppedError
from cdp.activation.faults import Fault, FaultPlan
from cdp.activation.retry import RetryPolicy
from tests.cdp.activation.activation_world import (
    Row,
    World,
    as_received,
    row,
    rows,
)


def assert_delivered(world: World, payload: Sequence[Row]) -> None:
    """The receiver and the ledger hold the payload, and a change never had two keys."""
    expected = {entry["profile_id"]: as_received(entry) for entry in payload}
    assert world.received() == expected
    live = world.ledger("sync_ledger", "sync_key", "operation <> 'delete'")
    assert [key for (key,) in live] == sorted(expected)
    assert world.ledger("sync_intents", "sync_key") == []
    keys: dict[tuple[str, int], set[str]] = {}
    fresh: dict[str, list[int]] = {}
    for key, _, idempotency_key, revision, is_duplicate in world.deliveries():
        keys.setdefault((key, revision), set()).add(idempotency_key)
        if not is_duplicate:
            fresh.setdefault(key, []).append(revision)
    assert all(len(found) == 1 for found in keys.values())
    # What the receiver took anew was a later revision each time.
    assert all(found == sorted(set(found)) for found in fresh.values())


def test_a_receiver_that_falls_silent_is_not_waited_for(world: World) -> None:
    world.receiver.misbehave(FaultPlan(script=["stall", "none", "stall"], stall_seconds=4))
    payload = rows(40)
    world.put(payload)
    report = world.run(world.spec(timeout_seconds=0.5))
    assert (report.inserted, report.requests) == (40, 6)
    assert_delivered(world, payload)


def test_a_storm_of_throttling_is_sat_out(world: World) -> None:
    world.receiver.misbehave(FaultPlan(seed=7, shares={"throttle": 0.8}, retry_after=0.01))
    payload = rows(100)
    world.put(payload)
    report = world.run()
    assert (report.inserted, report.failed, report.rejected) == (100, 0, 0)
    assert report.requests > 20
    assert_delivered(world, payload)


@pytest.mark.parametrize("fault", ["reset", "swallow", "half", "throttle", "error", "row_errors"])
def test_every_fault_is_survived(world: World, fault: Fault) -> None:
    world.receiver.misbehave(FaultPlan(script=[fault, fault, "none", fault]))
    payload = rows(40)
    world.put(payload)
    report = world.run()
    assert (report.inserted, report.failed, report.rejected) == (40, 0, 0)
    assert report.requests > 4
    assert_delivered(world, payload)


def test_a_storm_of_all_faults_is_survived(world: World) -> None:
    kinds: list[Fault] = ["reset", "swallow", "half", "throttle", "error", "row_errors"]
    world.receiver.misbehave(FaultPlan(seed=7, shares=dict.fromkeys(kinds, 0.08), retry_after=0.01))
    payload = rows(400)
    world.put(payload)
    report = world.run(world.spec(batch_size=5))
    assert (report.inserted, report.rejected) == (400, 0)
    assert_delivered(world, payload)
    changed = [*rows(300), *(row(f"n{number}") for number in range(50))]
    world.put(changed)
    assert world.run(world.spec(batch_size=5)).deleted == 100
    assert_delivered(world, changed)


def test_retry_after_is_waited_for(world: World) -> None:
    world.receiver.misbehave(FaultPlan(script=["throttle"], retry_after=0.6))
    world.put(rows(5))
    started = time.monotonic()
    assert world.run().inserted == 5
    assert time.monotonic() - started >= 0.6


@pytest.mark.parametrize("status", [401, 404])
def test_a_refused_sign_in_stops_at_once_and_rejects_no_row(world: World, status: int) -> None:
    world.receiver.misbehave(FaultPlan(status=status))
    world.put(rows(50))
    with pytest.raises(SyncStoppedError, match=f"cannot be used: {status} on_demand") as stopped:
        world.run(world.spec(max_in_flight=1))
    assert stopped.value.report.requests == 1
    assert world.ledger("sync_rejections", "sync_key") == []
    assert world.ledger("sync_runs", "status, failed_count") == [("failed", 10)]


def test_a_run_that_was_stopped_goes_on_where_it_was(world: World) -> None:
    payload = rows(60)
    world.put(payload)
    world.receiver.misbehave(FaultPlan(script=["none", "none", "swallow"], shares={"error": 1.0}))
    policy = RetryPolicy(attempts=2, first_wait=0.01, max_wait=0.01, acknowledge_every=0.01)
    with pytest.raises(SyncStoppedError) as stopped:
        world.run(world.spec(max_in_flight=1), policy=policy, run_id="same")
    assert stopped.value.report.inserted == 20
    world.receiver.misbehave(FaultPlan())
    report = world.run(run_id="same")
    assert (report.inserted, report.unchanged) == (40, 20)
    assert_delivered(world, payload)
    duplicates = [entry for entry in world.deliveries() if entry[4]]
    assert len(duplicates) == 10


def test_a_run_id_that_comes_again_does_not_settle_what_its_first_life_left(world: World) -> None:
    """As when Dagster retries a step: other rows then have the positions of the rows left."""
    spec = world.spec(batch_size=1, max_in_flight=1)
    late = [row(f"k{number}") for number in range(10)]
    world.put(late)
    world.receiver.misbehave(FaultPlan(shares={"error": 1.0}))
    with pytest.raises(SyncStoppedError):
        world.run(spec, policy=RetryPolicy(attempts=1, acknowledge_every=0.01), run_id="same")
    world.receiver.misbehave(FaultPlan())
    payload = [*(row(f"a{number}") for number in range(10)), *late]
    world.put(payload)
    assert world.run(spec, run_id="same").inserted == 20
    assert_delivered(world, payload)


def test_what_was_sent_without_an_answer_is_deleted_when_it_leaves(world: World) -> None:
    """The receiver took the rows, we never heard, and then they left the payload."""
    world.put(rows(5))
    world.receiver.misbehave(FaultPlan(shares={"swallow": 1.0}))
    policy = RetryPolicy(attempts=1, first_wait=0.01, acknowledge_every=0.01)
    with pytest.raises(SyncStoppedError):
        world.run(policy=policy)
    assert len(world.received()) == 5
    world.receiver.misbehave(FaultPlan())
    world.put(rows(2))
    report = world.run()
    assert (report.inserted, report.deleted) == (2, 3)
    assert_delivered(world, rows(2))


def test_content_that_went_there_and_back_unheard_arrives(world: World) -> None:
    """Boots, tent, boots: the last must not be taken for a repetition of the first."""
    policy = RetryPolicy(attempts=1, first_wait=0.01, acknowledge_every=0.01)
    world.receiver.misbehave(FaultPlan(shares={"swallow": 1.0}))
    for product in ("boots", "tent"):
        world.put([row("p1", product=product)])
        with pytest.raises(SyncStoppedError):
            world.run(policy=policy)
    assert world.received()["p1"]["product"] == "tent"
    world.receiver.misbehave(FaultPlan())
    world.put([row("p1", product="boots")])
    world.run()
    assert_delivered(world, [row("p1", product="boots")])


def test_a_message_is_sent_once_even_if_it_was_worded_anew_after_a_crash(world: World) -> None:
    spec = world.spec(mode="append")
    world.put([row("m1", product="boots")])
    world.receiver.misbehave(FaultPlan(shares={"swallow": 1.0}))
    with pytest.raises(SyncStoppedError):
        world.run(spec, policy=RetryPolicy(attempts=1, acknowledge_every=0.01))
    world.receiver.misbehave(FaultPlan())
    world.put([row("m1", product="boots, now 10% off")])
    assert world.run(spec).inserted == 1
    assert len({idempotency_key for _, _, idempotency_key, *_ in world.deliveries()}) == 1
    assert world.received()["m1"]["product"] == "boots"
