"""The main job with files that come in parts, and where a test fails; on DuckDB."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.activation.receiver import RunningReceiver
from tests.dbt_process import DbtProcess
from tests.project.conftest import AS_OF, Built
from tests.project.platform import Platform
from tests.project.snapshots import snapshot

pytestmark = pytest.mark.slow


def test_files_that_come_day_by_day_give_the_rows_of_one_load(
    exports: Path, built: Built, dbt_process: DbtProcess, tmp_path: Path
) -> None:
    """Landing and building in three parts, in no order of time, then compared with one build."""
    platform = Platform.create(tmp_path / "parts", {"CDP_TARGET": "duckdb"}, dbt_process)
    files = sorted(file for file in exports.glob("*/*/*"))
    for part in (2, 0, 1):
        for file in files[part::3]:
            target = platform.landing / file.relative_to(exports)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(file.read_bytes())
        platform.land()
        platform.build(as_of=AS_OF)
    in_parts, at_once = snapshot(platform), snapshot(built("duckdb"))
    # Ids depend on what came first; which identifiers belong together does not.
    assert partition(platform) == partition(built("duckdb"))
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
    exports: Path, dbt_process: DbtProcess, tmp_path: Path, receiver: RunningReceiver
) -> None:
    """The scheduled job with a registry that does not agree with the rows that were landed."""
    platform = Platform.create(tmp_path / "broken", {"CDP_TARGET": "duckdb"}, dbt_process)
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


def test_a_plan_is_shown_where_a_person_asks_for_it(built: Built, tmp_path: Path) -> None:
    """The plan's asset, which no job runs: what would be sent, masked, and nothing sent."""
    platform = built("duckdb").copy(tmp_path / "plans")
    output = platform.run(
        *("dagster", "asset", "materialize", "-m", "orchestration.definitions"),
        *("--select", "key:activation_plans/sync_webhook__audience_members"),
        CDP_AS_OF=AS_OF,
    )
    assert "RUN_SUCCESS" in output
    assert "0 update, 0 delete" in output
    assert "email=***" in output
    with platform.warehouse() as warehouse:
        assert not warehouse.table_exists("cdp_activation", "sync_ledger")
