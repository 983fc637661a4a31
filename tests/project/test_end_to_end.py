"""The main job on generated data: on both engines, again, in parts, and where a test fails."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from orchestration.activation.receiver import RunningReceiver, running_receiver
from orchestration.settings import Target
from tests.project.platform import SECRET, Platform

pytestmark = pytest.mark.slow

AS_OF = "2026-11-15 17:10:00"
SIZE = ("--customers", "250", "--days", "120", "--seed", "3")
# When a run happened, which is another moment on each engine.
RUN_TIMES = {"minted_at", "redirected_at", "changed_at", "entered_at", "left_at", "loaded_at"}

Snapshot = dict[str, list[tuple[Any, ...]]]


@pytest.fixture(scope="module")
def exports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("company") / "out"
    platform = Platform.create(folder.parent / "unused", {})
    platform.run("-m", "generator", *SIZE, "--out", str(folder))
    return folder / "landing"


@pytest.fixture(scope="module")
def platforms(
    exports: Path, tmp_path_factory: pytest.TempPathFactory, postgres_server: Path
) -> dict[Target, Platform]:
    """The built warehouse on each engine."""
    folder = tmp_path_factory.mktemp("platforms")
    connection = {"PGHOST": str(postgres_server), "PGUSER": "postgres", "PGDATABASE": "postgres"}
    built: dict[Target, Platform] = {
        "duckdb": Platform.create(folder / "duckdb", {"CDP_TARGET": "duckdb"}),
        "postgres": Platform.create(folder / "postgres", {"CDP_TARGET": "postgres"} | connection),
    }
    for platform in built.values():
        platform.add_files(exports)
        platform.land()
        platform.build(as_of=AS_OF)
    return built


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[RunningReceiver]:
    with running_receiver(tmp_path / "received.sqlite", secret=SECRET) as running:
        yield running


def comparable(value: Any) -> Any:
    """A value as it compares across drivers: 2 equals 2.00, and floats agree to nine digits."""
    if isinstance(value, float):
        return format(value, ".9g")
    return value.normalize() if isinstance(value, Decimal) else value


def snapshot(platform: Platform) -> Snapshot:
    """The rows of every public model, in an order of their own."""
    taken: Snapshot = {}
    models = [
        node
        for node in platform.manifest["nodes"].values()
        if node["resource_type"] == "model" and node["access"] == "public"
    ]
    with platform.warehouse() as warehouse:
        for model in models:
            columns = sorted(set(model["columns"]) - RUN_TIMES)
            names = ", ".join(f'"{column}"' for column in columns)
            rows = warehouse.execute(f"select {names} from {model['schema']}.{model['alias']}")
            taken[model["name"]] = sorted(
                [tuple(comparable(value) for value in row) for row in rows], key=repr
            )
    return taken


def assert_same(ours: Snapshot, theirs: Snapshot) -> None:
    assert ours.keys() == theirs.keys()
    # The rows themselves may hold personal data: a failure says which model differs, not in what.
    different = {
        name: (len(ours[name]), len(theirs[name])) for name in ours if ours[name] != theirs[name]
    }
    assert not different, f"models with other rows (and the numbers of rows): {different}"


@pytest.mark.parametrize("target", ["duckdb", "postgres"])
def test_dbt_unit_tests_pass(platforms: dict[Target, Platform], target: Target) -> None:
    platforms[target].test_units()


def test_both_engines_hold_the_same_rows(platforms: dict[Target, Platform]) -> None:
    on_duckdb, on_postgres = (snapshot(platforms[target]) for target in ("duckdb", "postgres"))
    assert len(on_duckdb) > 20
    filled = {name for name, rows in on_duckdb.items() if rows}
    assert {"profiles", "events", "sessions", "audience_memberships"} <= filled
    assert_same(on_duckdb, on_postgres)


def test_a_full_refresh_changes_nothing(platforms: dict[Target, Platform]) -> None:
    platform = platforms["duckdb"]
    before = snapshot(platform)
    platform.build("--full-refresh", as_of=AS_OF)
    assert_same(before, snapshot(platform))


@pytest.mark.parametrize("target", ["duckdb", "postgres"])
def test_what_is_delivered_is_the_payload_once(
    platforms: dict[Target, Platform], target: Target, receiver: RunningReceiver
) -> None:
    platform = platforms[target]
    platform.deliver(receiver)
    platform.deliver(receiver)
    payload = platform.rows("select member_key from cdp_syncs.sync_webhook__audience_members")
    with receiver.kept() as store:
        held = store.rows("sync_webhook__audience_members")
        deliveries = store.deliveries("sync_webhook__audience_members")
    assert payload
    assert set(held) == {key for (key,) in payload}
    assert len(deliveries) == len(held)


def test_files_that_come_day_by_day_give_the_rows_of_one_load(
    exports: Path, platforms: dict[Target, Platform], tmp_path: Path
) -> None:
    """Landing and building in three parts, in no order of time, then compared with one build."""
    platform = Platform.create(tmp_path / "parts", {"CDP_TARGET": "duckdb"})
    files = sorted(file for file in exports.glob("*/*/*"))
    for part in (2, 0, 1):
        for file in files[part::3]:
            target = platform.landing / file.relative_to(exports)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(file.read_bytes())
        platform.land()
        platform.build(as_of=AS_OF)
    in_parts, at_once = snapshot(platform), snapshot(platforms["duckdb"])
    # Ids depend on what came first; which identifiers belong together does not.
    assert partition(platform) == partition(platforms["duckdb"])
    for name in ("staging_reconciliation", "identity_suspects"):
        assert in_parts[name] == at_once[name], name


def partition(platform: Platform) -> set[frozenset[tuple[str, str]]]:
    groups: dict[str, set[tuple[str, str]]] = {}
    for identifier_type, identifier_value, profile_id in platform.rows(
        "select identifier_type, identifier_value, profile_id "
        "from cdp_identity.profile_identifiers where profile_id is not null"
    ):
        groups.setdefault(profile_id, set()).add((identifier_type, identifier_value))
    return {frozenset(group) for group in groups.values()}


def test_a_failed_test_keeps_syncs_from_running(
    exports: Path, tmp_path: Path, receiver: RunningReceiver
) -> None:
    """The scheduled job with a registry that does not agree with the rows that were landed."""
    platform = Platform.create(tmp_path / "broken", {"CDP_TARGET": "duckdb"})
    platform.add_files(exports)
    platform.land()
    with platform.warehouse() as warehouse:
        warehouse.execute(
            "delete from raw.web__events "
            "where _load_id = (select min(_load_id) from raw.web__events)"
        )
    platform.run("dbt", "--quiet", "parse")
    job = ("dagster", "job", "execute", "-m", "orchestration.definitions")
    variables = {"CDP_WEBHOOK_URL": receiver.url, "CDP_AS_OF": AS_OF}
    output = platform.run(*job, "-j", "incremental_refresh", check=False, **variables)
    assert "RUN_FAILURE" in output
    with receiver.kept() as store:
        assert store.summary() == {"requests": {}, "syncs": {}}
