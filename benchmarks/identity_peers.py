"""What `benchmarks.identity` compares the graph with: scipy, Splink, and expected counts."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import duckdb
import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from benchmarks import identity_data as data
from cdp.warehouse.queries import Queries

_QUERIES = Queries(Path(__file__).parent / "queries")


def solve_by_splink(python: str, path: str) -> float | None:
    """Seconds of Splink in an interpreter; None if it is not installed there."""
    command = [python, str(Path(__file__).with_name("splink_clusters.py")), path]
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


def solve_by_scipy(path: str) -> None:
    """Write the components that scipy finds into table scipy_labels."""
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


def check_labels(path: str) -> None:
    """Raise if dbt's components differ from scipy's."""
    with duckdb.connect(path) as warehouse:
        warehouse.execute(f"use {data.SCHEMA}")
        counts = warehouse.execute(_QUERIES("identity_partition")).fetchone()
        if counts is None or counts[0] != counts[1] or len(set(counts[2:])) != 1:
            raise RuntimeError(f"the components are not scipy's: {counts}")


def check_graph(path: str) -> None:
    """Raise if the runs did not find the merges and splits that were staged."""
    with duckdb.connect(path) as warehouse:
        warehouse.execute(f"use {data.SCHEMA}")
        row = warehouse.execute(_QUERIES("identity_changes")).fetchone()
        if row is None or not all(row):
            raise RuntimeError(f"merges, splits, ledger or clusters are missing: {row}")
