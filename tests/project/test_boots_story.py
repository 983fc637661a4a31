"""The boots story: one shopper, many channels, and exactly one message for those very boots.

`tests/fixtures/boots_story/README.md` tells it, from the files of the channels to the receiver.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from cdp.activation.receiver import RunningReceiver
from cdp.settings import PROJECT_DIR
from tests.project.platform import Platform

pytestmark = pytest.mark.slow

SYNC = "sync_webhook__nearby_offers"
STORY = PROJECT_DIR / "tests" / "fixtures" / "boots_story"
NEAR_THE_STORE = "2026-11-14T15:05:00Z"
BACK_THE_SAME_DAY = "2026-11-14T16:15:00Z"
LONG_GONE = "2026-11-14T17:05:00Z"
MODELS = ("--select", "+sync_webhook__nearby_offers", "+audience_memberships")
MODELS += ("--resource-type", "seed", "--resource-type", "model")
# The rules of a message that the payload itself is tested for, each of which stops the sync.
GUARDS = {
    "has_consent",
    "is_not_suppressed",
    "is_not_held_out",
    "is_not_bought",
    "is_within_frequency_caps",
    "unique_combination",
}


def tell(platform: Platform, *chapters: str, as_of: str = NEAR_THE_STORE) -> None:
    """Land chapters of the story and build the models that they lead to."""
    for chapter in chapters:
        platform.add_files(STORY / chapter)
    platform.land()
    platform.build(*MODELS, as_of=as_of)


def messages(platform: Platform) -> list[dict[str, Any]]:
    columns = (
        "message_id, push_token, title, body, product_id, store_name, discount_code, "
        "discount_percent, cast(offer_date as text), cast(expires_at as text)"
    )
    rows = platform.rows(f"select {columns} from cdp_syncs.sync_webhook__nearby_offers")
    names = [name.strip().split(" ")[0].removeprefix("cast(") for name in columns.split(",")]
    return [dict(zip(names, row, strict=True)) for row in rows]


def token_of_mara() -> str:
    file = STORY / "base" / "app" / "events" / "events-2026-11-14.jsonl"
    events = [json.loads(line) for line in file.read_text().splitlines()]
    (token,) = {event["push_token"] for event in events if event["account_id"] == "A-20010001"}
    return str(token)


def delivered(
    platform: Platform, receiver: RunningReceiver, as_of: str = NEAR_THE_STORE
) -> list[dict[str, Any]]:
    """Deliver, twice as a nervous scheduler would, and return all that the receiver ever got."""
    for _ in range(2):
        platform.deliver(receiver, SYNC, as_of=as_of)
    with receiver.kept() as store:
        assert len(store.deliveries(SYNC)) == len(store.rows(SYNC))
        return list(store.rows(SYNC).values())


def test_one_message_a_day_for_the_very_boots(
    platform: Platform, receiver: RunningReceiver
) -> None:
    tell(platform, "base")
    # A sync that comes late finds her payload still there, and leaves her alone.
    assert delivered(platform, receiver, LONG_GONE) == []
    (notification,) = delivered(platform, receiver)
    assert notification["push_token"] == token_of_mara()
    assert (notification["product_id"], notification["discount_percent"]) == ("P-1001", 10)
    (message,) = messages(platform)
    assert message["push_token"] == token_of_mara()
    assert (message["product_id"], message["discount_percent"]) == ("P-1001", 10)
    assert message["title"].startswith("10% off ")
    assert "Berlin" in message["store_name"]
    assert message["store_name"] in message["body"]
    assert message["discount_code"] in message["body"]
    # The day is Berlin's, which ends an hour before that of UTC.
    assert (message["offer_date"], message["expires_at"]) == ("2026-11-14", "2026-11-14 23:00:00")

    tell(platform, "second_ping_same_day", as_of=BACK_THE_SAME_DAY)
    assert messages(platform) == [message]
    assert delivered(platform, receiver, BACK_THE_SAME_DAY) == [notification]

    # Nor may a rule that fails by mistake let a message out.
    assert failures(platform) == set()
    spoil(platform)
    assert failures(platform) == GUARDS


@pytest.mark.parametrize("chapter", ["no_push_consent", "bought_the_boots"])
def test_no_message(platform: Platform, receiver: RunningReceiver, chapter: str) -> None:
    tell(platform, "base", chapter)
    assert messages(platform) == []
    assert delivered(platform, receiver) == []
    made = platform.rows("select count(*) from cdp_audiences.audience_nearby_offers")
    assert made == [(0,)]
    audience = platform.rows("select count(*) from cdp_audiences.aud_nearby_abandoned_product")
    assert audience == [(0 if chapter == "bought_the_boots" else 1,)]


def failures(platform: Platform) -> set[str]:
    """Names of the payload's tests that fail now."""
    select = ("--select", "sync_webhook__nearby_offers")
    tested = platform.dbt("test", *select, check=False, CDP_AS_OF=BACK_THE_SAME_DAY)
    assert tested.statuses, tested.output
    nodes = platform.manifest["nodes"]
    return {
        nodes[test]["test_metadata"]["name"]
        for test, status in tested.statuses.items()
        if status not in ("pass", "success")
    }


def spoil(platform: Platform) -> None:
    """Break every promise to the person in the payload, behind the models' back."""
    profile = "(select min(profile_id) from cdp_syncs.sync_webhook__nearby_offers)"
    with platform.warehouse() as warehouse:
        for statement in (
            "update cdp_profiles.profile_consents set status = 'withdrawn', is_granted = false"
            f" where profile_id = {profile}",
            "insert into cdp_profiles.suppressions (suppression_id, profile_id, channel, reason)"
            f" select 'x', {profile}, 'push', 'complained'",
            "insert into cdp_audiences.int_audiences__messages"
            " (message_key, profile_id, channel, sent_at)"
            f" select number, {profile}, 'push', timestamp '2026-11-14 15:30:00'"
            " from (values ('1'), ('2')) as numbers (number)",
            "update cdp_audiences.audience_memberships set is_holdout = true"
            f" where profile_id = {profile}",
            "insert into cdp_journeys.order_lines"
            " (order_line_id, profile_id, product_id, is_return, ordered_at)"
            f" select 'x', {profile}, 'P-1001', false, timestamp '2026-11-14 15:30:00'",
            "insert into cdp_syncs.sync_webhook__nearby_offers"
            " (message_id, profile_id, push_token, title, body, product_id, store_id,"
            " discount_code, discount_percent, offer_date, expires_at, send_until)"
            " select 'x', profile_id, 'x', title, body, product_id, store_id, discount_code,"
            " discount_percent, offer_date, expires_at, send_until"
            " from cdp_syncs.sync_webhook__nearby_offers",
        ):
            warehouse.execute(statement)
