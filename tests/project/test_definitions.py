"""The Dagster code location: what it holds, and what its schedules and its sensor start."""

from __future__ import annotations

import importlib
import os
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest import mock

import pytest
from dagster import AssetKey, Definitions, RunRequest, SkipReason, build_sensor_context


@pytest.fixture(scope="module")
def code_location(
    manifest: dict[str, Any], manifest_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ModuleType]:
    folder = tmp_path_factory.mktemp("dagster")
    variables = {
        "CDP_TARGET": "duckdb",
        "CDP_DATA_DIR": str(folder),
        "CDP_DUCKDB_PATH": str(folder / "warehouse.duckdb"),
        "CDP_LANDING_PATH": str(folder / "landing"),
        "DBT_TARGET_PATH": str(manifest_path.parent),
        "DAGSTER_HOME": str(folder),
    }
    with mock.patch.dict(os.environ, variables):
        yield importlib.import_module("orchestration.definitions")


@pytest.fixture(scope="module")
def definitions(code_location: ModuleType) -> Definitions:
    loaded: Definitions = code_location.defs
    return loaded


def keys(definitions: Definitions) -> set[AssetKey]:
    return set(definitions.resolve_asset_graph().get_all_asset_keys())


def test_every_model_seed_and_raw_table_is_an_asset(
    definitions: Definitions, manifest: dict[str, Any]
) -> None:
    names = {key.path[-1] for key in keys(definitions)}
    models = {
        node["name"]
        for node in manifest["nodes"].values()
        if node["resource_type"] in ("model", "seed")
    }
    assert models <= names
    raw = {AssetKey([s["source_name"], s["name"]]) for s in manifest["sources"].values()}
    graph = definitions.resolve_asset_graph()
    assert raw <= keys(definitions)
    assert all(graph.get(key).is_materializable for key in raw), "landing makes the raw tables"


def test_every_sync_is_an_asset_downstream_of_its_payload(
    definitions: Definitions, manifest: dict[str, Any]
) -> None:
    syncs = [e for e in manifest["exposures"].values() if "sync" in e["config"]["meta"]]
    assert len(syncs) >= 2
    graph = definitions.resolve_asset_graph()
    for sync in syncs:
        payload = manifest["nodes"][sync["depends_on"]["nodes"][0]]["name"]
        parents = graph.get(AssetKey(["activation", sync["name"]])).parent_keys
        assert {key.path[-1] for key in parents} == {payload}


def test_tests_of_payloads_are_checks(definitions: Definitions) -> None:
    checks = {
        (key.asset_key.path[-1], key.name)
        for key in definitions.resolve_asset_graph().asset_check_keys
    }
    assert any(
        asset == "sync_webhook__nearby_offers" and "has_consent" in name for asset, name in checks
    )


def test_every_sync_has_a_plan_that_is_made_on_demand(
    definitions: Definitions, manifest: dict[str, Any]
) -> None:
    syncs = {e["name"] for e in manifest["exposures"].values() if "sync" in e["config"]["meta"]}
    plans = {key.path[-1] for key in keys(definitions) if key.path[0] == "activation_plans"}
    assert plans == syncs


def test_both_jobs_run_everything_but_plans(definitions: Definitions) -> None:
    wanted = {key for key in keys(definitions) if key.path[0] != "activation_plans"}
    for name in ("incremental_refresh", "full_refresh"):
        selected = definitions.resolve_job_def(name).asset_layer.selected_asset_keys
        assert set(selected) == wanted


def test_schedules_are_hourly_and_nightly(definitions: Definitions) -> None:
    schedules = {schedule.name: schedule for schedule in definitions.schedules or []}
    hourly, daily = schedules["hourly_incremental_refresh"], schedules["daily_full_refresh"]
    assert (hourly.job_name, hourly.cron_schedule) == ("incremental_refresh", "5 * * * *")
    assert (daily.job_name, daily.cron_schedule) == ("full_refresh", "30 2 * * *")


def test_the_sensor_asks_for_a_run_once_for_each_change_of_files(
    code_location: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    automation = code_location.automation
    monkeypatch.setenv("CDP_LANDING_PATH", str(tmp_path))
    folder = tmp_path / "web" / "events"
    folder.mkdir(parents=True)
    context = build_sensor_context()

    def evaluate() -> object:
        return automation.new_files(context)

    def write(name: str, text: str) -> None:
        (folder / name).write_text(text)
        settled = time.time() - 60
        os.utime(folder / name, (settled, settled))

    write("day-1.jsonl", "{}\n")
    first = evaluate()
    assert isinstance(first, RunRequest)
    assert isinstance(evaluate(), SkipReason)
    write("day-2.jsonl", "{}\n")
    second = evaluate()
    assert isinstance(second, RunRequest)
    assert second.run_key != first.run_key
    write("day-2.jsonl", "{}\n{}\n")
    assert isinstance(evaluate(), RunRequest)
    (folder / "still-writing.jsonl").write_text("{}\n")
    assert isinstance(evaluate(), SkipReason), "a file written this moment may not be complete"
