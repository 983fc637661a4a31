"""Traits as of a day, built from all data and from data that ends on that day, are the same rows.

Who is who stays as it is known today: the identity graph is built once, on all data. What a person
did, said and agreed to after the day is taken away from every channel.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.project.conftest import Built
from tests.project.platform import Platform
from tests.project.snapshots import Snapshot, assert_same, snapshot

pytestmark = pytest.mark.slow

# When a row of each channel's table happened. The catalogue is no history: it is as it is today.
HAPPENED_AT = {
    "base_web__events": "occurred_at",
    "base_app__events": "occurred_at",
    "base_email__events": "occurred_at",
    "base_pos__receipts": "purchased_at",
    "base_crm__contacts": "updated_at",
    "base_loyalty__members": "updated_at",
    "base_support__tickets": "updated_at",
    "base_social__messages": "sent_at",
    "base_ads__clicks": "clicked_at",
    "base_consent__records": "recorded_at",
}
# Withdrawals and unsubscribes count a day early, since the clock of their source may be ahead.
REFUSALS = {"base_consent__records", "base_email__events"}
COMPARED = {
    "abandoned_products",
    "contactable_profiles",
    "crm_hygiene",
    "crm_proposed_fixes",
    "lifecycle_transitions",
    "profile_category_affinities",
    "profile_channel_touches",
    "profile_consents",
    "profile_contacts",
    "profile_devices",
    "profile_product_affinities",
    "profile_traits",
    "profiles",
    "suppressions",
}
MODELS = ("--select", "path:models/journeys", "path:models/profiles", "--resource-type", "model")


def compared(platform: Platform) -> Snapshot:
    rows = {name: kept for name, kept in snapshot(platform).items() if name in COMPARED}
    assert rows.keys() == COMPARED
    return rows


def in_a_visit(platform: Platform) -> str:
    """A moment within a visit of somebody known that shows engagement only after it."""
    statement = (
        "select cast(date_trunc('second', sessions.started_at) + interval '1 second' as text) "
        "from cdp_journeys.sessions as sessions inner join ("
        "select session_id, min(occurred_at) filter (occurred_at > session_started_at) as next_at, "
        "count(*) filter (occurred_at = session_started_at) as events_at_start "
        "from cdp_journeys.int_journeys__session_events group by session_id"
        ") as first_events on sessions.session_id = first_events.session_id "
        "where sessions.is_engaged and sessions.profile_id is not null "
        "and first_events.events_at_start = 1 "
        "and first_events.next_at > sessions.started_at + interval '3 seconds' "
        "and sessions.started_at < "
        "(select max(occurred_at) - interval '20 days' from cdp_journeys.events) "
        "order by sessions.started_at desc, sessions.session_id limit 1"
    )
    ((moment,),) = platform.rows(statement)
    return str(moment)[:19]


def test_nothing_after_a_moment_changes_what_is_said_of_it(built: Built, tmp_path: Path) -> None:
    platform = built("duckdb").copy(tmp_path / "copy")
    now = compared(platform)

    moment = in_a_visit(platform)
    platform.build(*MODELS, as_of=moment)
    from_all_data = compared(platform)
    assert len(from_all_data["profile_traits"]) < len(now["profile_traits"])

    with platform.warehouse() as warehouse:
        for table, occurred_at in HAPPENED_AT.items():
            days = 1 if table in REFUSALS else 0
            until = f"cast('{moment}' as timestamp) + interval '{days} day'"
            later = f"from cdp_staging.{table} where {occurred_at} > {until}"
            assert warehouse.execute(f"select count(*) {later}") != [(0,)], table
            warehouse.execute(f"delete {later}")
    platform.build(*MODELS, as_of=moment)
    assert_same(from_all_data, compared(platform))
