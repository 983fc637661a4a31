"""How long the identity graph takes, beside scipy, Splink and its own integer part.

    python -m benchmarks.identity [--edges 1000000 10000000] [--engine duckdb postgres]
        [--parts components chains full] [--repeats 3] [--slowest 0]

Prints one JSON object per figure; the exit status is 1 if a bar does not hold. The graphs are
described in `benchmarks.identity_data`. Everything is run through dbt, in projects of one model or
few (tests/projects/graph and identity_bench), with the seeds of rules as shipped; a run's time is
dbt's execution time of the model, from the start of its materialisation to the end of its commit,
so that starting and parsing dbt do not count. Ratios are of runs of one repeat, one after another;
a figure is the median of the repeats. Each run has a process of its own, whose peak memory is
taken with DuckDB's settings as in profiles.yml, kept to 2 GB.

- **components**: from integer edges in a table to labels in a table, beside scipy, which reads the
  same table, numbers its ids densely and writes labels back, and beside Splink's clustering of the
  same tables where the extra is installed (or in the interpreter of `--splink-python`).
- **chains**: rounds of a chain of as many edges as the smallest graph has.
- **full**: from string identifiers to published graph, ledger and change log, beside the
  components of the same graph's integers; then, on that state, runs that take in 1% and 0.01% new
  records, a thousand deletions, one deletion in a region of 100,000 nodes, and nothing at all.
- **PostgreSQL**, where `--engine` names it, on the smallest graph: the components, and the full
  build, each beside DuckDB's.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from benchmarks import identity_data as data
from benchmarks.identity_peers import check_graph, check_labels, solve_by_scipy, solve_by_splink
from benchmarks.identity_postgres import (
    components_of,
    connect,
    count_components,
    drop_state,
    export_edges,
    export_records,
    import_edges,
    import_records,
    postgres_server,
)
from benchmarks.identity_runs import Project, Run, in_child, timed
from benchmarks.identity_workbench import Workbench
from benchmarks.measuring import argument_parser

_PARTS = ("components", "chains", "full")


def main() -> int:
    """Measure everything; returns the exit status."""
    parser = argument_parser(__doc__)
    parser.add_argument("--edges", type=int, nargs="+", default=[1_000_000, 10_000_000])
    parser.add_argument(
        "--engine", nargs="+", default=["duckdb", "postgres"], choices=["duckdb", "postgres"]
    )
    parser.add_argument("--parts", nargs="+", default=list(_PARTS), choices=_PARTS)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument(
        "--slowest", type=int, default=0, help="print this many slowest statements of every run"
    )
    parser.add_argument("--splink-python", default=sys.executable)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-identity-") as folder:
        bench = _Bench(Path(folder), options)
        bench.measure()
    return bench.figures.status


class _Bench(Workbench):
    def __init__(self, folder: Path, options: argparse.Namespace) -> None:
        super().__init__(folder, options)
        self._components: dict[int, list[float]] = {}
        self._full: dict[int, list[float]] = {}

    def measure(self) -> None:
        sizes = sorted(self.options.edges)
        if "chains" in self.options.parts:
            self.chains(sizes[0])
        for edges in sizes:
            base = self.make(edges)
            if "components" in self.options.parts:
                self.components(base, edges)
            if "full" in self.options.parts:
                self.full(base, edges)
            if "postgres" in self.options.engine and edges == sizes[0]:
                with postgres_server(self.folder / "postgres"):
                    if "components" in self.options.parts:
                        self.postgres_components(base, edges)
                    if "full" in self.options.parts:
                        self.postgres(base, edges)
            base.unlink()
        for name, seconds in (("components", self._components), ("full", self._full)):
            if len(sizes) > 1 and all(seconds.get(edges) for edges in sizes):
                first, last = sizes[0], sizes[-1]
                growth = statistics.median(seconds[last]) / statistics.median(seconds[first])
                # The bar is for ten times the edges.
                bar = 13.0 if last == 10 * first else None
                self.figures.add(f"{name}_{last}.vs_{first}", growth, "ratio", at_most=bar)

    def chains(self, length: int) -> None:
        """Rounds that the components of a chain take, and jumps within them."""
        for name, shuffled in (("random", True), ("sequential", False)):
            self.put(None)
            in_child(partial(data.make_chain, shuffled=shuffled), str(self.file), length)
            run = self.run(self.graph, "components", f"chain {name}")
            prefix = f"chain_{length}_{name}"
            self.figures.add(f"{prefix}.rounds", _rounds(run), "rounds", at_most=20.0)
            self.figures.add(f"{prefix}.seconds", run.seconds, "s")
        self.put(None)

    def components(self, base: Path, edges: int) -> None:
        """Components of integer edges, by dbt, by scipy and by Splink, in turns."""
        self.put(base)
        runs: list[Run] = []
        scipy: list[float] = []
        splink: list[float] = []
        for _ in range(self.options.repeats):
            scipy.append(timed(solve_by_scipy, str(self.file)))
            runs.append(self.run(self.graph, "components", "components"))
            seconds = solve_by_splink(self.options.splink_python, str(self.file))
            if seconds is not None:
                splink.append(seconds)
        in_child(check_labels, str(self.file))
        seconds_of_runs = [run.seconds for run in runs]
        self._components[edges] = seconds_of_runs
        prefix = f"components_{edges}"
        self.figures.add(f"{prefix}.seconds", statistics.median(seconds_of_runs), "s")
        self.add_ratio(f"{prefix}.vs_scipy", seconds_of_runs, scipy, 1.0)
        if splink:
            self.add_ratio(f"{prefix}.vs_splink", seconds_of_runs, splink, 0.4)
        self.figures.add(f"{prefix}.rounds", _rounds(runs[-1]), "rounds", at_most=20.0)
        self.add_memory(prefix, runs)

    def full(self, base: Path, edges: int) -> None:
        """The graph from nothing, and what an incremental run costs beside that."""
        file = str(self.file)
        # Tombstones of the graph's own records: fewer in a small graph.
        deletions = min(1000, edges // 100)
        steps: dict[str, tuple[Callable[[], object], float | None]] = {
            "new_1_percent": (lambda: in_child(data.add_records, file, edges // 100, 2), 0.08),
            "new_0.01_percent": (
                lambda: in_child(data.add_records, file, edges // 10_000, 3),
                0.02,
            ),
            f"deleted_{deletions}": (
                lambda: in_child(data.remove_records, file, deletions, 4),
                0.08,
            ),
            "deleted_1_of_giant": (lambda: in_child(data.remove_link_of_giant, file, 2, 5), None),
            "nothing_new": (lambda: None, None),
        }
        integers: list[float] = []
        builds: list[Run] = []
        later: dict[str, list[Run]] = {step: [] for step in steps}
        for _ in range(self.options.repeats):
            self.put(base)
            self.prepare_models()
            integers.append(self.run(self.graph, "components", "integers").seconds)
            builds.append(self.run(self.identity, "identity_graph", f"full {edges}"))
            for step, (stage, _) in steps.items():
                stage()
                later[step].append(self.run(self.identity, "identity_graph", f"{step} {edges}"))
            in_child(check_graph, file)
        seconds = [run.seconds for run in builds]
        self._full[edges] = seconds
        prefix = f"full_{edges}"
        self.figures.add(f"{prefix}.seconds", statistics.median(seconds), "s")
        self.add_ratio(f"{prefix}.vs_integer", seconds, integers, 3.0)
        self.add_memory(prefix, builds)
        for step, (_, bar) in steps.items():
            runs = [run.seconds for run in later[step]]
            name = f"{step}_{edges}"
            self.figures.add(f"{name}.ms", 1000 * statistics.median(runs), "ms")
            self.add_ratio(f"{name}.vs_full", runs, seconds, bar)

    def postgres_components(self, base: Path, edges: int) -> None:
        """Labels of integer edges on PostgreSQL, and on DuckDB, in turns."""
        self.put(base)
        exported = self.folder / "exported"
        exported.mkdir()
        in_child(export_edges, str(self.file), exported)
        with connect("graph") as warehouse:
            import_edges(warehouse, exported)
        shutil.rmtree(exported)
        os.environ["CDP_TARGET"] = "postgres"
        graph = Project("graph", self.folder / "dbt-postgres")
        self._compare_engines(
            f"postgres_components_{edges}",
            lambda: self.run(self.graph, "components", "components duckdb"),
            lambda: self.run(graph, "components", "components postgres"),
        )
        with connect("graph") as warehouse:
            on_both = components_of(warehouse), in_child(count_components, str(self.file))[0]
        if on_both[0] != on_both[1]:
            raise RuntimeError(f"PostgreSQL and DuckDB differ in nodes or components: {on_both}")

    def postgres(self, base: Path, edges: int) -> None:
        """The full build on PostgreSQL, and on DuckDB, in turns."""
        self.put(base)
        exported = self.folder / "exported"
        exported.mkdir()
        in_child(export_records, str(self.file), exported)
        self.prepare_models()
        prepared = self.folder / "prepared.duckdb"
        shutil.copyfile(self.file, prepared)
        with connect("graph") as warehouse:
            import_records(warehouse, exported)
        shutil.rmtree(exported)
        os.environ["CDP_TARGET"] = "postgres"
        identity = Project("identity_bench", self.folder / "dbt-postgres")
        identity.run("", command="seed")
        identity.run("base_* stg_*")

        def on_duckdb() -> Run:
            self.put(prepared)
            return self.run(self.identity, "identity_graph", "duckdb")

        def on_postgres() -> Run:
            with connect("graph") as warehouse:
                drop_state(warehouse)
            return self.run(identity, "identity_graph", "postgres")

        self._compare_engines(f"postgres_{edges}", on_duckdb, on_postgres)

    def _compare_engines(
        self, name: str, on_duckdb: Callable[[], Run], on_postgres: Callable[[], Run]
    ) -> None:
        """Run on both engines in turns; leaves DuckDB as the target."""
        seconds: dict[str, list[float]] = {"duckdb": [], "postgres": []}
        for _ in range(self.options.repeats):
            for target, run in (("duckdb", on_duckdb), ("postgres", on_postgres)):
                os.environ["CDP_TARGET"] = target
                seconds[target].append(run().seconds)
        os.environ["CDP_TARGET"] = "duckdb"
        self.figures.add(f"{name}.seconds", statistics.median(seconds["postgres"]), "s")
        self.add_ratio(f"{name}.vs_duckdb", seconds["postgres"], seconds["duckdb"], 4.0)


def _rounds(run: Run) -> int:
    """Rounds of hooking in a run: each makes one map."""
    numbers = [
        int(number)
        for statement in run.statements
        for number in re.findall(r"table components__cc_map_(\d+) as", statement.sql)
    ]
    return max(numbers)


if __name__ == "__main__":
    started = time.monotonic()
    status = main()
    print(f"{time.monotonic() - started:.0f} s", file=sys.stderr)
    sys.exit(status)
