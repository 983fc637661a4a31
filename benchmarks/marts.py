"""How long all models take to build, beside plain DuckDB on the same files, and a day's refresh.

    python -m benchmarks.marts [--customers 230000] [--days 90] [--seed 7] [--work DIR]

Generates a company (230,000 customers over 90 days are 10 million events), holds back the files of
its last day, lands the others and builds all models in full; then lands the last day and builds
incrementally. Prints one JSON object per figure, and the ten slowest models of each build; the exit
status is 1 if a bar does not hold.

- **plain**: DuckDB alone reads the same files, one table per folder, and counts events by visitor
  and day, without any part of the platform.
- **full**, **day**: from the start of the first model of `dbt run` to the end of the last, by its
  results, without start and parsing of dbt, landing and tests.
- **peak_memory**: greatest resident memory of the process that runs dbt.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from benchmarks.measuring import (
    Figures,
    add_company,
    argument_parser,
    environment_of,
    generate_company,
    run_dbt,
    run_python,
)
from generator.cli import DEFAULT_END_DATE

# By folder: the columns of visitor and time.
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
    parser = argument_parser(__doc__)
    add_company(parser, customers=230_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-marts-") as scratch:
        return _measure(options.work or Path(scratch), options)


def _measure(folder: Path, options: argparse.Namespace) -> int:
    landing, held = folder / "company" / "landing", folder / "held"
    generate_company(options, folder / "company")
    plain = _read_by_duckdb(landing, folder / "plain.duckdb")
    _move_last_day(landing, held)
    environment = environment_of(
        folder, CDP_LANDING_PATH=str(landing), CDP_AS_OF=f"{DEFAULT_END_DATE}T23:59:59Z"
    )
    run_python("-m", "cdp", "land", environment=environment)
    run_dbt("seed", environment=environment)
    full = _build(environment, folder)
    _move_last_day(held, landing)
    run_python("-m", "cdp", "land", environment=environment)
    day = _build(environment, folder)
    events, profiles = _sizes(folder / "warehouse.duckdb")
    figures = Figures("marts")
    figures.add("events", events, "rows")
    figures.add("profiles", profiles, "rows")
    figures.add("plain_duckdb", plain, "s")
    figures.add("full_build", full.seconds, "s")
    figures.add("full_build.vs_plain_duckdb", full.seconds / plain, "ratio", at_most=5.0)
    figures.add("full_build.peak_memory", full.peak_gib, "GiB", at_most=8.0)
    figures.add("last_day", day.seconds, "s")
    figures.add("last_day.vs_full_build", day.seconds / full.seconds, "ratio", at_most=0.15)
    figures.add("last_day.peak_memory", day.peak_gib, "GiB", at_most=8.0)
    for name, build in (("full_build", full), ("last_day", day)):
        slowest = sorted(build.models.items(), key=lambda each: -each[1])[:_SLOWEST]
        for model, seconds in slowest:
            figures.add(f"{name}.model.{model}", seconds, "s")
    return figures.status


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


def _build(environment: dict[str, str], folder: Path) -> Build:
    peak = run_dbt("run", environment=environment)
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


def _sizes(warehouse: Path) -> tuple[int, int]:
    with duckdb.connect(str(warehouse), read_only=True) as database:
        row = database.execute(
            "select (select count(*) from cdp_journeys.events), "
            "(select count(*) from cdp_profiles.profiles)"
        ).fetchone()
    if row is None:
        raise RuntimeError("the warehouse has no sizes")
    return int(row[0]), int(row[1])


if __name__ == "__main__":
    sys.exit(main())
