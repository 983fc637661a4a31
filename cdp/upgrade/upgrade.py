"""Upgrades a warehouse: migrates its state and recomputes everything else."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from cdp.settings import PROJECT_DIR, Runs, Settings
from cdp.upgrade.migrations import Migrations, UpgradeError, Version
from cdp.upgrade.removed import Relation, drop_relations, removed_relations
from cdp.warehouse.connection import connected
from cdp.warehouse.writer import Tell, only_writer

# The next run of the job tests what was built.
_BUILD = ("build", "--full-refresh", "--exclude-resource-type", "test", "unit_test")


@dataclass(frozen=True)
class UpgradeReport:
    """What an upgrade did.

    Attributes:
        before: Version of the warehouse before; 0 if none was recorded.
        after: Its version now.
        is_changed: Whether anything was done; False if the warehouse was up to date.
        removed: Relations that belong to no model any more, dropped or not.
    """

    before: int
    after: int
    is_changed: bool
    removed: list[Relation]


def run(
    settings: Settings,
    tell: Tell,
    *,
    drop_removed: bool = False,
    project_dir: Path = PROJECT_DIR,
    migrations: Path | None = None,
) -> UpgradeReport:
    """Upgrade the warehouse to the version of this code.

    All migrations run in one transaction. A full refresh follows; if it fails, the next call
    resumes there. A warehouse that is up to date is not changed.

    Args:
        settings: Where the warehouse is, after `Settings.prepare`.
        tell: Called with a line about each step.
        drop_removed: Drop the relations that belong to no model any more.
        project_dir: Folder of the dbt project.
        migrations: Folder of the migrations; by default that of this package.

    Raises:
        UpgradeError: The warehouse cannot be upgraded, or the rebuild failed.
        WarehouseTakenError: Another process is writing the warehouse.
    """
    with only_writer(settings, "upgrade", tell):
        before, after = _migrate(settings, tell, migrations)
        is_changed = before != Version(after, True)
        removed: list[Relation] = []
        if is_changed:
            tell("Rebuilding all models: this takes as long as a full refresh.")
            _dbt(project_dir, *_BUILD)
        elif drop_removed:
            _dbt(project_dir, "parse")
        with connected(settings) as connection:
            if is_changed:
                Migrations(connection, settings, migrations).record(Version(after, True))
            if is_changed or drop_removed:
                removed = removed_relations(connection, settings, _target(project_dir))
                refused = drop_relations(connection, removed) if drop_removed else []
                _tell_removed(tell, removed, refused, is_dropped=drop_removed)
    tell(f"The warehouse has version {after}{'' if is_changed else ' already'}.")
    return UpgradeReport(before.number if before else 0, after, is_changed, removed)


def _migrate(settings: Settings, tell: Tell, folder: Path | None) -> tuple[Version | None, int]:
    """Apply pending migrations in one transaction; returns the old version and the new number."""
    if settings.target == "duckdb" and not settings.duckdb_path.exists():
        raise UpgradeError(f"There is no warehouse at {settings.duckdb_path}: nothing to upgrade.")
    with connected(settings) as connection, connection.transaction():
        migrations = Migrations(connection, settings, folder)
        before, pending = migrations.recorded(), migrations.pending()
        for file in pending:
            is_moved = migrations.apply(file)
            tell(f"{file.stem}: {'done' if is_moved else 'nothing to move'}")
        if before != Version(migrations.newest, True):
            migrations.record(Version(migrations.newest, False))
        return before, migrations.newest


def _dbt(project_dir: Path, *arguments: str) -> None:
    """Run dbt; an error names failed nodes only, since dbt's messages may contain row values."""
    places = ("--project-dir", str(project_dir), "--profiles-dir", str(project_dir))
    results = _target(project_dir) / "run_results.json"
    results.unlink(missing_ok=True)
    command = [sys.executable, "-m", "cdp.dbt.command", "--quiet", *arguments, *places]
    finished = subprocess.run(command, cwd=PROJECT_DIR, capture_output=True, check=False)
    if not finished.returncode:
        return
    failed = []
    if results.exists():
        statuses = json.loads(results.read_text(encoding="utf-8"))["results"]
        failed = [each["unique_id"] for each in statuses if each["status"] in ("error", "fail")]
    raise UpgradeError(
        f"dbt {arguments[0]} failed{': ' if failed else ''}{', '.join(failed)}. The state has been "
        "migrated. Fix the error in dbt's log and upgrade again; the upgrade resumes here."
    )


def _target(project_dir: Path) -> Path:
    return project_dir / Runs.from_environment().target_path


def _tell_removed(
    tell: Tell, removed: list[Relation], refused: list[Relation], *, is_dropped: bool
) -> None:
    for relation in removed:
        name = ".".join(relation)
        if relation in refused:
            tell(f"{name} belongs to no model; it is kept, since another relation reads it.")
        else:
            tell(f"{name} belongs to no model{', and was dropped' if is_dropped else ''}.")
    if removed and not is_dropped:
        tell("Drop them with --drop-removed.")
