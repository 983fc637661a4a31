"""Marts that follow the timeline day by day hold what a full refresh makes of all of it."""

from __future__ import annotations

import random
import re
import shutil
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from generator.cli import DEFAULT_END_DATE
from tests.project.platform import Platform
from tests.project.snapshots import assert_same, snapshot

pytestmark = pytest.mark.slow

DAYS = 30
LAST_DAY = DEFAULT_END_DATE
# What stands for a day on the way; all else is built whole from these, on the last day.
FOLLOWING = tuple(f"+config.incremental_strategy:by_{whom}" for whom in ("profile", "visitor"))


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
    company: Path, platform: Platform
) -> None:
    arrivals = days_of_arrival(sorted(company.glob("*/*/*")))
    days = [LAST_DAY - timedelta(days=DAYS - 1 - number) for number in range(DAYS)]
    for day in days:
        for file in [file for file, arrival in arrivals.items() if arrival <= day]:
            target = platform.landing / file.relative_to(company)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target)
            del arrivals[file]
        platform.land()
        if day == days[0]:
            platform.dbt("seed")
        selected = () if day in (days[0], LAST_DAY) else ("--select", *FOLLOWING)
        platform.dbt("run", *selected, CDP_AS_OF=f"{day}T23:59:59Z")
    day_by_day = snapshot(platform)
    platform.dbt("run", "--full-refresh", CDP_AS_OF=f"{LAST_DAY}T23:59:59Z")
    assert_same(day_by_day, snapshot(platform))
    changes = platform.rows("select distinct change_type from cdp_identity.identity_changes")
    # Without these the days would show nothing of what follows a person.
    assert {kind for (kind,) in changes} == {"merge", "split"}
