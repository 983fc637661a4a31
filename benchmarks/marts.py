"""How long all models take to build, beside plain DuckDB on the same files, and a day's refresh.

    python -m benchmarks.marts [--customers 230000] [--days 90] [--seed 7] [--work DIR]

Generates a company (230,000 customers over 90 days are 10 million events), holds back the files of
its last day, lands the others and builds all models in full; then lands the last day and builds
incrementally. Prints one JSON object a figure, and the ten slowest models of either build; the exit
status is 1 where a bar does not hold.

- **plain**: DuckDB alone reads the same files into tables, a table a folder, and counts events by
  visitor and day once. Nothing of the platform takes part.
- **full**, **day**: from the start of the first model of `dbt run` to the end of the last, by its
  own results: starting and parsing dbt do not count, landing and tests neither.
- **peak_memory**: greatest resident memory of the process that runs dbt.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from cdp.settings import PROJECT_DIR
from generator.cli import DEFAULT_END_DATE

# Who did something, and when, by the folder that says so.
_EVENTS = {
    "web/events": ("anonymous_id", "timestamp"),
    "app/events": ("device_id", "occurred_at"),
    "email/events": ("email", "occurred_at"),
    "pos/receipts": ("loyalty_number", "purchased_at"),
}
_SLOWEST = 10


@dataclass(frozen=True)
class Build:
    """What one `dbt run` took: seconds from first to last model, GiB, and seconds by model."""

    seconds: float
    peak_gib: float
    models: dict[str, float]


def main() -> int:
    """Measure everything; returns the exit status."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--customers", type=int, default=230_000)
    parser.add_argument("--days", type=int, default=90)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument(
        "--work", type=Path, help="build here and keep it: what was generated there before is used"
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-marts-") as scratch:
        return _measure(options.work or Path(scratch), options)


def _measure(folder: Path, options: argparse.Namespace) -> int:
    landing, held = folder / "company" / "landing", folder / "held"
    if not landing.exists():
        size = [f"--customers={options.customers}", f"--days={options.days}"]
        out = f"--out={folder / 'company'}"
        _run("-m", "generator", *size, f"--seed={options.seed}", out)
    plain = _read_by_duckdb(landing, folder / "plain.duckdb")
    _move_last_day(landing, held)
    environment = _environment(folder, landing)
    _run("-m", "cdp.landing", environment=environment)
    _dbt("seed", environment=environment)
    full = _build(environment, folder)
    _move_last_day(held, landing)
    _run("-m", "cdp.landing", environment=environment)
    day = _build(environment, folder)
    events, profiles = _sizes(folder / "warehouse.duckdb")
    holds = [
        _figure("marts.events", events, "rows"),
        _figure("marts.profiles", profiles, "rows"),
        _figure("marts.plain_duckdb", plain, "s"),
        _figure("marts.full_build", full.seconds, "s"),
        _figure("marts.full_build.vs_plain_duckdb", full.seconds / plain, "ratio", 5.0),
        _figure("marts.full_build.peak_memory", full.peak_gib, "GiB", 8.0),
        _figure("marts.last_day", day.seconds, "s"),
        _figure("marts.last_day.vs_full_build", day.seconds / full.seconds, "ratio", 0.15),
        _figure("marts.last_day.peak_memory", day.peak_gib, "GiB", 8.0),
    ]
    for name, build in (("full_build", full), ("last_day", day)):
        slowest = sorted(build.models.items(), key=lambda each: -each[1])[:_SLOWEST]
        for model, seconds in slowest:
            holds.append(_figure(f"marts.{name}.model.{model}", seconds, "s"))
    return 0 if all(holds) else 1


def _read_by_duckdb(landing: Path, file: Path) -> float:
    """Seconds of plain DuckDB for the same files and one count by visitor and day."""
    file.unlink(missing_ok=True)
    started = time.perf_counter()
    with duckdb.connect(str(file)) as database:
        database.execute("set preserve_insertion_order = false")
        for folder in _entities(landing):
            name = folder.relative_to(landing).as_posix()
            database.execute(f'create table "{name}" as {_reader(folder)}')
            if name in _EVENTS:
                visitor, moment = _EVENTS[name]
                database.execute(
                    f'create table "{name} by day" as select "{visitor}" as visitor, '
                    f'left("{moment}"::text, 10) as day, count(*) as events '
                    f'from "{name}" group by all'
                )
    seconds = time.perf_counter() - started
    file.unlink()
    return seconds


def _entities(landing: Path) -> Iterator[Path]:
    for channel in sorted(landing.iterdir()):
        yield from (each for each in sorted(channel.iterdir()) if each.is_dir())


def _reader(folder: Path) -> str:
    if any(".json" in each.name for each in folder.iterdir()):
        return (
            f"select * from read_json('{folder}/*', format = 'newline_delimited', "
            "ignore_errors = true, maximum_depth = 1)"
        )
    return (
        f"select * from read_csv('{folder}/*', all_varchar = true, union_by_name = true, "
        "ignore_errors = true)"
    )


def _move_last_day(source: Path, target: Path) -> None:
    for path in sorted(source.rglob(f"*{DEFAULT_END_DATE}*")):
        moved = target / path.relative_to(source)
        moved.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(path, moved)


def _environment(folder: Path, landing: Path) -> dict[str, str]:
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("CDP_", "PG"))
    }
    return kept | {
        "CDP_TARGET": "duckdb",
        "CDP_DATA_DIR": str(folder / "data"),
        "CDP_LANDING_PATH": str(landing),
        "CDP_DUCKDB_PATH": str(folder / "warehouse.duckdb"),
        "CDP_AS_OF": f"{DEFAULT_END_DATE}T23:59:59Z",
        "DBT_PROFILES_DIR": str(PROJECT_DIR),
        "DBT_TARGET_PATH": str(folder / "target"),
        "DBT_LOG_PATH": str(folder / "logs"),
    }


def _build(environment: dict[str, str], folder: Path) -> Build:
    peak = _dbt("run", environment=environment)
    results = json.loads((folder / "target" / "run_results.json").read_text(encoding="utf-8"))
    models: dict[str, float] = {}
    moments: list[datetime] = []
    for result in results["results"]:
        models[result["unique_id"].split(".")[-1]] = result["execution_time"]
        for timing in result["timing"]:
            moments += [
                datetime.fromisoformat(timing[end]) for end in ("started_at", "completed_at")
            ]
    return Build((max(moments) - min(moments)).total_seconds(), peak, models)


def _dbt(command: str, environment: dict[str, str]) -> float:
    """Run dbt; returns the peak memory of its process in GiB."""
    return _wait([sys.executable, "-m", "cdp.dbt.run", "--quiet", command], environment)


def _run(*arguments: str, environment: dict[str, str] | None = None) -> None:
    _wait([sys.executable, *arguments], dict(os.environ) if environment is None else environment)


def _wait(command: list[str], environment: dict[str, str]) -> float:
    process = subprocess.Popen(command, cwd=PROJECT_DIR, env=environment, stdout=sys.stderr)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} failed: its output is above.")
    return usage.ru_maxrss / 1024**2


def _sizes(warehouse: Path) -> tuple[int, int]:
    with duckdb.connect(str(warehouse), read_only=True) as database:
        row = database.execute(
            "select (select count(*) from cdp_journeys.events), "
            "(select count(*) from cdp_profiles.profiles)"
        ).fetchone()
    if row is None:
        raise RuntimeError("the warehouse has no sizes")
    return int(row[0]), int(row[1])


def _figure(figure: str, value: float, unit: str, bar: float | None = None) -> bool:
    line: dict[str, object] = {"figure": figure, "value": round(value, 3), "unit": unit}
    if bar is not None:
        line |= {"bar": bar, "holds": value <= bar}
    print(json.dumps(line), flush=True)
    return bar is None or value <= bar


if __name__ == "__main__":
    sys.exit(main())
