"""What was known of a person on a past day: two builds, a profile that goes, and a look back."""

from __future__ import annotations

import pytest

from cdp.settings import PROJECT_DIR
from tests.project.platform import Platform

pytestmark = pytest.mark.slow

STORY = PROJECT_DIR / "tests" / "fixtures" / "boots_story"
FIRST, SECOND, THIRD, FOURTH = (f"2026-11-{day} 12:00:00" for day in (14, 15, 16, 17))
RECORDED = ("int_profiles__profiles_to_record", "profile_history")
KNOWN_ON = """
select profile_id, order_count, lifecycle_stage
from cdp_profiles.profile_history
where
    is_deleted = 'False'
    and valid_from <= cast('{day}' as timestamp)
    and (valid_to is null or valid_to > cast('{day}' as timestamp))
order by profile_id
"""


def build(platform: Platform, *selected: str, as_of: str) -> None:
    kinds = ("--resource-type", "seed", "--resource-type", "model", "--resource-type", "snapshot")
    platform.build("--select", *selected, *kinds, as_of=as_of)


def known_on(platform: Platform, day: str) -> list[tuple[object, ...]]:
    return [tuple(row) for row in platform.rows(KNOWN_ON.format(day=day))]


def profiles(platform: Platform) -> list[tuple[object, ...]]:
    statement = (
        "select profile_id, order_count, lifecycle_stage from cdp_profiles.profiles "
        "order by profile_id"
    )
    return [tuple(row) for row in platform.rows(statement)]


def test_history_tells_what_was_known_on_a_day(platform: Platform) -> None:
    platform.add_files(STORY / "base")
    platform.land()
    build(platform, "+profile_history", as_of=FIRST)
    first = profiles(platform)

    platform.add_files(STORY / "bought_the_boots")
    platform.land()
    build(platform, "+profile_history", as_of=SECOND)
    second = profiles(platform)
    assert first != second, "nothing changed that a history could show"
    assert known_on(platform, FIRST) == first
    assert known_on(platform, SECOND) == second

    # A profile that is gone is known no more, and was known before.
    gone = str(second[0][0])
    remove = f"delete from cdp_profiles.profiles where profile_id = '{gone}'"
    with platform.warehouse() as warehouse:
        warehouse.execute(remove)
    build(platform, *RECORDED, as_of=THIRD)
    assert known_on(platform, THIRD) == [row for row in second if row[0] != gone]
    assert known_on(platform, SECOND) == second

    # And comes back without losing the time in between.
    build(platform, "path:models/profiles/profiles.sql", *RECORDED, as_of=FOURTH)
    assert [row[0] for row in known_on(platform, FOURTH)] == [row[0] for row in second]
    assert len(known_on(platform, THIRD)) == len(second) - 1

    # A run that looks back changes nothing.
    before = platform.rows("select count(*) from cdp_profiles.profile_history")
    build(platform, "path:models/profiles/profiles.sql", *RECORDED, as_of=FIRST)
    assert platform.rows("select count(*) from cdp_profiles.profile_history") == before
    assert known_on(platform, FIRST) == first
    assert known_on(platform, SECOND) == second
