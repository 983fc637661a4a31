"""What an incremental model does where its table or contract is not what the query returns."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.dbt_process import DbtProcess
from tests.project.conftest import AS_OF, Built
from tests.project.platform import Platform
from tests.project.snapshots import assert_same, snapshot
from tests.project_copy import copy_project

MODEL = "cdp_journeys.sessions"
STATE = f"""
    select (select count(*) from {MODEL}), batch, run_started_microseconds
    from cdp_journeys.incremental_manifest where model = 'sessions'
"""
LATER = "2026-11-15 18:00:00"


@pytest.fixture
def platform(built: Built, tmp_path: Path) -> Platform:
    """The built company on DuckDB, whose incremental models are materialized by our own macro."""
    return built("duckdb").copy(tmp_path / "own")


def test_a_table_without_a_column_gets_it(platform: Platform) -> None:
    with platform.warehouse() as warehouse:
        warehouse.execute(f"alter table {MODEL} drop column campaign_name")
    count = platform.rows(f"select count(*) from {MODEL}")
    platform.dbt("run", "--select", "sessions")
    assert platform.rows(f"select count(*) from {MODEL}") == count
    assert platform.rows(f"select count(campaign_name) from {MODEL}") == [(0,)]


def test_what_breaks_its_contract_is_not_written(
    platform: Platform, dbt_process: DbtProcess, tmp_path: Path
) -> None:
    project = copy_project(tmp_path / "project")
    models = project / "models/journeys/_journeys__models.yml"
    head, model, after = models.read_text().partition("  - name: sessions\n")
    broken = after.replace("data_type: timestamp", "data_type: date", 1)
    models.write_text(head + model + broken)
    before = platform.rows(STATE)
    finished = dbt_process.run(
        *("--quiet", "run", "--select", "sessions"),
        environment={**os.environ, **platform.environment},
        project=project,
    )
    assert not finished.success
    assert "started_at" in finished.output
    assert platform.rows(STATE) == before


def test_to_process_a_batch_again_changes_nothing(platform: Platform) -> None:
    file = min((platform.landing / "web" / "events").glob("*.jsonl"))
    late = file.with_name("events-2026-11-16.jsonl")
    # Some lines of the generated company are cut off.
    lines = [json.loads(line) for line in file.read_text().splitlines() if line.endswith("}")]
    again = [line | {"message_id": f"late-{number}"} for number, line in enumerate(lines[:50])]
    late.write_text("".join(json.dumps(line) + "\n" for line in again))
    platform.land()
    [(first,)] = platform.rows("select max(batch) from cdp_journeys.incremental_manifest")
    platform.dbt("run", CDP_AS_OF=LATER)
    [(second,)] = platform.rows("select min(batch) from cdp_journeys.incremental_manifest")
    assert second > first
    once = snapshot(platform)
    # As after a crash of an engine without transactions: rows are written and not recorded.
    with platform.warehouse() as warehouse:
        warehouse.execute(
            "update cdp_journeys.incremental_manifest set batch = $1 "
            "where model not like 'changed%' and model <> 'int_journeys__events'",
            (first,),
        )
    platform.dbt("run", "--select", "config.incremental_strategy:replace_changed", CDP_AS_OF=LATER)
    assert_same(once, snapshot(platform))


def test_what_changed_is_built_in_full_with_what_reads_it(
    platform: Platform, dbt_process: DbtProcess, tmp_path: Path
) -> None:
    project = copy_project(tmp_path / "project")
    model = project / "models/journeys/order_lines.sql"
    model.write_text("-- Only said otherwise.\n" + model.read_text())
    macro = project / "macros/profiles/affinity_weight.sql"
    macro.write_text(macro.read_text().replace("then 3", "then 4"))
    checksums = "select model, checksum from cdp_journeys.incremental_manifest"
    before = dict(platform.rows(checksums))
    with platform.warehouse() as warehouse:
        for table in ("journeys.order_lines", "profiles.int_profiles__product_affinities"):
            warehouse.execute(f"delete from cdp_{table}")
    dbt_process.check(
        *("run", "--select", "config.incremental_strategy:replace_changed"),
        environment={**os.environ, **platform.environment, "CDP_AS_OF": AS_OF},
        project=project,
    )
    after = dict(platform.rows(checksums))
    assert {name for name in before if before[name] != after[name]} == {
        "int_profiles__product_affinities",
        "int_profiles__category_affinities",
    }
    # What is as before reads what changed alone; what is not reads everything.
    assert platform.rows("select count(*) from cdp_journeys.order_lines") == [(0,)]
    [(count,)] = platform.rows("select count(*) from cdp_profiles.int_profiles__product_affinities")
    assert count > 0
