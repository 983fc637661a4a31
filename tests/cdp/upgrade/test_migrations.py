"""What a migration may ask, when it runs, and when a warehouse is refused; on both engines."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cdp.settings import Settings
from cdp.upgrade import migrations as module
from cdp.upgrade.migrations import Migrations, UpgradeError, Version, require_upgraded
from cdp.upgrade.removed import drop_relations, removed_relations
from cdp.warehouse.connection import Connection, connected

RENAMES = """
-- The ledger has the field's words. The column first: the table has its new name afterwards.
{{ rename_column('identity', 'ledger', 'anchor', 'canonical') }}
{{ rename_table('identity', 'ledger', 'profile_ids') }}
"""


@pytest.fixture
def warehouse(settings: Settings) -> Iterator[Connection]:
    with connected(settings) as connection:
        connection.execute("create schema cdp_identity")
        connection.execute("create table cdp_identity.ledger (anchor text)")
        connection.execute("insert into cdp_identity.ledger values ('a')")
        yield connection


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "migrations").mkdir()
    return tmp_path / "migrations"


def test_a_migration_renames_once(warehouse: Connection, settings: Settings, folder: Path) -> None:
    (folder / "0001_words.sql").write_text(RENAMES)
    migrations = Migrations(warehouse, settings, folder)
    (file,) = migrations.pending()
    assert migrations.apply(file)
    assert warehouse.execute("select canonical from cdp_identity.profile_ids") == [("a",)]
    # It looks before it moves, so that a warehouse of today's code is left as it is.
    assert not migrations.apply(file)
    migrations.record(Version(1, False))
    assert migrations.pending() == []
    assert migrations.recorded() == Version(1, False)
    migrations.record(Version(1, True))
    assert migrations.recorded() == Version(1, True)


def test_migrations_run_in_order_and_only_newer_ones(
    warehouse: Connection, settings: Settings, folder: Path
) -> None:
    for name in ("0010_c.sql", "0002_b.sql", "0001_a.sql"):
        (folder / name).write_text("-- Nothing moves: a rebuild is all.")
    migrations = Migrations(warehouse, settings, folder)
    assert [file.stem for file in migrations.pending()] == ["0001_a", "0002_b", "0010_c"]
    assert not migrations.apply(folder / "0001_a.sql")
    migrations.record(Version(2, True))
    assert [file.stem for file in migrations.pending()] == ["0010_c"]


def test_a_failed_migration_names_no_values(
    warehouse: Connection, settings: Settings, folder: Path
) -> None:
    (folder / "0001_a.sql").write_text(
        "insert into {{ relation('identity', 'ledger') }} values ('maria@example.com');"
        "select cast(anchor as integer) from {{ relation('identity', 'ledger') }};"
    )
    migrations = Migrations(warehouse, settings, folder)
    with pytest.raises(UpgradeError, match="0001_a failed") as raised, warehouse.transaction():
        migrations.apply(folder / "0001_a.sql")
    assert "maria" not in str(raised.value)
    assert warehouse.execute("select anchor from cdp_identity.ledger") == [("a",)]


def test_a_failed_statement_is_explained(
    warehouse: Connection, settings: Settings, folder: Path
) -> None:
    (folder / "0001_a.sql").write_text("select * from {{ relation('identity', 'no_such_table') }}")
    with pytest.raises(UpgradeError, match="no_such_table"):
        Migrations(warehouse, settings, folder).apply(folder / "0001_a.sql")


def test_a_newer_warehouse_is_refused(
    warehouse: Connection, settings: Settings, folder: Path
) -> None:
    migrations = Migrations(warehouse, settings, folder)
    migrations.record(Version(7, True))
    with pytest.raises(UpgradeError, match="has version 7 and this code knows versions up to 0"):
        migrations.pending()


def test_a_table_built_by_newer_code_before_the_upgrade_is_refused(
    warehouse: Connection, settings: Settings, folder: Path
) -> None:
    (folder / "0001_a.sql").write_text("{{ rename_table('identity', 'ledger', 'profile_ids') }}")
    warehouse.execute("create table cdp_identity.profile_ids (canonical text)")
    migrations = Migrations(warehouse, settings, folder)
    with pytest.raises(UpgradeError, match="has both ledger and profile_ids"):
        migrations.apply(folder / "0001_a.sql")


def test_an_earlier_warehouse_may_not_be_used(
    warehouse: Connection, settings: Settings, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "FOLDER", folder)
    # A warehouse that today's code built has no version, and nothing to move.
    require_upgraded(warehouse, settings)
    (folder / "0001_a.sql").write_text("{{ rename_table('identity', 'ledger', 'profile_ids') }}")
    with pytest.raises(UpgradeError, match="run make upgrade"):
        require_upgraded(warehouse, settings)
    migrations = Migrations(warehouse, settings, folder)
    migrations.apply(folder / "0001_a.sql")
    require_upgraded(warehouse, settings)
    migrations.record(Version(1, False))
    with pytest.raises(UpgradeError, match="run make upgrade"):
        require_upgraded(warehouse, settings)
    migrations.record(Version(1, True))
    require_upgraded(warehouse, settings)


def test_relations_without_a_model_are_named_and_dropped(
    warehouse: Connection, settings: Settings, tmp_path: Path
) -> None:
    node = '{"resource_type": "%s", "schema": "cdp_identity", "alias": "%s"}'
    source = '{"schema": "cdp_identity", "identifier": "read"}'
    (tmp_path / "manifest.json").write_text(
        f'{{"nodes": {{"a": {node % ("model", "graph")}, "b": {node % ("seed", "rules")}}},'
        f' "sources": {{"c": {source}}}}}'
    )
    for name in ("graph", "graph__links", "rules", "read", "grapher", "gone__x"):
        warehouse.execute(f"create table cdp_identity.{name} (id text)")
    warehouse.execute("create view cdp_identity.on_gone as select * from cdp_identity.gone__x")
    warehouse.execute("create schema elsewhere")
    warehouse.execute("create table elsewhere.ours (id text)")
    removed = removed_relations(warehouse, settings, tmp_path)
    names = ["gone__x", "grapher", "ledger", "on_gone"]
    assert removed == [("cdp_identity", name) for name in names]
    assert drop_relations(warehouse, removed) == []
    assert removed_relations(warehouse, settings, tmp_path) == []
    assert warehouse.table_exists("cdp_identity", "graph__links")


def test_what_others_read_is_not_dropped(warehouse: Connection, settings: Settings) -> None:
    warehouse.execute("create schema reports")
    warehouse.execute("create view reports.ids as select * from cdp_identity.ledger")
    refused = drop_relations(warehouse, [("cdp_identity", "ledger")])
    # Only PostgreSQL knows what reads a table.
    assert refused == ([("cdp_identity", "ledger")] if settings.target == "postgres" else [])
