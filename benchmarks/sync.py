"""How long a sync takes, beside drt and a bare HTTP loop, what planning costs, and memory.

    python -m benchmarks.sync [--rows 100000] [--large 1000000] [--rounds 3] [--drt-python PATH]

Prints one JSON object a figure; the exit status is 1 where a bar does not hold. A ratio is the
median over the rounds, in each of which its parts are measured in turn. All run on DuckDB, on a
payload of ten columns with consent required, in requests of 100 rows with 16 in flight.

The receiver (`benchmarks.sync_receiver`) is one local process that answers after 50 ms; what came
is counted after every run. drt is installed into a virtual environment in the work folder, which
is thrown away, unless `--drt-python` names one that has it: it is no dependency of the project.

- **deliver.seconds**: `run_sync` of a first load, from difference to the last acknowledgement in
  the ledger. Starting Python does not count, with drt neither.
- **deliver.bare_loop**: the same HTTP client posts bodies of the same form and size that lie ready
  in memory, 16 at a time; nothing is planned, signed or recorded.
- **deliver.drt**: drt sends the same rows in requests of 100, by its own clock. It sends one
  request at a time (`--threads` is for several syncs), keeps no ledger of rows, and cannot sign.
- **plan**: `plan_sync` of the large payload with one row in a hundred changed, every other row
  acknowledged; as an upsert and as a mirror, which also looks every row's consent up.
- **plan.full_outer_join**: DuckDB alone, from opening the file, joins payload and ledger in full
  and keeps the rows. `count_only` does not, so it reads two columns: no bar, for comparison.
- **peak_memory**: greatest resident memory of the process that sends the large payload: all of it,
  and then the one row in a hundred that changed; and of the one that plans it.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from functools import partial
from pathlib import Path
from statistics import median

import duckdb

from benchmarks.measuring import Figures, argument_parser, median_ratio
from benchmarks.sync_data import acknowledge_all, change_one_percent, make_warehouse, settings_of
from benchmarks.sync_runs import (
    drt_seconds,
    in_child,
    join_seconds,
    loop_seconds,
    plan_seconds,
    receiver,
    sync_seconds,
)
from cdp.warehouse.connection import connected

DRT = "drt-core==1.2.1"
LATENCY = 0.05
MEMORY_MB = 500


def main() -> int:
    """Measure everything; returns the exit status."""
    parser = argument_parser(__doc__)
    parser.add_argument("--rows", type=int, default=100_000, help="of the payload that is sent")
    parser.add_argument("--large", type=int, default=1_000_000, help="rows of the one planned")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--drt-python", type=Path, help="a Python that has drt-core and duckdb")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-sync-") as scratch:
        bench = _Bench(Path(scratch), max(3, options.rounds))
        python = options.drt_python or _install_drt(Path(scratch) / "drt-venv")
        bench.deliver(options.rows, python.parent / "drt")
        bench.plan(options.large)
        bench.memory(options.large)
    return bench.figures.status


class _Bench:
    def __init__(self, folder: Path, rounds: int) -> None:
        self.figures = Figures("sync")
        self._folder = folder
        self._rounds = rounds

    def deliver(self, rows: int, drt: Path) -> None:
        """A first load, drt and the bare loop, on one receiver."""
        fresh, file = self._folder / "fresh.duckdb", self._folder / "sent.duckdb"
        make_warehouse(fresh, rows)
        ours, loops, drts = [], [], []
        with receiver(LATENCY) as url:
            for _ in range(self._rounds):
                shutil.copy(fresh, file)
                loops.append(in_child(loop_seconds, fresh, url)[0])
                _check_received(url, rows)
                ours.append(in_child(sync_seconds, file, url, rows)[0])
                _check_received(url, rows)
                drts.append(drt_seconds(drt, self._folder / "drt", fresh, url, rows))
                _check_received(url, rows)
        name = f"deliver_{rows}_rows"
        self.figures.add(f"{name}.seconds", median(ours), "s")
        self.figures.add(f"{name}.bare_loop", median(loops), "s")
        self.figures.add(f"{name}.drt", median(drts), "s")
        self.figures.add(f"{name}.speed_vs_drt", median_ratio(drts, ours), "ratio", at_least=8.0)
        self.figures.add(
            f"{name}.speed_vs_bare_loop", median_ratio(loops, ours), "ratio", at_least=0.8
        )

    def plan(self, rows: int) -> None:
        """Planning, and the join of the two tables by DuckDB alone."""
        file = self._folder / "planned.duckdb"
        make_warehouse(file, rows)
        acknowledge_all(file)
        change_one_percent(file)
        joins, counts, upserts, mirrors = [], [], [], []
        for _ in range(self._rounds):
            joins.append(in_child(partial(join_seconds, keeps_rows=True), file)[0])
            counts.append(in_child(partial(join_seconds, keeps_rows=False), file)[0])
            upserts.append(in_child(plan_seconds, file, "upsert"))
            mirrors.append(in_child(plan_seconds, file, "mirror"))
        name = f"plan_{rows}_rows"
        peak = max(memory for _, memory in upserts + mirrors)
        self.figures.add(f"{name}.full_outer_join", median(joins), "s")
        self.figures.add(f"{name}.full_outer_join.count_only", median(counts), "s")
        self.figures.add(f"{name}.peak_memory", peak, "MB", at_most=MEMORY_MB)
        for mode, plans in (("upsert", upserts), ("mirror", mirrors)):
            seconds = [each for each, _ in plans]
            ratio = median_ratio(seconds, joins)
            self.figures.add(f"{name}.{mode}", median(seconds), "s")
            self.figures.add(f"{name}.{mode}.vs_full_outer_join", ratio, "ratio", at_most=3.0)
            self.figures.add(f"{name}.{mode}.vs_count_only", median_ratio(seconds, counts), "ratio")
        file.unlink()

    def memory(self, rows: int) -> None:
        """A first load of the large payload, and then what changed of it."""
        file = self._folder / "large.duckdb"
        make_warehouse(file, rows)
        name = f"deliver_{rows}_rows"
        with receiver(LATENCY) as url:
            seconds, peak = in_child(sync_seconds, file, url, rows)
            _check_received(url, rows)
            change_one_percent(file)
            changed = _changed(file)
            delta_seconds, delta_peak = in_child(sync_seconds, file, url, changed)
            _check_received(url, changed)
        self.figures.add(f"{name}.seconds", seconds, "s")
        self.figures.add(f"{name}.peak_memory", peak, "MB", at_most=MEMORY_MB)
        self.figures.add(f"{name}.one_percent_changed.seconds", delta_seconds, "s")
        self.figures.add(
            f"{name}.one_percent_changed.peak_memory", delta_peak, "MB", at_most=MEMORY_MB
        )


def _install_drt(folder: Path) -> Path:
    """Make a virtual environment with drt and our DuckDB; returns its Python."""
    uv, python = str(Path(sys.executable).with_name("uv")), folder / "bin" / "python"
    subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, str(folder)], check=True)
    packages = [DRT, f"duckdb=={duckdb.__version__}"]
    subprocess.run(
        [uv, "pip", "install", "--quiet", "--python", str(python), *packages], check=True
    )
    return python


def _check_received(url: str, rows: int) -> None:
    with urllib.request.urlopen(url) as response:  # noqa: S310  # our own receiver
        counts = json.load(response)
    if (counts["rows"], counts["keys"]) != (rows, rows):
        raise RuntimeError(f"the receiver got {counts}, not {rows} rows")


def _changed(file: Path) -> int:
    with connected(settings_of(file)) as database:
        rows = database.execute("select count(*) from cdp_syncs.members where product = 'tent'")
    return int(rows[0][0])


if __name__ == "__main__":
    sys.exit(main())
