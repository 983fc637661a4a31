"""Messages at the last moment: what has expired, and whoever has had enough, is left alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from cdp.activation import plan_sync
from cdp.activation.faults import FaultPlan
from cdp.activation.spec import FrequencyCaps, Relation, SyncSpec
from cdp.dbt.manifest import ManifestError
from tests.cdp.activation.activation_world import Row, World, row

LIMIT = datetime.fromisoformat("2026-11-14T16:00:00")
BEFORE, AFTER = LIMIT - timedelta(seconds=30), LIMIT + timedelta(seconds=1)


def messages(*ids: str) -> list[Row]:
    """Rows whose key is the email column, all of one person."""
    return [row("ann", email=each, seen_at=LIMIT) for each in ids]


def spec_of(world: World, **meta: object) -> SyncSpec:
    return world.spec(**({"mode": "append", "key": "email"} | meta))


@pytest.fixture
def capped(world: World) -> Iterator[World]:
    """Two messages a day by email, nine by push, three by both together."""
    world.execute(
        "create table cdp_syncs.frequency_caps "
        "(channel text, message_limit bigint, window_days bigint)"
    )
    world.execute(
        "insert into cdp_syncs.frequency_caps values ('email', 2, 1), ('push', 9, 1), ('all', 3, 1)"
    )
    yield world


def capped_spec(world: World, **meta: object) -> SyncSpec:
    def relation(schema: str, name: str) -> Relation:
        return Relation(database="", schema_name=schema, identifier=name)

    caps = FrequencyCaps(
        limits=relation("cdp_syncs", "frequency_caps"),
        redirects=relation("cdp_identity", "profile_redirects"),
    )
    return spec_of(world, **meta).model_copy(update={"caps": caps})


def withheld(world: World) -> list[tuple[str, str]]:
    return world.ledger("sync_withheld", "sync_key, reason")  # type: ignore[return-value]


def test_a_message_past_its_time_is_withheld(world: World) -> None:
    spec = spec_of(world, send_until="seen_at")
    world.put(messages("m1"))
    assert plan_sync(world.settings, spec, now=AFTER).counts.skipped == 1
    assert world.run(spec, now=LIMIT).inserted == 0
    assert world.deliveries() == []
    assert withheld(world) == [("m1", "expired")]
    assert world.run(spec, now=BEFORE).inserted == 1


def test_a_message_without_an_end_never_expires(world: World) -> None:
    world.put([row("ann", email="m1", seen_at=None)])
    assert world.run(spec_of(world, send_until="seen_at"), now=AFTER).inserted == 1


def test_a_message_that_expires_between_plan_and_sending_is_not_sent(world: World) -> None:
    """The first batches take longer than the second message has left."""
    late = row("ann", email="m9", seen_at=LIMIT + timedelta(seconds=0.4))
    early = [row("ann", email=f"m{n}", seen_at=LIMIT + timedelta(hours=1)) for n in range(1, 9)]
    world.put([*early, late])
    world.receiver.misbehave(FaultPlan(delay_seconds=0.15))
    spec = spec_of(world, send_until="seen_at", batch_size=1, max_in_flight=1)
    assert plan_sync(world.settings, spec, now=LIMIT).counts.insert == 9
    report = world.run(spec, now=LIMIT)
    # Read ahead it is rejected just before its request, otherwise withheld when it is read.
    assert (report.inserted, report.skipped + report.rejected) == (8, 1)
    assert "m9" not in world.received()
    assert ("expired",) in world.ledger("sync_outcomes", "reason", "sync_key = 'm9'")


def test_a_message_that_expires_while_the_receiver_throttles_is_not_sent(world: World) -> None:
    world.put([row("ann", email="m1", seen_at=LIMIT + timedelta(seconds=0.8))])
    world.receiver.misbehave(FaultPlan(script=["throttle"], retry_after=1))
    report = world.run(spec_of(world, send_until="seen_at"), now=LIMIT)
    assert (report.requests, report.rejected) == (1, 1)
    assert world.received() == {}
    assert world.ledger("sync_rejections", "sync_key, reason") == [("m1", "expired")]
    # It is not tried again either, and no rejection is left open once the payload is without it.
    spec = spec_of(world, send_until="seen_at")
    assert world.run(spec, now=LIMIT + timedelta(days=1)).skipped == 1
    world.put([])
    world.run(spec)
    assert world.ledger("sync_rejections", "state") == [("resolved",)]


def test_what_was_delivered_stays_delivered_when_it_expires(world: World) -> None:
    spec = spec_of(world, send_until="seen_at")
    world.put(messages("m1"))
    world.run(spec, now=BEFORE)
    report = world.run(spec, now=AFTER)
    assert (report.skipped, report.requests) == (0, 0)


def test_a_mirror_takes_away_what_has_expired(world: World) -> None:
    spec = spec_of(world, mode="mirror", send_until="seen_at")
    world.put(messages("m1"))
    world.run(spec, now=BEFORE)
    assert world.run(spec, now=AFTER).deleted == 1
    assert world.received() == {}


def test_a_run_as_of_a_moment_judges_by_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = spec_of(world, send_until="seen_at")
    world.put(messages("m1"))
    assert world.run(spec).skipped == 1
    monkeypatch.setenv("CDP_AS_OF", BEFORE.isoformat() + "Z")
    assert world.run(spec).inserted == 1


def test_send_until_is_a_timestamp_of_the_payload(world: World) -> None:
    with pytest.raises(ManifestError, match="send_until is 'product', which is text: cast it"):
        spec_of(world, send_until="product")
    with pytest.raises(ManifestError, match=r"send_until is 'until', which .* does not have"):
        spec_of(world, send_until="until")


def test_of_one_run_a_person_gets_as_many_as_allowed(capped: World) -> None:
    capped.put([*messages("m1", "m2", "m3"), row("bob", email="m4")])
    report = capped.run(capped_spec(capped))
    assert (report.inserted, report.skipped) == (3, 1)
    assert set(capped.received()) == {"m1", "m2", "m4"}
    assert withheld(capped) == [("m3", "capped")]
    # What was withheld goes when there is room again.
    capped.execute(
        "update cdp_activation.sync_ledger set acknowledged_at = $1",
        [datetime(2026, 1, 1)],  # noqa: DTZ001
    )
    assert capped.run(capped_spec(capped)).inserted == 1


def test_batches_of_one_run_count_each_other(capped: World) -> None:
    capped.put(messages("m1", "m2", "m3"))
    spec = capped_spec(capped, batch_size=1, max_in_flight=1)
    assert capped.run(spec).inserted == 2


def test_messages_of_other_syncs_and_channels_count(capped: World) -> None:
    first = capped_spec(capped)
    capped.put(messages("m1"))
    capped.run(first)
    second = first.model_copy(update={"name": f"{first.name}_2"})
    capped.put(messages("n1", "n2"))
    assert capped.run(second).inserted == 1
    # By push more would be allowed, but not by all channels together.
    push = first.model_copy(update={"name": f"{first.name}_3", "channel": "push"})
    capped.put(messages("p1", "p2"))
    capped.execute("update cdp_profiles.profile_consents set channel = 'push'")
    assert capped.run(push).inserted == 1
    assert withheld(capped) == [("n2", "capped"), ("p2", "capped")]
    # A channel without a limit takes no part.
    ads = first.model_copy(update={"name": f"{first.name}_4", "channel": "ads"})
    capped.execute("update cdp_profiles.profile_consents set channel = 'ads'")
    assert capped.run(ads).inserted == 2


def test_messages_to_a_merged_profile_count_for_the_one_that_remains(capped: World) -> None:
    capped.put([row("old", email="m1"), row("old", email="m2")])
    capped.run(capped_spec(capped))
    capped.merge("old", into="ann")
    capped.put(messages("m3"))
    assert capped.run(capped_spec(capped)).skipped == 1


def test_a_message_in_doubt_counts_and_is_sent_again(capped: World) -> None:
    capped.put(messages("m1", "m2"))
    capped.run(capped_spec(capped))
    # As a run leaves it that was killed between the answer and the ledger.
    capped.execute(
        "insert into cdp_activation.sync_intents select sync_name, sync_key, operation, "
        "payload_hash, revision, 'key', 'granted', null, true, 'killed', 0, acknowledged_at, "
        "profile_id, message_channel from cdp_activation.sync_ledger where sync_key = 'm2'"
    )
    capped.execute("delete from cdp_activation.sync_ledger where sync_key = 'm2'")
    capped.put(messages("m2", "m3"))
    report = capped.run(capped_spec(capped))
    assert (report.inserted, report.skipped) == (1, 1)
    assert withheld(capped) == [("m3", "capped")]


def test_only_messages_that_need_consent_are_limited(world: World) -> None:
    manifest = world.write_manifest(mode="append", key="email")
    assert world.spec(mode="append", key="email").caps is None
    text = manifest.read_text()
    seed = (
        '"seed.tiny.frequency_caps": {"resource_type": "seed", "name": "frequency_caps", '
        '"database": "w", "schema": "cdp_seeds", "alias": "frequency_caps"}, '
    )
    manifest.write_text(text.replace('"nodes": {', '"nodes": {' + seed, 1))
    from cdp.dbt.manifest import load_sync_specs  # noqa: PLC0415

    (spec,) = load_sync_specs(manifest, world.folder)
    assert spec.caps is not None
    assert spec.caps.limits.identifier == "frequency_caps"
    assert spec.caps.redirects is not None
