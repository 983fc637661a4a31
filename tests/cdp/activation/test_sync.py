"""What a run brings to the receiver, and what it writes down, in each mode."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from cdp.activation.faults import FaultPlan
from cdp.activation.payload import PayloadError
from tests.cdp.activation.activation_world import Row, World, as_received, row, rows


def as_state(payload: Iterable[Row]) -> dict[str, dict[str, object]]:
    return {entry["profile_id"]: as_received(entry) for entry in payload}


def test_first_load_sends_every_row_once_with_its_types(world: World) -> None:
    payload = rows(25)
    world.put(payload)
    report = world.run()
    assert (report.inserted, report.unchanged, report.requests) == (25, 0, 3)
    assert world.received() == as_state(payload)


def test_a_second_run_sends_nothing(world: World) -> None:
    world.put(rows(25))
    world.run(run_id="first")
    report = world.run(run_id="second")
    assert (report.inserted, report.updated, report.unchanged, report.requests) == (0, 0, 25, 0)
    assert world.ledger("sync_ledger", "distinct run_id") == [("first",)]


def test_only_rows_whose_values_changed_are_sent_again(world: World) -> None:
    world.put(rows(20))
    world.run()
    changed = [*rows(18), row("p00018", amount=Decimal("12.51")), row("p00019", email=None)]
    world.put(changed)
    report = world.run()
    assert (report.updated, report.unchanged) == (2, 18)
    assert world.received() == as_state(changed)
    assert {operation for _, operation, *_ in world.deliveries()[20:]} == {"update"}


def test_mirror_deletes_what_left_and_inserts_anew_what_came_back(world: World) -> None:
    world.put(rows(4))
    world.run(run_id="first")
    world.put(rows(3))
    assert world.run(run_id="second").deleted == 1
    assert set(world.received()) == {"p00000", "p00001", "p00002"}
    assert world.ledger(
        "sync_ledger", "operation, payload_hash, revision, run_id", "sync_key = 'p00003'"
    ) == [("delete", None, 2, "second")]
    world.put(rows(4))
    assert world.run(run_id="third").inserted == 1
    assert world.received() == as_state(rows(4))
    sent = [entry for entry in world.deliveries() if entry[0] == "p00003"]
    assert [entry[1] for entry in sent] == ["insert", "delete", "insert"]
    assert len({entry[2] for entry in sent}) == 3
    assert not any(is_duplicate for *_, is_duplicate in sent)


def test_mirror_deletes_only_what_it_wrote(world: World) -> None:
    world.put(rows(2))
    world.run()
    world.put([])
    assert world.run().deleted == 2
    assert world.run().deleted == 0


def test_upsert_leaves_what_left_the_payload(world: World) -> None:
    spec = world.spec(mode="upsert")
    world.put(rows(3))
    world.run(spec)
    world.put(rows(2))
    report = world.run(spec)
    assert (report.deleted, report.requests) == (0, 0)
    assert len(world.received()) == 3


def test_update_only_never_inserts(world: World) -> None:
    spec = world.spec(mode="update_only")
    world.put(rows(3))
    report = world.run(spec)
    assert (report.inserted, report.updated) == (0, 3)
    assert {operation for _, operation, *_ in world.deliveries()} == {"update"}


def test_append_sends_a_key_once_whatever_becomes_of_it(world: World) -> None:
    spec = world.spec(mode="append")
    world.put(rows(3))
    world.run(spec)
    world.put([row("p00000", product="tent"), row("p00009")])
    report = world.run(spec)
    assert (report.inserted, report.unchanged) == (1, 1)
    assert world.received()["p00000"]["product"] == "boots"


def test_order_by_decides_the_order_of_sending(world: World) -> None:
    payload = [row(f"p{number}", visit_count=10 - number) for number in range(10)]
    world.put(payload)
    world.run(world.spec(order_by="visit_count", max_in_flight=1, batch_size=2))
    assert [key for key, *_ in world.deliveries()] == [f"p{n}" for n in range(9, -1, -1)]


def test_what_is_freed_goes_before_what_takes_it(world: World) -> None:
    world.put(rows(4))
    world.run()
    world.put([row("p00000", product="tent"), row("p00002", product="tent"), row("a"), row("z")])
    world.run(world.spec(max_in_flight=1, batch_size=2))
    assert [(operation, key) for key, operation, *_ in world.deliveries()[4:]] == [
        *(("delete", "p00001"), ("delete", "p00003")),
        *(("update", "p00000"), ("update", "p00002")),
        *(("insert", "a"), ("insert", "z")),
    ]


def test_outcomes_and_runs_say_what_happened(world: World) -> None:
    world.put(rows(3))
    world.run(run_id="first")
    assert world.ledger(
        "sync_outcomes",
        "sync_key, operation, status, attempt_count, reason, permission, consent_recorded_at, "
        "run_id",
        "sync_key = 'p00001'",
    ) == [
        (
            *("p00001", "insert", "delivered", 1, None, "granted"),
            *(datetime.fromisoformat("2026-01-01"), "first"),
        )
    ]
    assert world.ledger(
        "sync_runs", "run_id, destination, mode, status, inserted_count, request_count, message"
    ) == [("first", "webhook", "mirror", "succeeded", 3, 1, None)]
    finished = world.ledger("sync_runs", "finished_at")[0][0]
    assert abs(datetime.now(UTC).replace(tzinfo=None) - finished) < timedelta(minutes=1)


def test_the_receivers_id_is_kept(world: World) -> None:
    world.put(rows(1))
    world.run()
    assert world.ledger("sync_ledger", "sync_key, receiver_id") == [("p00000", "received-p00000")]
    world.receiver.misbehave(FaultPlan(is_terse=True))
    world.put(rows(1, product="tent"))
    world.run()
    assert world.ledger("sync_ledger", "receiver_id, revision") == [("received-p00000", 2)]


def test_a_repeated_key_is_refused_before_anything_is_sent(world: World) -> None:
    world.put([row("p1", product="boots"), row("p1", product="tent")])
    with pytest.raises(PayloadError, match=r"1 rows of cdp_syncs\.sync_webhook__members repeat"):
        world.run()
    assert world.deliveries() == []
    assert world.ledger("sync_runs", "status") == [("failed",)]


def test_a_missing_key_is_refused(world: World) -> None:
    world.put([row("p1"), row("p2") | {"profile_id": None}])
    with pytest.raises(PayloadError, match=r"1 rows of .* have no profile_id"):
        world.run()


def test_a_missing_payload_names_the_command_that_builds_it(world: World) -> None:
    world.execute("drop table cdp_syncs.sync_webhook__members")
    with pytest.raises(PayloadError, match="dbt build --select sync_webhook__members"):
        world.run()


def test_a_payload_behind_its_contract_is_refused(world: World) -> None:
    world.execute("alter table cdp_syncs.sync_webhook__members drop column product")
    with pytest.raises(PayloadError, match="lacks product"):
        world.run()


def test_a_number_that_json_cannot_hold_is_rejected_rather_than_rounded(world: World) -> None:
    world.put([row("p1", amount=Decimal("9007199254740993.01")), row("p2")])
    report = world.run()
    assert (report.inserted, report.rejected) == (1, 1)
    assert world.ledger("sync_rejections", "sync_key, reason, state") == [
        ("p1", "column amount has no JSON form", "waiting")
    ]


def test_two_syncs_of_one_payload_do_not_mix(world: World) -> None:
    world.put(rows(5))
    world.run()
    first, world.name = world.name, world.name + "_other"
    assert world.run(world.spec(mode="upsert")).inserted == 5
    assert world.ledger("sync_ledger", "sync_name, count(*)", "true group by 1") == [
        (first, 5),
        (world.name, 5),
    ]


def test_a_large_first_load_into_a_warehouse_without_statistics(world: World) -> None:
    """Tables just built are unknown to PostgreSQL's planner, which then prefers nested loops."""
    world.put(rows(20_000))
    report = world.run(world.spec(batch_size=1000))
    assert report.inserted == 20_000
    assert report.seconds < 60


def test_a_slow_start_is_no_matter(world: World) -> None:
    world.put(rows(5))
    world.receiver.misbehave(FaultPlan(delay_seconds=0.2))
    assert world.run().inserted == 5
