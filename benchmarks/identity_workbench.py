"""The warehouse, projects and figures that the parts of `benchmarks.identity` share."""

from __future__ import annotations

import argparse
import os
import shutil
from pathlib import Path

import duckdb

from benchmarks import identity_data as data
from benchmarks.identity_runs import Project, Run, in_child, print_slowest
from benchmarks.measuring import Figures, median_ratio
from cdp.settings import PROJECT_DIR


class Workbench:
    """A DuckDB file, and the projects that are run on it."""

    def __init__(self, folder: Path, options: argparse.Namespace) -> None:
        self.folder = folder
        self.options = options
        self.file = folder / "bench.duckdb"
        self.figures = Figures("identity")
        for variable in [name for name in os.environ if name.startswith(("CDP_", "PG", "DBT_"))]:
            del os.environ[variable]
        os.environ["CDP_TARGET"] = "duckdb"
        os.environ["CDP_DUCKDB_PATH"] = str(self.file)
        os.environ["DBT_PROFILES_DIR"] = str(PROJECT_DIR)
        os.environ["CDP_DUCKDB_MEMORY_LIMIT"] = "2GB"
        self.graph = Project("graph", folder / "dbt")
        self.identity = Project("identity_bench", folder / "dbt")

    def add_ratio(self, name: str, work: list[float], base: list[float], bar: float | None) -> None:
        """Add the median ratio of two series of seconds."""
        self.figures.add(name, median_ratio(work, base), "ratio", at_most=bar)

    def add_memory(self, prefix: str, runs: list[Run]) -> None:
        """Add the peak memory of runs."""
        peak = max(run.peak_gib for run in runs)
        self.figures.add(f"{prefix}.peak_memory", peak, "GiB", at_most=3.0)

    def make(self, edges: int) -> Path:
        """Make a graph with a number of edges; returns its file."""
        base = self.folder / f"base_{edges}.duckdb"
        in_child(data.make_graph, str(base), edges)
        return base

    def prepare_models(self) -> None:
        """Load the seeds and build the models that the graph reads."""
        self.identity.run("", command="seed")
        self.identity.run("base_* stg_*")
        in_child(_settle, str(self.file))

    def put(self, base: Path | None) -> None:
        """Make the warehouse a copy of another, or delete it."""
        for file in (self.file, self.file.with_name(f"{self.file.name}.wal")):
            file.unlink(missing_ok=True)
        if base is not None:
            shutil.copyfile(base, self.file)

    def run(self, project: Project, model: str, name: str) -> Run:
        """Run a model."""
        run = project.run(model)
        if os.environ["CDP_TARGET"] == "duckdb":
            in_child(_settle, str(self.file))
        if self.options.slowest:
            print_slowest(run, name, self.options.slowest)
        return run


def _settle(path: str) -> None:
    """Checkpoint, so that the next run does not have to."""
    with duckdb.connect(path) as warehouse:
        warehouse.execute("checkpoint")
