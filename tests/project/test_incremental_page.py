"""docs/incremental.md, followed on the built company."""

from __future__ import annotations

import json
import os
import re
import shlex
from pathlib import Path

import pytest

from tests.dbt_process import DbtProcess
from tests.docs.pages import DOCS, apply, blocks
from tests.project.conftest import AS_OF, Built
from tests.project_copy import copy_project

pytestmark = pytest.mark.slow

PAGE = DOCS / "incremental.md"
MODEL = "cdp_profiles.int_profiles__app_usage"
ROWS = f"select * from {MODEL} order by profile_id"
LATER = "2026-11-15 18:00:00"


def test_the_page_ends_with_a_mart_that_follows_changes(
    built: Built, dbt_process: DbtProcess, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if not request.config.getoption("--soak"):
        pytest.skip("make soak follows the page")
    assert len(PAGE.read_text().splitlines()) <= 120
    project = copy_project(tmp_path / "project")
    apply(PAGE, project)
    [command] = [block.text for block in blocks(PAGE) if block.language == "console"]
    arguments = re.fullmatch(r'\$ make dbt ARGS="(.*)"', command)
    assert arguments
    platform = built("duckdb").copy(tmp_path / "platform")

    def dbt(*words: str, as_of: str = AS_OF) -> None:
        environment = {**os.environ, **platform.environment, "CDP_AS_OF": as_of}
        dbt_process.check(*words, environment=environment, project=project)

    # Its unit test with it.
    dbt(*shlex.split(arguments[1]))
    before = platform.rows(ROWS)
    assert before
    [(profile,)] = platform.rows(f"select min(profile_id) from {MODEL}")
    [(device,)] = platform.rows(
        "select min(visitor_id) from cdp_journeys.events "
        f"where channel = 'app' and profile_id = '{profile}' and is_interaction"
    )
    file = sorted((platform.landing / "app" / "events").glob("*.jsonl"))[0]
    events = [json.loads(line) for line in file.read_text().splitlines() if line.endswith("}")]
    opened = next(event for event in events if event["event_name"] == "app_opened")
    late = opened | {
        "event_id": "late",
        "device_id": device,
        "account_id": None,
        "occurred_at": "2026-07-01T12:00:00Z",
    }
    file.with_name("events-2026-11-16.jsonl").write_text(json.dumps(late) + "\n")
    platform.land()
    dbt("run", "--select", "+int_profiles__app_usage", as_of=LATER)
    followed = platform.rows(ROWS)
    assert followed != before
    dbt("run", "--full-refresh", "--select", "int_profiles__app_usage", as_of=LATER)
    assert platform.rows(ROWS) == followed
