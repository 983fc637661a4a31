"""How long landing takes, beside DuckDB alone reading the same files into a table.

    python -m benchmarks.landing [--rows 1000000] [--rounds 3]

Prints one JSON object a figure; the exit status is 1 where a bar does not hold.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb

from cdp.landing import land
from cdp.settings import Settings

_EVENTS = """
    select
        md5(i::varchar) as message_id,
        ['page', 'track', 'identify'][1 + i % 3] as type,
        case when i % 3 = 1 then ['Product Viewed', 'Product Added'][1 + i % 2] end as event,
        md5((i % 50021)::varchar) as anonymous_id,
        case when i % 4 = 0 then 'A' || (i % 10007) end as user_id,
        strftime(timestamp '2026-01-01' + to_milliseconds(i * 137), '%Y-%m-%dT%H:%M:%S.%gZ')
            as "timestamp",
        strftime(timestamp '2026-01-01' + to_milliseconds(i * 137 + 40), '%Y-%m-%dT%H:%M:%S.%gZ')
            as sent_at,
        strftime(timestamp '2026-01-01' + to_milliseconds(i * 137 + 90), '%Y-%m-%dT%H:%M:%S.%gZ')
            as received_at,
        {
            page: {
                url: 'https://shop.example/product/' || (hash(i) % 5000),
                path: '/product/' || (hash(i) % 5000),
                referrer: case when i % 7 = 0 then 'https://www.search.example/' end,
                title: 'Product ' || (hash(i) % 5000)
            },
            campaign: case
                when i % 5 = 0 then {source: 'search', medium: 'cpc', name: 'spring ' || (i % 30)}
            end,
            user_agent: 'Mozilla/5.0 (X11; Linux x86_64) Browser/' || (i % 40),
            ip: concat_ws('.', 10, hash(i) % 255, hash(i + 1) % 255, i % 255),
            locale: 'de-DE',
            timezone: 'Europe/Berlin'
        } as context,
        {
            product_id: 'P' || (hash(i) % 5000),
            price: (hash(i) % 50000) / 100.0,
            quantity: 1 + i % 3,
            currency: 'EUR'
        } as properties
    from range($rows) as numbers (i)
"""
_MAILS = """
    select
        md5(i::varchar) as event_id,
        ['sent', 'delivered', 'opened', 'clicked', 'bounced'][1 + (hash(i) % 5)::int] as event_type,
        'customer' || (hash(i) % 200000) || '@mail.example' as email,
        'C' || (i % 300) as campaign_id,
        'Campaign, number ' || (i % 300) as campaign_name,
        strftime(timestamp '2026-01-01' + to_seconds(i), '%Y-%m-%d %H:%M:%S') as occurred_at,
        case
            when hash(i) % 5 = 3 then 'https://shop.example/product/' || (hash(i) % 5000)
        end as link_url,
        case when hash(i) % 5 = 4 then 'hard' end as bounce_type,
        'Your offer "' || (i % 300) || '"' as subject
    from range($rows) as numbers (i)
"""
# The address an entity's folder has, what its file holds, and how DuckDB alone reads it.
_FORMATS = {
    "csv": ("bench/mails/mails.csv", _MAILS, "read_csv"),
    "jsonl": ("bench/events/events.jsonl", _EVENTS, "read_json_auto"),
    "jsonl_gz": ("bench/packed/events.jsonl.gz", _EVENTS, "read_json_auto"),
}


def main() -> int:
    """Measure everything; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-landing-") as folder:
        bench = _Bench(Path(folder), options.rows, max(3, options.rounds))
        held = [bench.against_duckdb(name) for name in _FORMATS]
        held.append(bench.small_files(500))
        held.append(bench.nothing_new(10_000))
    return 0 if all(held) else 1


class _Bench:
    def __init__(self, folder: Path, rows: int, rounds: int) -> None:
        self._folder = folder
        self._rows = rows
        self._rounds = rounds
        self._declared = folder / "declared"
        self._declared.mkdir()

    def against_duckdb(self, name: str) -> bool:
        """Landing one large file into an empty warehouse, and DuckDB alone doing so."""
        path, query, reader = _FORMATS[name]
        file = self._folder / name / path
        file.parent.mkdir(parents=True)
        _write(query, self._rows, file)

        def alone() -> None:
            self._read_alone(f"select * from {reader}('{file}')")

        def landed() -> None:
            report = land(self._settings(name, is_new=True), staging_dir=self._declared)
            if report.rows != self._rows:
                raise RuntimeError(f"{report.rows} rows landed, not {self._rows}")

        ratio = self._ratio(landed, alone)
        file.unlink()
        return _figure(f"landing.{name}_{self._rows}_rows.vs_duckdb", ratio, "ratio", 2.0)

    def small_files(self, count: int) -> bool:
        """Landing many daily files of one entity, and DuckDB alone reading them at once."""
        folder = self._folder / "small" / "bench" / "mails"
        folder.mkdir(parents=True)
        _write_daily(_MAILS, 200, count, folder)

        def alone() -> None:
            self._read_alone(f"select * from read_csv('{folder}/*.csv')")

        def landed() -> None:
            land(self._settings("small", is_new=True), staging_dir=self._declared)

        return _figure(
            f"landing.{count}_small_files.vs_duckdb", self._ratio(landed, alone), "ratio", 2.0
        )

    def nothing_new(self, count: int) -> bool:
        """Looking at files that have been landed, as the hourly run does, and just listing them."""
        folder = self._folder / "known" / "bench" / "mails"
        folder.mkdir(parents=True)
        for number in range(count):
            (folder / f"{number:05}.csv").write_text(f"a,b\n{number},x\n", encoding="utf-8")
            os.utime(folder / f"{number:05}.csv", (1_700_000_000, 1_700_000_000))
        settings = self._settings("known", is_new=True)
        land(settings, staging_dir=self._declared)

        def listed() -> None:
            sum(path.stat().st_size for path in sorted(folder.iterdir()))

        def looked_at() -> None:
            report = land(settings, staging_dir=self._declared)
            if report.files_loaded:
                raise RuntimeError("a file that had been landed was landed again")

        return _figure(
            f"landing.{count}_known_files.vs_listing", self._ratio(looked_at, listed), "ratio", 10.0
        )

    def _read_alone(self, query: str) -> None:
        """What DuckDB takes to read files into a table of a file of its own."""
        target = self._folder / "alone.duckdb"
        target.unlink(missing_ok=True)
        with duckdb.connect(str(target)) as connection:
            connection.execute(f"create table landed as {query}")

    def _ratio(self, work: Callable[[], object], base: Callable[[], object]) -> float:
        """Median over the rounds of how much longer the work takes than the base, in turns."""
        ratios = []
        for _ in range(self._rounds):
            seconds_of_base = _seconds(base)
            ratios.append(_seconds(work) / seconds_of_base)
        return statistics.median(ratios)

    def _settings(self, name: str, *, is_new: bool) -> Settings:
        warehouse = self._folder / f"{name}.duckdb"
        if is_new:
            warehouse.unlink(missing_ok=True)
        return Settings.from_environment().model_copy(
            update={
                "target": "duckdb",
                "data_dir": self._folder / "data",
                "landing_path": str(self._folder / name),
                "duckdb_path": warehouse,
            }
        )


def _write(query: str, rows: int, file: Path) -> None:
    file_format = "csv" if file.name.endswith(".csv") else "json"
    compression = ", compression gzip" if file.suffix == ".gz" else ""
    duckdb.execute(
        f"copy ({query.replace('$rows', str(rows))}) to '{file}' "
        f"(format {file_format}{compression})"
    )


def _write_daily(query: str, rows: int, count: int, folder: Path) -> None:
    """Files of so many rows each, as an export writes one a day."""
    with duckdb.connect() as connection:
        connection.execute(
            f"create table rows as select *, row_number() over () as n "
            f"from ({query.replace('$rows', str(rows * count))})"
        )
        for number in range(count):
            connection.execute(
                f"copy (select * exclude (n) from rows where n > {number * rows} "
                f"and n <= {(number + 1) * rows}) to '{folder}/day-{number:04}.csv' (format csv)"
            )


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _figure(figure: str, value: float, unit: str, bar: float) -> bool:
    holds = value <= bar
    print(
        json.dumps(
            {
                "figure": figure,
                "value": round(value, 3),
                "unit": unit,
                "bar": bar,
                "holds": holds,
            }
        ),
        flush=True,
    )
    return holds


if __name__ == "__main__":
    sys.exit(main())
