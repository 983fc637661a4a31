"""The whole platform once, on a generated company: `make demo`.

Writes the company's channel files, then runs the job that the hourly schedule runs, with a receiver
listening on this machine and a folder for files, and says what happened and what each destination
received. Run again, it finds nothing new to do.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import shutil
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, TextIO, cast

from cdp.settings import PROJECT_DIR, SettingError, Settings
from cdp.warehouse.connection import WarehouseBusyError, connected, quote

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
    """Announce a step and say how long it took."""
    say(f"\n== {title}")
    started = time.monotonic()
    yield
    say(f"   done in {time.monotonic() - started:.1f} s")


class DbtProgress:
    """Passes on of dbt's lines what has been built and what went wrong, not each start and test."""

    SHOWN = re.compile(r" OK | ERROR | FAIL |WARN|Error|Failure|Got \d+ results|^Done|^Finished")

    def __init__(self, terminal: TextIO) -> None:
        self._terminal = terminal

    def write(self, text: str) -> int:
        """Write the lines that are worth showing."""
        for line in text.splitlines(keepends=True):
            if not re.search(r" of \d+ |^Done|^Concurrency|^Registered", line) or self.SHOWN.search(
                line
            ):
                self._terminal.write(line)
        self._terminal.flush()
        return len(text)

    def flush(self) -> None:
        """Pass on to the terminal."""
        self._terminal.flush()


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


def run_job() -> bool:
    """Run the scheduled job in this process, so that the run is in the Dagster UI afterwards."""
    # The assets are read from the manifest, so it must be of the models as they are now.
    subprocess.run([Path(sys.executable).parent / "dbt", "--quiet", "parse"], check=True)

    from dagster import DagsterInstance  # noqa: PLC0415  seconds to import

    from orchestration.definitions import defs  # noqa: PLC0415

    progress = cast(TextIO, DbtProgress(sys.stdout))
    with DagsterInstance.get() as instance, contextlib.redirect_stdout(progress):
        result = defs.resolve_job_def(JOB).execute_in_process(
            instance=instance, run_config=QUIET, raise_on_error=False
        )
    return bool(result.success)


def table(title: str, header: list[str], rows: list[tuple[Any, ...]]) -> None:
    """Print rows in columns."""
    say(f"\n{title}")
    cells = [header, *[["" if v is None else str(v) for v in row] for row in rows]]
    widths = [max(len(row[i]) for row in cells) for i in range(len(header))]
    for row in cells:
        padded = [
            value.ljust(width) if index == 0 else value.rjust(width)
            for index, (value, width) in enumerate(zip(row, widths, strict=True))
        ]
        say("  " + "  ".join(padded))


def summarise(settings: Settings) -> None:
    """Say what is in the warehouse now."""

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
    """Say what the webhook's receiver holds, in total over all runs."""
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
    """Say what is in the files that manifests list: whole states, or changes in all runs."""
    rows: list[tuple[Any, ...]] = []
    for sync in sorted(path for path in folder.glob("*") if path.is_dir()):
        manifests = [json.loads(file.read_text()) for file in sorted(sync.glob("manifest*.json"))]
        files = [file for manifest in manifests for file in manifest["files"]]
        modes = ", ".join(sorted({manifest["mode"] for manifest in manifests}))
        rows.append((sync.name, modes, len(files), sum(file["rows"] for file in files)))
    table(f"What the files destination wrote to {folder}", ["sync", "mode", "files", "rows"], rows)


def main() -> int:
    """Run the demo; returns the exit status."""
    started = time.monotonic()
    warnings.filterwarnings("ignore")
    os.environ.setdefault("DBT_PROFILES_DIR", str(PROJECT_DIR))
    os.environ.setdefault("DAGSTER_HOME", str(PROJECT_DIR / ".dagster"))
    try:
        settings = Settings.from_environment()
        settings.prepare()
    except SettingError as error:
        say(f"error: {error}")
        return 1
    from cdp.activation.receiver import running_receiver  # noqa: PLC0415

    os.environ.setdefault("CDP_AS_OF", AS_OF)
    files = Path(os.environ.setdefault("CDP_FILES_URL", str(settings.data_dir / "exports")))
    secret = os.environ.setdefault("CDP_WEBHOOK_SECRET", secrets.token_hex(32))
    with step(f"A company of {CUSTOMERS} customers over {DAYS} days, and the boots story"):
        write_company(Path(settings.landing_path))
    job_started = time.monotonic()
    with running_receiver(settings.data_dir / "receiver.sqlite", secret=secret) as receiver:
        os.environ["CDP_WEBHOOK_URL"] = receiver.url
        settings = replace(settings, webhook_url=receiver.url)
        with step(f"The job {JOB} on {settings.target}: land, build and test, deliver"):
            succeeded = run_job()
        job_seconds = time.monotonic() - job_started
        with receiver.kept() as store:
            received = store.summary()
    if not succeeded:
        say("\nThe job failed; what lies downstream of the failure was not run. See above, or")
        say("open the run with: make dagster")
        return 1
    try:
        summarise(settings)
    except WarehouseBusyError as error:
        say(f"error: {error}")
        return 1
    summarise_receiver(received)
    summarise_files(files)
    suffix = "" if settings.target == "duckdb" else f" TARGET={settings.target}"
    say(f"\nThe job took {job_seconds:.0f} s, all {time.monotonic() - started:.0f} s. Look around:")
    for command, shown in COMMANDS.items():
        say(f"  {f'make {command}{suffix}':<{16 + len(suffix)}} {shown}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
