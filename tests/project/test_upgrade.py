"""A warehouse that commit aa22511 built, upgraded by today's code; on both engines.

`tests/fixtures/warehouse_aa22511` says what is in it and how it was made.
"""

from __future__ import annotations

import os
import re
import shutil
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import pytest

from cdp import upgrade
from cdp.activation.receiver import RunningReceiver
from cdp.activation.sync import plan_sync, run_sync
from cdp.dbt.manifest import load_sync_specs
from cdp.settings import PROJECT_DIR, Settings
from cdp.warehouse.connection import connected, quote
from tests.project.platform import SECRET
from tests.project.snapshots import comparable
from tests.project_copy import copy_project

pytestmark = pytest.mark.slow

STORED = PROJECT_DIR / "tests" / "fixtures" / "warehouse_aa22511"
# The moment that it was last built and delivered as of, and how many it holds out.
AS_OF = "2026-11-14T15:05:00Z"
GLOBAL_HOLDOUT_PERCENTAGE = 20

Rows = list[tuple[Any, ...]]

# What an upgrade keeps, as commit aa22511 has it.
KEPT = {
    "profile ids": (
        "select identifier_type, identifier_value, profile_id"
        " from cdp_identity.profile_identifiers where profile_id is not null"
    ),
    "registry": (
        "select profile_id, founding_identifier_type, founding_identifier_value, generation,"
        " redirected_to_profile_id, founded_at, minted_at, redirected_at"
        " from cdp_identity.identity_ledger"
    ),
    "redirects": (
        "select old_profile_id, profile_id, redirected_at from cdp_identity.profile_redirects"
    ),
    "merges and splits": (
        "select change_id, change_type, from_profile_id, to_profile_id, cause, changed_at"
        " from cdp_identity.identity_changes"
    ),
    "overrides": (
        "select override_id, decision, status, profile_id_a, profile_id_b"
        " from cdp_identity.identity_overrides"
    ),
    "membership periods and holdout arms": (
        "select membership_id, audience_name, profile_id, is_holdout, entered_at, left_at"
        " from cdp_audiences.audience_memberships"
    ),
    "sizes of audiences": (
        "select audience_name, size_date, member_count, holdout_count, reachable_count"
        " from cdp_audiences.audience_size_history"
    ),
    "hygiene over time": (
        "select total_date, issue, contact_count, issue_contact_count, average_score"
        " from cdp_profiles.crm_hygiene_totals"
    ),
    "history of profiles": (
        "select profile_version_id, profile_id, is_deleted, valid_from, valid_to"
        " from cdp_profiles.profile_history"
    ),
    "sync ledger": (
        "select sync_name, sync_key, operation, payload_hash, revision, receiver_id, run_id,"
        " acknowledged_at, profile_id, message_channel from cdp_activation.sync_ledger"
    ),
    "sync runs": (
        "select sync_name, run_id, mode, status, started_at, finished_at, inserted_count,"
        " updated_count, deleted_count, merged_count from cdp_activation.sync_runs"
    ),
    "sync outcomes": (
        "select sync_name, run_id, sync_key, operation, status, reason, payload_hash, revision,"
        " idempotency_key, permission, consent_recorded_at, recorded_at"
        " from cdp_activation.sync_outcomes"
    ),
}
# Queries of today for what is called otherwise since.
RENAMED: dict[str, str] = {
    "registry": (
        "select profile_id, original_identifier_type, original_identifier_value, generation,"
        " redirected_to_profile_id, first_observed_at, created_at, redirected_at"
        " from cdp_identity.profile_id_registry"
    ),
}


def load(settings: Settings, folder: Path) -> dict[str, Rows]:
    """Load the stored warehouse into an empty one; returns what is kept, as it was.

    PostgreSQL gets the tables, which are what an upgrade moves.
    """
    with tarfile.open(STORED / "duckdb.tar.xz") as archive:
        archive.extractall(folder, filter="data")
    stored = settings.model_copy(
        update={"target": "duckdb", "duckdb_path": folder / "stored.duckdb"}
    )
    if settings.target == "duckdb":
        stored = settings
    with duckdb.connect(str(stored.duckdb_path)) as warehouse:
        warehouse.execute(f"set file_search_path = '{folder}'")
        create_in_order(warehouse, (folder / "schema.sql").read_text())
        warehouse.execute((folder / "load.sql").read_text())
        if settings.target == "postgres":
            copy_tables(warehouse)
    return kept(stored, KEPT)


def copy_tables(stored: duckdb.DuckDBPyConnection) -> None:
    """Copy all tables into the empty database that the environment names."""
    tables = stored.execute(
        "select schema_name, table_name from duckdb_tables() where not temporary"
    ).fetchall()
    with psycopg.connect("", autocommit=True) as server:
        for schema, table in tables:
            name = f"{quote(schema)}.{quote(table)}"
            columns = stored.execute(f"describe {name}").fetchall()
            types = [
                f"{quote(column)} {kind.replace('VARCHAR', 'text').replace('DOUBLE', 'float8')}"
                for column, kind, *_ in columns
            ]
            server.execute(f"create schema if not exists {quote(schema)}".encode())
            server.execute(f"create table {name} ({', '.join(types)})".encode())
            with server.cursor() as cursor, cursor.copy(f"copy {name} from stdin".encode()) as copy:
                for row in stored.execute(f"select * from {name}").fetchall():
                    copy.write_row(row)


def create_in_order(warehouse: duckdb.DuckDBPyConnection, schema: str) -> None:
    """Run statements of `export database`, which lists views before those that they read."""
    left = warehouse.extract_statements(schema)
    while left:
        refused = []
        for statement in left:
            try:
                warehouse.execute(statement)
            except duckdb.CatalogException:
                refused.append(statement)
        assert len(refused) < len(left), "no statement of the rest can run"
        left = refused


def project_of_the_company(folder: Path) -> Path:
    """Today's project with the company's own overrides and holdout."""
    project = copy_project(folder)
    shutil.copyfile(
        STORED / "link_overrides.csv", project / "seeds" / "identity" / "link_overrides.csv"
    )
    file = project / "dbt_project.yml"
    held_out = f"global_holdout_percentage: {GLOBAL_HOLDOUT_PERCENTAGE}"
    file.write_text(re.sub("global_holdout_percentage: .*", held_out, file.read_text()))
    return project


def kept(settings: Settings, queries: dict[str, str]) -> dict[str, Rows]:
    """The rows of everything that is kept, in an order of their own."""
    with connected(settings) as connection:
        return {
            name: sorted(
                [tuple(comparable(value) for value in row) for row in connection.execute(query)],
                key=repr,
            )
            for name, query in queries.items()
        }


def assert_tells_much(before: dict[str, Rows]) -> None:
    """The stored warehouse has what could be lost."""
    assert not [name for name, rows in before.items() if not rows]
    assert {row[1:3] for row in before["overrides"]} == {
        ("always", "in_force"),
        ("never", "in_force"),
    }
    assert {row[1] for row in before["merges and splits"]} == {"merge"}
    assert {row[0] for row in before["sync ledger"]} >= {
        "sync_files__crm_clean_up",
        "sync_webhook__audience_members",
    }
    memberships = before["membership periods and holdout arms"]
    assert {row[3] for row in memberships} == {True, False}
    assert {row[5] is None for row in memberships} == {True, False}


@contextmanager
def delivering(receiver: RunningReceiver, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patch:
        patch.setenv("CDP_WEBHOOK_URL", receiver.url)
        patch.setenv("CDP_WEBHOOK_SECRET", SECRET)
        yield


def test_a_stored_warehouse_is_upgraded(
    settings: Settings,
    receiver: RunningReceiver,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CDP_AS_OF", AS_OF)
    monkeypatch.setenv("CDP_FILES_URL", str(tmp_path / "exports"))
    before = load(settings, tmp_path / "stored")
    project = project_of_the_company(tmp_path / "project")
    assert_tells_much(before)
    with connected(settings) as connection:
        connection.execute("create table cdp_profiles.gone_model as select 1 as id")

    told: list[str] = []
    report = upgrade.run(settings, told.append, project_dir=project)
    assert report.is_changed
    assert ("cdp_profiles", "gone_model") in report.removed
    assert not [name for _, name in report.removed if name.startswith("identity_graph__")]
    assert not re.search(r"@|\+49", "\n".join(told))
    after = kept(settings, KEPT | RENAMED)
    # Rows may hold personal data: a failure says what differs, not in what.
    assert [name for name in before if before[name] != after[name]] == []

    with delivering(receiver, monkeypatch):
        manifest = Path(os.environ["DBT_TARGET_PATH"]) / "manifest.json"
        specs = load_sync_specs(manifest, project)
        assert {spec.name for spec in specs} >= {row[0] for row in before["sync ledger"]}
        for spec in specs:
            counts = plan_sync(settings, spec).counts
            assert (counts.insert, counts.update, counts.delete, counts.merge) == (0, 0, 0, 0)
            sent = run_sync(settings, spec, run_id="after the upgrade")
            assert (sent.status, sent.requests) == ("succeeded", 0), spec.name
    with receiver.kept() as store:
        assert store.summary()["requests"] == {}
    assert kept(settings, KEPT | RENAMED)["sync ledger"] == before["sync ledger"]

    told.clear()
    again = upgrade.run(settings, told.append, project_dir=project, drop_removed=True)
    assert not again.is_changed
    assert (again.before, again.after) == (report.after, report.after)
    with connected(settings) as connection:
        assert not connection.table_exists("cdp_profiles", "gone_model")
        assert connection.table_exists("cdp_profiles", "profiles")
