"""`cdp sync`: plan, apply or retry deliveries."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from typer import Argument, Option

if TYPE_CHECKING:
    from cdp.dbt.manifest import SyncSpec
    from cdp.settings import Settings

PROJECT_DIR = Path(__file__).resolve().parent.parent.parent

sync = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None)


def _sync_names() -> list[str]:
    from cdp.dbt.manifest import load_sync_specs
    from cdp.settings import Runs

    return [spec.name for spec in load_sync_specs(Runs.from_environment().manifest_path)]


SyncName = Annotated[
    str | None, Argument(metavar="[NAME]", help="All when left out.", autocompletion=_sync_names)
]
Approve = Annotated[bool, Option("--approve", help="Allow a change larger than the sync's limits.")]
RunId = Annotated[str, Option(hidden=True)]


@sync.callback()
def places(
    context: typer.Context,
    manifest: Annotated[Path | None, Option(help="dbt's manifest.")] = None,
    project_dir: Annotated[Path, Option(help="Folder of the dbt project.")] = PROJECT_DIR,
) -> None:
    """Deliver audiences and traits to destinations.

    Example: cdp sync plan sync_webhook__audience_members
    """
    context.obj = (manifest, project_dir)


@sync.command()
def plan(context: typer.Context, name: SyncName = None) -> None:
    """Show what would be sent. Sends nothing and changes nothing."""
    _for_each_sync(context, "plan", name)


@sync.command()
def apply(
    context: typer.Context, name: SyncName = None, approve: Approve = False, run_id: RunId = ""
) -> None:
    """Send what changed since the last acknowledged state."""
    _for_each_sync(context, "apply", name, approve, run_id)


@sync.command()
def retry(
    context: typer.Context, name: SyncName = None, approve: Approve = False, run_id: RunId = ""
) -> None:
    """Send rejected rows again, including dead letters, and all other due rows."""
    _for_each_sync(context, "retry", name, approve, run_id)


def _for_each_sync(
    context: typer.Context, command: str, name: str | None, approve: bool = False, run_id: str = ""
) -> None:
    from cdp.activation.lock import SyncAlreadyRunningError
    from cdp.activation.payload import PayloadError
    from cdp.activation.plan import SyncBlockedError
    from cdp.activation.sync import SyncStoppedError
    from cdp.cli.session import failing, session
    from cdp.dbt.manifest import ManifestError
    from cdp.upgrade import UpgradeError

    stopped = (SyncAlreadyRunningError, SyncBlockedError, SyncStoppedError, UpgradeError)
    expected = (ManifestError, PayloadError, *stopped)
    writer = "" if command == "plan" else f"cdp sync {command}"
    run_id = run_id or f"manual-{uuid.uuid4()}"
    has_failed = False
    with session(writer, expected=expected) as settings:
        manifest, project_dir = context.obj
        for spec in _chosen(manifest, project_dir, name):
            try:
                with failing(1, *expected):
                    _act(command, settings, spec, run_id, approve)
            except typer.Exit:
                # The others are delivered all the same.
                has_failed = True
    raise typer.Exit(int(has_failed))


def _chosen(manifest: Path | None, project_dir: Path, name: str | None) -> list[SyncSpec]:
    """All syncs of a manifest, or the one with the given name; raises `ManifestError`."""
    from cdp.dbt.manifest import ManifestError, load_sync_specs
    from cdp.settings import Runs

    specs = load_sync_specs(manifest or Runs.from_environment().manifest_path, project_dir)
    found = [spec for spec in specs if name in (None, "", spec.name)]
    if name and not found:
        names = ", ".join(spec.name for spec in specs) or "none"
        raise ManifestError([f"there is no sync {name!r} in the manifest: it has {names}."])
    return found


def _act(command: str, settings: Settings, spec: SyncSpec, run_id: str, approve: bool) -> None:
    """Plan, apply or retry one sync, and print the result."""
    from cdp.activation.sync import plan_sync, retry_rejected, run_sync
    from cdp.cli.session import say

    if command == "plan":
        print(plan_sync(settings, spec).text())
        return
    if command == "retry":
        print(f"{spec.name}: {retry_rejected(settings, spec):,} rejected rows made due")
    report = run_sync(settings, spec, run_id=run_id, approve=approve, progress=say)
    print(
        f"{report.sync}: {report.inserted:,} inserted, {report.updated:,} updated, "
        f"{report.deleted:,} deleted, {report.merged:,} merged, {report.skipped:,} skipped, "
        f"{report.rejected:,} rejected, {report.unchanged:,} unchanged in {report.seconds:.1f} s"
    )
