"""An upgrade from beginning to end, of a project with one model; on both engines."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from cdp.settings import PROJECT_DIR, Settings
from cdp.upgrade import UpgradeError, run
from cdp.upgrade.migrations import Migrations, Version
from cdp.warehouse.connection import connected

pytestmark = pytest.mark.slow

MOVES = "{{ rename_column('identity', 'registry', 'anchor', 'canonical') }}"
PROJECT = """
name: one_model
profile: customer_data_platform
models:
  +schema: identity
  +materialized: table
flags:
  send_anonymous_usage_stats: false
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    (folder / "models").mkdir(parents=True)
    (folder / "dbt_project.yml").write_text(PROJECT)
    shutil.copyfile(PROJECT_DIR / "profiles.yml", folder / "profiles.yml")
    return folder


@pytest.fixture
def migrations(tmp_path: Path) -> Path:
    folder = tmp_path / "migrations"
    folder.mkdir()
    (folder / "0001_words.sql").write_text(MOVES)
    return folder


def test_a_failed_rebuild_is_gone_on_with(
    settings: Settings, project: Path, migrations: Path
) -> None:
    with connected(settings) as connection:
        connection.execute("create schema cdp_identity")
        connection.execute("create table cdp_identity.registry (anchor text)")
        connection.execute("insert into cdp_identity.registry values ('a')")
    model = project / "models" / "ids.sql"
    model.write_text("select cast('maria@example.com' as integer) as id")
    told: list[str] = []
    with pytest.raises(UpgradeError, match=r"failed: model.one_model.ids\.") as raised:
        run(settings, told.append, project_dir=project, migrations=migrations)
    assert "maria" not in str(raised.value)
    with connected(settings) as connection:
        assert Migrations(connection, settings, migrations).recorded() == Version(1, False)

    model.write_text("select canonical as id from cdp_identity.registry")
    report = run(settings, told.append, project_dir=project, migrations=migrations)
    assert told[0] == "0001_words: done"
    assert len([line for line in told if line.startswith("0001_words")]) == 1
    assert (report.before, report.after, report.is_changed) == (1, 1, True)
    assert report.removed == [("cdp_identity", "registry")]
    with connected(settings) as connection:
        assert connection.execute("select id from cdp_identity.ids") == [("a",)]
        assert Migrations(connection, settings, migrations).recorded() == Version(1, True)

    # Up to date, so that dbt is not asked.
    model.write_text("select nothing")
    assert not run(settings, told.append, project_dir=project, migrations=migrations).is_changed
    assert told[-1] == "The warehouse has version 1 already."


def test_migrations_are_all_or_nothing(settings: Settings, project: Path, migrations: Path) -> None:
    with connected(settings) as connection:
        connection.execute("create schema cdp_identity")
        connection.execute("create table cdp_identity.registry (anchor text)")
    (migrations / "0002_fails.sql").write_text("drop table {{ relation('identity', 'missing') }}")
    with pytest.raises(UpgradeError, match="0002_fails failed"):
        run(settings, print, project_dir=project, migrations=migrations)
    with connected(settings) as connection:
        assert connection.columns("cdp_identity", "registry") == ["anchor"]
        assert Migrations(connection, settings, migrations).recorded() is None


def test_no_warehouse_is_made_of_nothing(
    settings: Settings, project: Path, migrations: Path
) -> None:
    if settings.target == "duckdb":
        with pytest.raises(UpgradeError, match="There is no warehouse at"):
            run(settings, print, project_dir=project, migrations=migrations)
        assert not settings.duckdb_path.exists()
