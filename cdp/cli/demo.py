"""The whole platform once, on a generated company: `make demo`.

Writes the company's channel files, then runs the job that the hourly schedule runs, with a receiver
listening on this machine and a folder for files, and says what happened and what each destination
received. Run again, it finds nothing new to do.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from cdp.settings import PROJECT_DIR, Settings
from cdp.warehouse.connection import connected, quote

CUSTOMERS, DAYS, SEED = 2000, 120, 7
# Shortly after the shopper of the boots story has come near a store; the data ends that day.
END_DATE, AS_OF = "2026-11-14", "2026-11-14T15:05:00Z"
STORY = PROJECT_DIR / "tests" / "fixtures" / "boots_story" / "base"
JOB = "incremental_refresh"
# What there is to look at afterwards.
COMMANDS = {
    "dagster": "the assets, checks, schedules and this run",
    "dashboards": "the figures",
    "customer": "one person, found by any identifier",
    "docs": "every model and column, with lineage",
    "sql": "a SQL prompt on the warehouse",
}
QUIET = {"loggers": {"console": {"config": {"log_level": "ERROR"}}}}


def say(text: str = "") -> None:
    """Print at once, so that progress is visible through a pipe too."""
    print(text, flush=True)


@contextmanager
def step(title: str) -> Iterator[None]:
    """Print the name of a step, and afterwards its duration."""
    say(f"\n== {title}")
    started = time.monotonic()
    yield
    say(f"   done in {time.monotonic() - started:.1f} s")


def write_company(landing: Path) -> None:
    """Put the generated files and the boots story into the landing folder, once."""
    if landing.exists():
        say(f"   {landing} is there already: kept as it is.")
        return
    folder = landing.parent / ".generated"
    shutil.rmtree(folder, ignore_errors=True)
    size = [f"--customers={CUSTOMERS}", f"--days={DAYS}", f"--seed={SEED}"]
    size.append(f"--end-date={END_DATE}")
    subprocess.run([sys.executable, "-m", "generator", *size, "--out", str(folder)], check=True)
    for file in sorted(STORY.glob("*/*/*")):
        name = f"boots-story-{file.name}"
        (target := folder / "landing" / file.parent.relative_to(STORY)).mkdir(
            parents=True, exist_ok=True
        )
        # The company has stores of these numbers elsewhere, which would be taken for the story's.
        (target / name).write_bytes(file.read_bytes().replace(b"S-0", b"S-9"))
    truth = landing.parent / "truth"
    shutil.rmtree(truth, ignore_errors=True)
    (folder / "truth").rename(truth)
    (folder / "landing").rename(landing)
    shutil.rmtree(folder)


def run_job(*, is_verbose: bool) -> bool:
    """Run the scheduled job in this process, so that the run is in the Dagster UI afterwards."""
    # The assets are read from the manifest, so it must be of the models as they are now.
    subprocess.run([sys.executable, "-m", "cdp", "dbt", "--quiet", "parse"], check=True)

    from dagster import DagsterInstance

    from cdp.cli.progress import LayerProgress
    from cdp.dbt.events import listening
    from orchestration.definitions import defs
    from orchestration.defs.project import MANIFEST

    progress = LayerProgress(MANIFEST["nodes"], is_verbose=is_verbose)
    with DagsterInstance.get() as instance, progress, listening(progress):
        result = defs.resolve_job_def(JOB).execute_in_process(
            instance=instance, run_config=QUIET, raise_on_error=False
        )
    return bool(result.success)


def table(title: str, header: list[str], rows: list[tuple[Any, ...]]) -> None:
    """Print rows in columns."""
    shown = Table(*header[:1], box=None, padding=(0, 0, 0, 2), header_style="")
    for name in header[1:]:
        shown.add_column(name, justify="right")
    for row in rows:
        shown.add_row(*("" if value is None else str(value) for value in row))
    say(f"\n{title}")
    Console(highlight=False, markup=False, soft_wrap=True).print(shown)


def summarise(settings: Settings) -> None:
    """Print the contents of the warehouse."""

    def relation(layer: str, name: str) -> str:
        return f"{quote(f'{settings.schema}_{layer}')}.{quote(name)}"

    with connected(settings) as warehouse:
        table(
            "Rows by raw table",
            ["table", "landed", "staged", "duplicates", "quarantined"],
            warehouse.execute(
                "select raw_table, raw_row_count, staged_row_count, duplicate_row_count,"
                " quarantined_row_count"
                f" from {relation('staging', 'staging_reconciliation')} order by raw_table"
            ),
        )
        ((profiles, identifiers, suspects),) = warehouse.execute(
            "select"
            f" (select count(*) from {relation('profiles', 'profiles')}),"
            f" (select count(*) from {relation('identity', 'profile_identifiers')}),"
            f" (select count(*) from {relation('identity', 'identity_suspects')})"
        )
        say(f"\n{profiles} profiles resolved from {identifiers} identifiers;")
        say(f"{suspects} identifiers were kept from linking (identity_suspects says why).")
        table(
            "Audiences",
            ["audience", "members", "holdout"],
            warehouse.execute(
                "select audience_name, count(*), sum(case when is_holdout then 1 else 0 end)"
                f" from {relation('audiences', 'audience_memberships')}"
                " where left_at is null group by audience_name order by audience_name"
            ),
        )


def summarise_receiver(summary: dict[str, Any]) -> None:
    """Print what the webhook's receiver has stored over all runs."""
    rows = [
        (
            sync,
            kept["held"],
            *(kept["received"].get(operation, 0) for operation in ("insert", "update", "delete")),
            kept["duplicates"],
        )
        for sync, kept in sorted(summary["syncs"].items())
    ]
    header = ["sync", "held", "inserts", "updates", "deletes", "duplicates"]
    table("What the webhook's receiver got, in all runs", header, rows)


def summarise_files(folder: Path) -> None:
    """Print the contents of the exported files: complete states, or the changes of all runs."""
    rows: list[tuple[Any, ...]] = []
    for sync in sorted(path for path in folder.glob("*") if path.is_dir()):
        manifests = [json.loads(file.read_text()) for file in sorted(sync.glob("manifest*.json"))]
        files = [file for manifest in manifests for file in manifest["files"]]
        modes = ", ".join(sorted({manifest["mode"] for manifest in manifests}))
        rows.append((sync.name, modes, len(files), sum(file["rows"] for file in files)))
    table(f"What the files destination wrote to {folder}", ["sync", "mode", "files", "rows"], rows)


def run(*, is_verbose: bool) -> int:
    """Run the demo; returns the exit status."""
    started = time.monotonic()
    warnings.filterwarnings("ignore")
    settings = Settings.from_environment()
    settings.prepare()
    from cdp.activation.receiver import running_receiver

    os.environ.setdefault("CDP_AS_OF", AS_OF)
    files = Path(os.environ.setdefault("CDP_FILES_URL", str(settings.data_dir / "exports")))
    secret = os.environ.setdefault("CDP_WEBHOOK_SECRET", secrets.token_hex(32))
    with step(f"A company of {CUSTOMERS} customers over {DAYS} days, and the boots story"):
        write_company(Path(settings.landing_path))
    job_started = time.monotonic()
    with running_receiver(settings.data_dir / "receiver.sqlite", secret=secret) as receiver:
        os.environ["CDP_WEBHOOK_URL"] = receiver.url
        with step(f"The job {JOB} on {settings.target}: land, build and test, deliver"):
            succeeded = run_job(is_verbose=is_verbose)
        job_seconds = time.monotonic() - job_started
        with receiver.kept() as store:
            received = store.summary()
    if not succeeded:
        say("\nThe job failed; what lies downstream of the failure was not run. See above, or")
        say("open the run with: make dagster")
        return 1
    summarise(settings)
    summarise_receiver(received)
    summarise_files(files)
    suffix = "" if settings.target == "duckdb" else f" TARGET={settings.target}"
    say(f"\nThe job took {job_seconds:.0f} s, all {time.monotonic() - started:.0f} s. Look around:")
    for command, shown in COMMANDS.items():
        say(f"  {f'make {command}{suffix}':<{16 + len(suffix)}} {shown}")
    return 0
