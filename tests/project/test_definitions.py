"""The Dagster code location: what it holds, and what its schedules and its sensor start."""

from __future__ import annotations

import importlib
import json
import os
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest import mock

import pytest
import yaml
from dagster import (
    AssetCheckSeverity,
    AssetKey,
    Definitions,
    RunRequest,
    ScheduleDefinition,
    SkipReason,
    TableColumnDep,
    build_sensor_context,
    materialize,
)

from cdp.settings import PROJECT_DIR, Settings


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


def test_a_manifest_of_another_warehouse_is_told_apart(
    code_location: ModuleType, manifest: dict[str, Any], tmp_path: Path
) -> None:
    is_of = importlib.import_module("orchestration.defs.project").is_of
    settings = Settings.from_environment()
    assert is_of(settings, manifest)
    for name, value in {
        "target": "postgres",
        "schema": "other",
        "raw_schema": "other",
        "duckdb_path": tmp_path / "other.duckdb",
    }.items():
        assert not is_of(settings.model_copy(update={name: value}), manifest), name


def test_every_model_seed_and_raw_table_is_an_asset(
    definitions: Definitions, manifest: dict[str, Any]
) -> None:
    names = {key.path[-1] for key in keys(definitions)}
    models = {
        node["name"]
        for node in manifest["nodes"].values()
        if node["resource_type"] in ("model", "seed")
        and node["config"]["materialized"] != "ephemeral"
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


def test_both_refreshes_run_everything_that_nobody_has_to_ask_for(
    definitions: Definitions,
) -> None:
    asked_for = {
        AssetKey(["landing", "replayed_days"]),
        AssetKey(["value", "customer_value_fits"]),
    }
    wanted = {key for key in keys(definitions) if key.path[0] != "activation_plans"} - asked_for
    for name in ("incremental_refresh", "full_refresh"):
        selected = definitions.resolve_job_def(name).asset_layer.selected_asset_keys
        assert set(selected) == wanted


def test_schedules_are_hourly_nightly_and_weekly(definitions: Definitions) -> None:
    schedules = {
        schedule.name: (schedule.job_name, schedule.cron_schedule)
        for schedule in definitions.schedules or []
        if isinstance(schedule, ScheduleDefinition)
    }
    assert schedules == {
        "hourly_incremental_refresh": ("incremental_refresh", "5 * * * *"),
        "daily_full_refresh": ("full_refresh", "30 2 * * *"),
        "weekly_value_fit": ("value_fit", "45 4 * * 1"),
    }


def test_jobs_that_write_stand_in_one_line(definitions: Definitions) -> None:
    names = ("incremental_refresh", "full_refresh", "value_fit", "location_trigger")
    for name in names:
        assert "cdp/warehouse" in definitions.resolve_job_def(name).tags, name
    for folder in ("deploy", ".dagster"):
        instance = yaml.safe_load((PROJECT_DIR / folder / "dagster.yaml").read_text())
        limits = instance["run_coordinator"]["config"]["tag_concurrency_limits"]
        assert limits == [{"key": "cdp/warehouse", "limit": 1}]


def test_every_asset_has_a_description_an_owner_a_group_and_kinds(
    definitions: Definitions,
) -> None:
    graph = definitions.resolve_asset_graph()
    for key in keys(definitions):
        node = graph.get(key)
        assert node.description, key
        assert node.owners, key
        assert node.group_name != "default", key
        assert node.kinds, key
    owners = {key.path[-1]: graph.get(key).owners for key in keys(definitions)}
    assert owners["profiles"] == ["analytics@example.com"]
    assert owners["identifier_types"] == ["data-engineering@example.com"]
    assert owners["sync_webhook__nearby_offers"] == ["marketing-operations@example.com"]


def test_tests_that_are_errors_block(definitions: Definitions, manifest: dict[str, Any]) -> None:
    graph = definitions.resolve_asset_graph()
    severities = {
        node["name"]: node["config"]["severity"].lower()
        for node in manifest["nodes"].values()
        if node["resource_type"] == "test"
    }
    checks = [key for key in graph.asset_check_keys if key.name in severities]
    assert len(checks) > 500
    for key in checks:
        assert graph.get(key).blocking == (severities[key.name] == "error"), key


def test_what_the_yaml_says_of_freshness_is_a_check(
    code_location: ModuleType, definitions: Definitions, manifest: dict[str, Any]
) -> None:
    declared = {
        AssetKey([source["source_name"], source["name"]])
        for source in manifest["sources"].values()
        if source["freshness"]["warn_after"]["count"]
    }
    checked = {
        key.asset_key
        for key in definitions.resolve_asset_graph().asset_check_keys
        if key.name == "is_fresh"
    }
    assert checked == declared
    landing = code_location.landing
    app = AssetKey(["app", "events"])
    for age, passed in ((None, False), (timedelta(hours=35), True), (timedelta(hours=37), False)):
        result = landing.freshness(app, age)
        assert (result.passed, result.severity) == (passed, AssetCheckSeverity.WARN), age


def test_the_slice_of_a_trigger_is_the_selector(
    definitions: Definitions, manifest: dict[str, Any]
) -> None:
    layer = definitions.resolve_job_def("location_trigger").asset_layer
    (selector,) = yaml.safe_load((PROJECT_DIR / "selectors.yml").read_text())["selectors"]
    listed = {each["value"] for each in selector["definition"]["union"]}
    models = {n["name"] for n in manifest["nodes"].values() if n["resource_type"] == "model"}
    assert listed <= models
    selected = {"/".join(key.path) for key in layer.selected_asset_keys}
    assert {key.rpartition("/")[2] for key in selected} == {*listed, "events", "records"}
    assert {"app/events", "consent/records", "activation/sync_webhook__nearby_offers"} <= selected
    # The promises to the person are kept by the slice too, and no other test costs it time.
    checked = {key.asset_key.path[-1] for key in layer.asset_graph.asset_check_keys}
    assert checked == {"sync_webhook__nearby_offers"}
    names = {key.name for key in layer.asset_graph.asset_check_keys}
    for promise in ("has_consent", "is_not_suppressed", "is_not_held_out", "is_not_bought"):
        assert any(name.startswith(promise) for name in names), promise


def test_columns_are_followed_through_ctes_once_for_each_text(
    code_location: ModuleType, tmp_path: Path
) -> None:
    column_lineage = importlib.import_module("orchestration.defs.column_lineage")
    compiled, kept = tmp_path / "costs.sql", tmp_path / "lineage.json"
    compiled.write_text(
        'with clicks as (select * from "warehouse"."cdp"."clicks"), '
        "priced as (select click_id, cost * 2 as doubled from clicks) select * from priced"
    )
    clicks = AssetKey(["journeys", "clicks"])
    wanted = {
        "click_id": [TableColumnDep(clicks, "click_id")],
        "doubled": [TableColumnDep(clicks, "cost")],
    }
    lineage = column_lineage.ColumnLineage(project_of_clicks("1"), kept)
    assert lineage.of("model.p.costs", compiled).deps_by_column == wanted
    lineage.keep()
    # The same text is not taken apart again, another one is.
    compiled.write_text("nonsense (")
    again = column_lineage.ColumnLineage(project_of_clicks("1"), kept)
    assert again.of("model.p.costs", compiled).deps_by_column == wanted
    changed = column_lineage.ColumnLineage(project_of_clicks("2"), kept)
    assert changed.of("model.p.costs", compiled) is None


def project_of_clicks(checksum: str) -> dict[str, Any]:
    """A manifest of two models as far as lineage reads it."""

    def model(name: str, columns: list[str], parents: list[str]) -> dict[str, Any]:
        return {
            "resource_type": "model",
            "name": name,
            "alias": name,
            "fqn": ["p", "journeys", name],
            "database": "warehouse",
            "schema": "cdp",
            "config": {"schema": "journeys"},
            "checksum": {"checksum": checksum},
            "depends_on": {"nodes": [f"model.p.{parent}" for parent in parents]},
            "columns": {column: {} for column in columns},
        }

    return {
        "metadata": {"adapter_type": "duckdb"},
        "sources": {},
        "nodes": {
            "model.p.clicks": model("clicks", ["click_id", "cost"], []),
            "model.p.costs": model("costs", ["click_id", "doubled"], ["clicks"]),
        },
    }


def test_a_replayed_day_is_landed_again_and_no_other(
    code_location: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CDP_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("CDP_DUCKDB_PATH", str(tmp_path / "replayed.duckdb"))
    monkeypatch.setenv("CDP_LANDING_PATH", str(tmp_path / "landing"))
    (folder := tmp_path / "landing" / "app" / "events").mkdir(parents=True)
    for day in ("2026-11-10", "2026-11-11"):
        (folder / f"events-{day}.jsonl").write_text(json.dumps({"event_id": day}) + "\n")
    settings = code_location.automation.Settings.from_environment()
    landing = importlib.import_module("cdp.landing")
    warehouses = importlib.import_module("cdp.warehouse.connection")
    landing.land(settings)
    query = "select event_id, _load_id from raw.app__events order by event_id"
    with warehouses.connected(settings) as warehouse:
        before = warehouse.execute(query)
        warehouse.execute("update raw.app__events set event_id = 'spoilt'")
    replayed = materialize([code_location.replay.replayed_days], partition_key="2026-11-10")
    assert replayed.success
    (made,) = replayed.asset_materializations_for_node("landing__replayed_days")
    assert made.metadata["files_replayed"].value == 1
    with warehouses.connected(settings) as warehouse:
        after = warehouse.execute(query)
    assert [event for event, _ in after] == ["2026-11-10", "spoilt"]
    assert after[1][1] == before[1][1]


def test_the_sensor_of_pings_asks_for_the_slice_first_and_once(
    code_location: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trigger = code_location.trigger
    (location_pings,) = trigger.defs.sensors
    (location_trigger,) = trigger.defs.jobs
    assert location_pings.name == "location_pings"
    monkeypatch.setenv("CDP_LANDING_PATH", str(tmp_path))
    monkeypatch.setattr(trigger, "_LOOK_SECONDS", 0.3)
    monkeypatch.setattr(trigger.warm_dbt, "launch", lambda *_: mock.Mock(poll=lambda: None))
    (folder := tmp_path / "app" / "events").mkdir(parents=True)
    (other := tmp_path / "web" / "events").mkdir(parents=True)
    context = build_sensor_context(
        cursor=code_location.automation.listing_fingerprint(
            code_location.automation.Settings.from_environment(), lambda _: False
        )
    )

    def write(file: Path) -> None:
        file.write_text("{}\n")
        settled = time.time() - 60
        os.utime(file, (settled, settled))

    write(other / "events.jsonl")
    assert isinstance(location_pings(context), SkipReason)
    write(folder / "pings.jsonl")
    assert isinstance(location_pings(context), RunRequest)
    assert isinstance(location_pings(context), SkipReason)
    # A full refresh does not come on top for the same file.
    all_files = build_sensor_context()
    code_location.automation.new_files(all_files)
    write(folder / "more-pings.jsonl")
    assert isinstance(code_location.automation.new_files(all_files), SkipReason)
    assert location_trigger.tags["dagster/priority"] == "10"


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
