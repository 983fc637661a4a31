"""What becomes at the receiver of people who turn out to be one."""

from __future__ import annotations

from datetime import datetime

import pytest

from cdp.activation import plan_sync
from cdp.activation.faults import FaultPlan
from cdp.activation.payload import PayloadError
from cdp.dbt.manifest import ManifestError
from tests.cdp.activation.activation_world import World, row, rows


def operations(world: World, key: str) -> list[str]:
    return [operation for sent, operation, *_ in world.deliveries() if sent == key]


def test_upsert_deletes_the_row_of_a_merged_profile(world: World) -> None:
    spec = world.spec(mode="upsert")
    world.put(rows(4))
    world.run(spec)
    # One was merged; the other left for another reason, and an upsert lets it be.
    world.put(rows(2))
    world.merge("p00003", into="p00000")
    report = world.run(spec)
    assert (report.deleted, report.merged) == (1, 0)
    assert set(world.received()) == {"p00000", "p00001", "p00002"}
    assert world.run(spec).deleted == 0


def test_a_row_of_a_merged_profile_goes_by_whatever_key_it_has(world: World) -> None:
    spec = world.spec(mode="upsert", key="email")
    world.put([row("old", email="old@example.com"), row("new", email="new@example.com")])
    world.run(spec)
    world.put([row("new", email="new@example.com")])
    world.merge("old", into="new")
    assert world.run(spec).deleted == 1
    assert set(world.received()) == {"new@example.com"}


def test_a_key_that_the_remaining_profile_took_over_stays(world: World) -> None:
    spec = world.spec(mode="upsert", key="email")
    world.put([row("old", email="one@example.com")])
    world.run(spec)
    world.put([row("new", email="one@example.com")])
    world.merge("old", into="new")
    report = world.run(spec)
    assert (report.updated, report.deleted) == (1, 0)
    assert set(world.received()) == {"one@example.com"}


def test_rows_are_merged_once_the_remaining_one_is_there(world: World) -> None:
    spec = world.spec(mode="upsert", merged_profiles="merge")
    world.put([row("old")])
    world.run(spec)
    world.put([row("new")])
    world.merge("old", into="new")
    first = world.run(spec)
    assert (first.inserted, first.merged, first.deleted) == (1, 0, 0)
    second = world.run(spec)
    assert (second.inserted, second.merged, second.deleted) == (0, 1, 0)
    assert operations(world, "old") == ["insert", "merge"]
    assert set(world.received()) == {"new"}
    assert world.merges() == [("old", "new")]
    assert world.run(spec).requests == 0


def test_a_merge_into_nobody_at_the_receiver_is_a_delete(world: World) -> None:
    """The profile that remains has no row in the payload, or several."""
    spec = world.spec(mode="upsert", merged_profiles="merge", key="email")
    payload = [row("gone", email="gone@example.com"), row("torn", email="torn@example.com")]
    world.put(payload)
    world.run(spec)
    both = [row("both", email="1@example.com"), row("both", email="2@example.com")]
    world.put(both)
    world.merge("gone", into="unknown")
    world.merge("torn", into="both")
    report = world.run(spec)
    assert (report.deleted, report.merged) == (2, 0)


def test_a_mirror_waits_for_nobody_whose_row_is_withheld(world: World) -> None:
    spec = world.spec(mode="mirror", merged_profiles="merge")
    world.put([row("old")])
    world.run(spec)
    world.put([row("new")])
    world.withdraw("new")
    world.merge("old", into="new")
    report = world.run(spec, approve=True)
    assert (report.deleted, report.merged, report.skipped) == (1, 0, 1)


@pytest.mark.parametrize("mode", ["update_only", "append"])
def test_what_we_may_not_delete_stays(world: World, mode: str) -> None:
    spec = world.spec(mode=mode)
    world.put([row("old"), row("new")])
    world.run(spec)
    world.put([row("new")])
    world.merge("old", into="new")
    report = world.run(spec)
    assert (report.deleted, report.merged) == (0, 0)


def test_merged_profiles_may_be_kept(world: World) -> None:
    spec = world.spec(mode="upsert", merged_profiles="keep")
    world.put([row("old"), row("new")])
    world.run(spec)
    world.put([row("new")])
    world.merge("old", into="new")
    assert world.run(spec).requests == 0


def test_a_profile_that_splits_off_again_is_inserted(world: World) -> None:
    spec = world.spec(mode="mirror", merged_profiles="merge")
    world.put([row("old"), row("new")])
    world.run(spec)
    world.put([row("new")])
    world.merge("old", into="new")
    assert world.run(spec).merged == 1
    world.put([row("old"), row("new")])
    world.execute("delete from cdp_identity.profile_redirects")
    assert world.run(spec).inserted == 1
    assert operations(world, "old") == ["insert", "merge", "insert"]
    assert set(world.received()) == {"old", "new"}


def test_a_merge_whose_answer_was_lost_is_repeated_as_the_same(world: World) -> None:
    spec = world.spec(mode="upsert", merged_profiles="merge")
    world.put([row("old"), row("new")])
    world.run(spec)
    world.put([row("new")])
    world.merge("old", into="new")
    world.receiver.misbehave(FaultPlan(["swallow"]))
    assert world.run(spec).merged == 1
    sent = [entry for entry in world.deliveries() if entry[1] == "merge"]
    assert [is_duplicate for *_, is_duplicate in sent] == [False, True]


def test_a_wish_that_cannot_be_met_is_an_error_of_its_line(world: World) -> None:
    with pytest.raises(ManifestError, match="merged_profiles is 'delete', which webhook cannot"):
        world.spec(mode="update_only", merged_profiles="delete")


def test_a_warehouse_without_redirects_is_an_error_that_says_what_to_build(world: World) -> None:
    world.put([row("new")])
    world.execute("drop table cdp_identity.profile_redirects")
    with pytest.raises(PayloadError, match="dbt build --select profile_redirects"):
        world.run(world.spec(mode="upsert"))


def test_a_ledger_of_an_earlier_version_gets_its_columns(world: World) -> None:
    spec = world.spec(mode="upsert")
    world.put([row("old"), row("new")])
    world.run(spec)
    for table, column in (
        ("sync_ledger", "profile_id"),
        ("sync_intents", "profile_id"),
        ("sync_runs", "merged_count"),
    ):
        world.execute(f"alter table cdp_activation.{table} drop column {column}")
    world.put([row("old"), row("new", seen_at=datetime.fromisoformat("2026-03-03"))])
    assert plan_sync(world.settings, spec).counts.update == 1
    assert world.run(spec).updated == 1
    assert world.ledger("sync_ledger", "profile_id", "sync_key = 'new'") == [("new",)]


def test_records_that_are_others_too_are_merged_only_where_asked(world: World) -> None:
    """HubSpot is sent merges by itself, but not of records that a sync only updates."""
    hubspot = {"destination": "hubspot", "object": "contacts", "batch_size": None}
    assert world.spec(**hubspot, mode="upsert").merged_profiles == "merge"
    assert world.spec(**hubspot, mode="update_only").merged_profiles == "keep"
    asked = world.spec(**hubspot, mode="update_only", merged_profiles="merge")
    assert asked.merged_profiles == "merge"
