"""Marts that follow the timeline day by day hold what a full refresh makes of all of it."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from unittest import mock

import pytest

from cdp.landing import land
from cdp.settings import PROJECT_DIR, Settings
from generator.cli import DEFAULT_END_DATE
from tests.project.platform import Platform
from tests.project.snapshots import assert_same, snapshot

pytestmark = pytest.mark.slow

DAYS = 30
# Days that a build takes in: three builds on DuckDB, two on PostgreSQL. `--soak` builds each day.
STEP = {"duckdb": 10, "postgres": 15}
LAST_DAY = DEFAULT_END_DATE
# So short that within the month journeys end, products leave their window and stages change.
SHORT = (
    "--vars",
    "{attribution_lookback_days: 5, abandonment_window_days: 6, new_customer_days: 4, "
    "at_risk_after_days: 8, lapsed_after_days: 14}",
)
# What stands for a day on the way; all else is built whole from these, on the last day.
FOLLOWING = ("+config.incremental_strategy:replace_changed",)

STORY = PROJECT_DIR / "tests" / "fixtures" / "boots_story"
MARA = {"anonymous_id": "c-7d1f0a93b2c44e5f8a60", "user_id": "A-20010001"}
AS_OF = "2026-11-14T15:05:00Z"
# Nobody does anything in the half hour before, which counts as not settled yet.
LATER = "2026-11-14T18:00:00Z"
# A list that was made in the last run names nothing of the runs before.
RUNS_LISTED = "select count(distinct batch) from cdp_journeys.changed_profiles"
BUYER = "select profile_id from cdp_journeys.orders where order_id = 'O-800001'"


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Channel files of thirty days; read only."""
    folder = tmp_path_factory.mktemp("month") / "out"
    size = ("--customers", "80", "--days", str(DAYS), "--seed", "11")
    subprocess.run([sys.executable, "-m", "generator", *size, "--out", folder], check=True)
    return folder / "landing"


def days_of_arrival(files: list[Path]) -> dict[Path, date]:
    """Each file's day: the one in its name, and one in six up to ten days later."""
    drawn = random.Random(7)
    arrivals: dict[Path, date] = {}
    for file in files:
        named = re.search(r"\d{4}-\d{2}-\d{2}", file.name)
        day = date.fromisoformat(named[0]) if named else LAST_DAY - timedelta(days=DAYS)
        if drawn.random() < 1 / 6:
            day += timedelta(days=drawn.randint(1, 10))
        arrivals[file] = min(day, LAST_DAY)
    return arrivals


def test_thirty_days_in_a_row_give_the_rows_of_a_full_refresh(
    company: Path, platform: Platform, request: pytest.FixtureRequest
) -> None:
    arrivals = days_of_arrival(sorted(company.glob("*/*/*")))
    is_soak = request.config.getoption("--soak")
    step = 1 if is_soak else STEP[platform.environment["CDP_TARGET"]]
    days = [LAST_DAY - timedelta(days=number) for number in range(0, DAYS, step)][::-1]
    for day in days:
        for file in [file for file, arrival in arrivals.items() if arrival <= day]:
            target = platform.landing / file.relative_to(company)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target)
            del arrivals[file]
        # As the command does, without starting Python each day.
        with mock.patch.dict(os.environ, platform.environment):
            land(Settings.from_environment())
        if day == days[0]:
            platform.dbt("seed")
        selected = () if day in (days[0], LAST_DAY) else ("--select", *FOLLOWING)
        platform.dbt("run", *SHORT, *selected, CDP_AS_OF=f"{day}T23:59:59Z")
    day_by_day = snapshot(platform)
    platform.dbt("run", *SHORT, "--full-refresh", CDP_AS_OF=f"{LAST_DAY}T23:59:59Z")
    assert_same(day_by_day, snapshot(platform))
    changes = platform.rows("select distinct change_type from cdp_identity.identity_changes")
    # Without these the days would show nothing of what follows a person.
    assert {kind for (kind,) in changes} == {"merge", "split"}


@pytest.mark.parametrize("platform", ["duckdb"], indirect=True)
def test_marts_follow_what_others_decide(platform: Platform) -> None:
    """Of whom no record changed: an order goes to others, lines come late, a product moves."""
    platform.add_files(STORY / "base")
    platform.land()
    platform.dbt("seed")
    platform.dbt("run", CDP_AS_OF=AS_OF)
    before = platform.rows(BUYER)
    reports = (STORY / "base/web/events/events-2026-11-05.jsonl").read_text().splitlines()
    (report,) = (line for line in map(json.loads, reports) if line["message_id"] == "web-jonas-06")
    # An order of three accounts joins nobody.
    late = [
        report
        | {"message_id": f"late-{number}", "timestamp": f"2026-11-05T09:0{number}:00.000Z"}
        | by
        for number, by in enumerate((MARA, {"anonymous_id": "c-3", "user_id": "A-20010003"}))
    ]
    file = platform.landing / "web" / "events" / "events-2026-11-06.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in late))
    platform.land()
    platform.dbt("run", CDP_AS_OF=LATER)
    assert platform.rows(BUYER) != before
    # A line for him who looked at the tent only, and another category for her who did not.
    (platform.landing / "pos" / "receipt_lines" / "receipt_lines-2026-11-13.csv").write_text(
        "receipt_id,line_number,product_id,quantity,unit_price,discount_amount\n"
        "R01-4000002,2,P-1003,1,349.00,0.00\n"
    )
    products = STORY / "base" / "catalog" / "products" / "products-2026-11-01.csv"
    (platform.landing / "catalog" / "products" / "products-2026-11-13.csv").write_text(
        products.read_text()
        .replace(",Winter Boots,", ",Boots,")
        .replace("2026-11-01T", "2026-11-13T")
    )
    platform.land()
    platform.dbt("run", CDP_AS_OF=LATER)
    assert platform.rows(RUNS_LISTED) == [(3,)]
    followed = snapshot(platform)
    platform.dbt("run", "--full-refresh", CDP_AS_OF=LATER)
    assert_same(followed, snapshot(platform))
