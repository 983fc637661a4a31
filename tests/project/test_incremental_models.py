"""What an incremental model does where its table or contract is not what the query returns."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.dbt_process import DbtProcess
from tests.project.conftest import Built
from tests.project.platform import Platform
from tests.project_copy import copy_project

MODEL = "cdp_journeys.touchpoints"


@pytest.fixture
def platform(built: Built, tmp_path: Path) -> Platform:
    """The built company on DuckDB, whose incremental models are materialized by our own macro."""
    return built("duckdb").copy(tmp_path / "own")


def test_a_table_without_a_column_gets_it(platform: Platform) -> None:
    with platform.warehouse() as warehouse:
        warehouse.execute(f"alter table {MODEL} drop column campaign_name")
    count = platform.rows(f"select count(*) from {MODEL}")
    platform.dbt("run", "--select", "touchpoints")
    assert platform.rows(f"select count(*) from {MODEL}") == count
    assert platform.rows(f"select count(campaign_name) from {MODEL}") == [(0,)]


def test_what_breaks_its_contract_is_not_written(
    platform: Platform, dbt_process: DbtProcess, tmp_path: Path
) -> None:
    project = copy_project(tmp_path / "project")
    models = project / "models/journeys/_journeys__models.yml"
    before, model, after = models.read_text().partition("  - name: touchpoints\n")
    broken = after.replace("data_type: timestamp", "data_type: date", 1)
    models.write_text(before + model + broken)
    rows = platform.rows(f"select count(*), max(_changed_batch) from {MODEL}")
    finished = dbt_process.run(
        *("--quiet", "run", "--select", "touchpoints"),
        environment={**os.environ, **platform.environment},
        project=project,
    )
    assert not finished.success
    assert "occurred_at" in finished.output
    assert platform.rows(f"select count(*), max(_changed_batch) from {MODEL}") == rows
