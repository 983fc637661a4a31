"""Marts that follow the timeline day by day hold what a full refresh makes of all of it."""

from __future__ import annotations

import os
import random
import re
import shutil
from datetime import date, timedelta
from pathlib import Path
from unittest import mock

import pytest
from dbt.cli.main import dbtRunner

from benchmarks.identity_runs import in_child
from generator.cli import DEFAULT_END_DATE
from orchestration.landing import land
from orchestration.settings import PROJECT_DIR, Settings
from tests.project.platform import Platform
from tests.project.test_end_to_end import assert_same, snapshot

pytestmark = pytest.mark.slow

DAYS = 30
LAST_DAY = DEFAULT_END_DATE
SIZE = ("--customers", "80", "--days", str(DAYS), "--seed", "11")
# What stands for a day on the way; all else is built whole from these, on the last day.
FOLLOWING = tuple(f"+config.incremental_strategy:by_{whom}" for whom in ("profile", "visitor"))


@pytest.fixture(scope="module")
def exports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("company") / "out"
    Platform.create(folder.parent / "unused", {}).run("-m", "generator", *SIZE, "--out", str(folder))
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


def invoke(*arguments: str) -> bool:
    result = dbtRunner().invoke(["--quiet", *arguments, "--project-dir", str(PROJECT_DIR)])
    return bool(result.success)


def test_thirty_days_in_a_row_give_the_rows_of_a_full_refresh(
    exports: Path, tmp_path: Path
) -> None:
    platform = Platform.create(tmp_path / "days", {"CDP_TARGET": "duckdb"})
    files = sorted(exports.glob("*/*/*"))
    arrivals = days_of_arrival(files)
    with mock.patch.dict(os.environ, dict(platform.environment)):
        settings = Settings.from_environment()
        days = [LAST_DAY - timedelta(days=DAYS - 1 - number) for number in range(DAYS)]
        for day in days:
            for file in (file for file in files if arrivals[file] <= day):
                target = platform.landing / file.relative_to(exports)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file, target)
                arrivals[file] = date.max
            land(settings)
            os.environ["CDP_AS_OF"] = f"{day}T23:59:59Z"
            if day == days[0]:
                assert in_child(invoke, "seed")[0]
            command = ("run",) if day in (days[0], LAST_DAY) else ("run", "--select", *FOLLOWING)
            assert in_child(invoke, *command)[0], day
        day_by_day = snapshot(platform)
        assert in_child(invoke, "run", "--full-refresh")[0]
        assert_same(day_by_day, snapshot(platform))
        changes = platform.rows(
            "select change_type, count(*) from cdp_identity.identity_changes group by change_type"
        )
        # Without these the days would show nothing of what follows a person.
        assert {kind for kind, _ in changes} == {"merge", "split"}
