"""Command line: `python -m cdp.activation plan|apply|retry [SYNC] [--approve]`."""

from __future__ import annotations

import argparse
import os
import sys
import uuid
from collections.abc import Sequence
from pathlib import Path

from cdp.activation.difference import PayloadError
from cdp.activation.lock import SyncAlreadyRunningError
from cdp.activation.plan import SyncBlockedError
from cdp.activation.sync import (
    SyncStoppedError,
    plan_sync,
    retry_rejected,
    run_sync,
)
from cdp.dbt.manifest import ManifestError, SyncSpec, load_sync_specs
from cdp.settings import PROJECT_DIR, SettingError, Settings
from cdp.upgrade import UpgradeError
from cdp.warehouse.connection import WarehouseBusyError

# Mistakes that a person mends; anything else is ours and keeps its traceback.
_EXPECTED = (
    ManifestError,
    PayloadError,
    SettingError,
    SyncAlreadyRunningError,
    SyncBlockedError,
    SyncStoppedError,
    UpgradeError,
    WarehouseBusyError,
)


def default_manifest_path() -> Path:
    """dbt's manifest, where `DBT_TARGET_PATH` says or in the project's target folder."""
    return PROJECT_DIR / os.environ.get("DBT_TARGET_PATH", "target") / "manifest.json"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit status, 1 where a sync did not go through."""
    options = _parser().parse_args(arguments)
    try:
        settings = Settings.from_environment()
        settings.prepare()
        specs = _chosen(load_sync_specs(options.manifest, options.project_dir), options.sync)
    except _EXPECTED as error:
        return _fail(error)
    return max([_act(options, settings, spec) for spec in specs], default=0)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m cdp.activation")
    parser.add_argument("--manifest", type=Path, default=default_manifest_path())
    parser.add_argument("--project-dir", type=Path, default=PROJECT_DIR)
    commands = parser.add_subparsers(dest="command", required=True)
    plan = commands.add_parser("plan", help="show what would be sent; sends and changes nothing")
    apply = commands.add_parser("apply", help="send it")
    retry = commands.add_parser("retry", help="send rejected rows, dead letters too, and the rest")
    for command in (plan, apply, retry):
        command.add_argument("sync", nargs="?", metavar="SYNC", help="all syncs when left out")
    for command in (apply, retry):
        command.add_argument("--approve", action="store_true", help="past the guard on changes")
        command.add_argument("--run-id", default=f"manual-{uuid.uuid4()}")
    return parser


def _chosen(specs: list[SyncSpec], name: str | None) -> list[SyncSpec]:
    if name is None:
        return specs
    chosen = [spec for spec in specs if spec.name == name]
    if not chosen:
        names = ", ".join(spec.name for spec in specs) or "none"
        raise ManifestError([f"there is no sync {name!r} in the manifest: it has {names}."])
    return chosen


def _act(options: argparse.Namespace, settings: Settings, spec: SyncSpec) -> int:
    try:
        if options.command == "plan":
            print(plan_sync(settings, spec).text())
            return 0
        if options.command == "retry":
            print(f"{spec.name}: {retry_rejected(settings, spec):,} rejected rows made due")
        report = run_sync(
            settings, spec, run_id=options.run_id, approve=options.approve, progress=_show
        )
    except _EXPECTED as error:
        return _fail(error)
    print(
        f"{report.sync}: {report.inserted:,} inserted, {report.updated:,} updated, "
        f"{report.deleted:,} deleted, {report.merged:,} merged, {report.withheld:,} withheld, "
        f"{report.rejected:,} rejected, {report.unchanged:,} unchanged in {report.seconds:.1f} s"
    )
    return 0


def _show(message: str) -> None:
    print(message, file=sys.stderr)


def _fail(error: Exception) -> int:
    print(f"error: {error}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
