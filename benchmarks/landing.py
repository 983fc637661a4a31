"""How long landing takes, beside DuckDB alone reading the same files into a table.

    python -m benchmarks.landing [--rows 1000000] [--rounds 3]

Prints one JSON object a figure; the exit status is 1 where a bar does not hold.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import duckdb

from benchmarks.measuring import Figures, argument_parser, median_ratio, seconds_of
from cdp.landing import land
from cdp.settings import Settings
from cdp.warehouse.queries import Queries

_QUERIES = Queries(Path(__file__).parent / "queries")
# By format: the path of the file, its rows, and how DuckDB alone reads it.
_FORMATS = {
    "csv": ("bench/mails/mails.csv", "landing_mails", "read_csv"),
    "jsonl": ("bench/events/events.jsonl", "landing_events", "read_json_auto"),
    "jsonl_gz": ("bench/packed/events.jsonl.gz", "landing_events", "read_json_auto"),
}


def main() -> int:
    """Measure everything; returns the exit status."""
    parser = argument_parser(__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-landing-") as folder:
        bench = _Bench(Path(folder), options.rows, max(3, options.rounds))
        for name in _FORMATS:
            bench.against_duckdb(name)
        bench.small_files(500)
        bench.nothing_new(10_000)
    return bench.figures.status


class _Bench:
    def __init__(self, folder: Path, rows: int, rounds: int) -> None:
        self.figures = Figures("landing")
        self._folder = folder
        self._rows = rows
        self._rounds = rounds
        self._declared = folder / "declared"
        self._declared.mkdir()

    def against_duckdb(self, name: str) -> None:
        """Landing one large file into an empty warehouse, and DuckDB alone reading it."""
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
        self.figures.add(f"{name}_{self._rows}_rows.vs_duckdb", ratio, "ratio", at_most=2.0)

    def small_files(self, count: int) -> None:
        """Landing many daily files of one entity, and DuckDB alone reading them at once."""
        folder = self._folder / "small" / "bench" / "mails"
        folder.mkdir(parents=True)
        _write_daily("landing_mails", 200, count, folder)

        def alone() -> None:
            self._read_alone(f"select * from read_csv('{folder}/*.csv')")

        def landed() -> None:
            land(self._settings("small", is_new=True), staging_dir=self._declared)

        ratio = self._ratio(landed, alone)
        self.figures.add(f"{count}_small_files.vs_duckdb", ratio, "ratio", at_most=2.0)

    def nothing_new(self, count: int) -> None:
        """Examining files that were landed before, and just listing them."""
        folder = self._folder / "known" / "bench" / "mails"
        folder.mkdir(parents=True)
        for number in range(count):
            (folder / f"{number:05}.csv").write_text(f"a,b\n{number},x\n", encoding="utf-8")
            os.utime(folder / f"{number:05}.csv", (1_700_000_000, 1_700_000_000))
        settings = self._settings("known", is_new=True)
        land(settings, staging_dir=self._declared)

        def listed() -> None:
            sum(path.stat().st_size for path in sorted(folder.iterdir()))

        def examined() -> None:
            report = land(settings, staging_dir=self._declared)
            if report.files_loaded:
                raise RuntimeError("a file that had been landed was landed again")

        ratio = self._ratio(examined, listed)
        self.figures.add(f"{count}_known_files.vs_listing", ratio, "ratio", at_most=10.0)

    def _read_alone(self, query: str) -> None:
        """What DuckDB takes to read files into a table of a file of its own."""
        target = self._folder / "alone.duckdb"
        target.unlink(missing_ok=True)
        with duckdb.connect(str(target)) as connection:
            connection.execute(f"create table landed as {query}")

    def _ratio(self, work: Callable[[], object], base: Callable[[], object]) -> float:
        """Median over the rounds of how much longer the work takes than the base, in turns."""
        rounds = [(seconds_of(base), seconds_of(work)) for _ in range(self._rounds)]
        return median_ratio([work for _, work in rounds], [base for base, _ in rounds])

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
        f"copy ({_QUERIES(query, rows=rows)}) to '{file}' (format {file_format}{compression})"
    )


def _write_daily(query: str, rows: int, count: int, folder: Path) -> None:
    """Daily files of an export with a number of rows each."""
    with duckdb.connect() as connection:
        connection.execute(
            f"create table rows as select *, row_number() over () as n "
            f"from ({_QUERIES(query, rows=rows * count)})"
        )
        for number in range(count):
            connection.execute(
                f"copy (select * exclude (n) from rows where n > {number * rows} "
                f"and n <= {(number + 1) * rows}) to '{folder}/day-{number:04}.csv' (format csv)"
            )


if __name__ == "__main__":
    sys.exit(main())
