"""The materialisation `connected_components` against scipy, on graphs of every shape."""

from __future__ import annotations

import random
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest
from dbt.cli.main import dbtRunner
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from cdp.settings import Settings
from cdp.warehouse.connection import connected

PROJECT = Path(__file__).parent.parent / "projects" / "graph"

Edges = list[tuple[int, int]]
Partition = set[frozenset[int]]


def expected_partition(edges: Edges) -> Partition:
    links = [(a, b) for a, b in edges if a != b]
    if not links:
        return set()
    nodes, numbers = np.unique(np.array(links).ravel(), return_inverse=True)
    ends = numbers.reshape(-1, 2)
    matrix = coo_matrix((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=(len(nodes),) * 2)
    _, labels = connected_components(matrix, directed=False)
    return as_partition(zip(nodes.tolist(), labels.tolist(), strict=True))


def as_partition(rows: Iterable[tuple[int, int]]) -> Partition:
    groups: dict[int, set[int]] = {}
    for node, label in rows:
        groups.setdefault(label, set()).add(node)
    return {frozenset(group) for group in groups.values()}


def shuffled(edges: Edges, seed: int) -> Edges:
    """The same graph under other node ids, with ends and order swapped about."""
    drawn = random.Random(seed)
    nodes = sorted({node for edge in edges for node in edge})
    renamed = dict(zip(nodes, drawn.sample(range(10 * len(nodes) + 10), len(nodes)), strict=True))
    result = [(renamed[a], renamed[b]) for a, b in edges]
    result = [(b, a) if drawn.random() < 0.5 else (a, b) for a, b in result]
    drawn.shuffle(result)
    return result


def random_graph(nodes: int, edges: int, seed: int) -> Edges:
    drawn = random.Random(seed)
    return [(drawn.randrange(nodes), drawn.randrange(nodes)) for _ in range(edges)]


CHAIN: Edges = [(node, node + 1) for node in range(5000)]
STAR: Edges = [(0, node) for node in range(1, 3000)]
BIG_IDS: Edges = [(2**62 + node, 2**62 + node + 7) for node in range(50)]
GRAPHS: dict[str, Edges] = {
    "no_edges": [],
    "self_loops_only": [(1, 1), (2, 2)],
    "one_edge": [(5, 3)],
    "duplicates_both_ways": [(1, 2), (2, 1), (1, 2), (3, 4)],
    "triangle_and_loop": [(1, 2), (2, 3), (3, 1), (3, 3)],
    "chain_in_order": CHAIN,
    "chain_backwards": [(b, a) for a, b in reversed(CHAIN)],
    "chain_at_random": shuffled(CHAIN, 1),
    "star": STAR,
    "star_at_random": shuffled(STAR, 2),
    # No leaf has a smaller neighbour: what is hooked to those alone leaves all but one as they are.
    "star_around_its_greatest": [(3000, node) for node in range(3000)],
    "stars_of_stars": [(10_000 + node // 10, node) for node in range(5000)]
    + [(20_000 + node // 100, 10_000 + node // 10) for node in range(5000)],
    "sparse_random": random_graph(20_000, 9_000, 3),
    "dense_random": random_graph(300, 5_000, 4),
    "ids_beyond_32_bits": BIG_IDS,
    "negative_ids": [(-1, 2), (2, -7), (9, 10)],
}


def build(
    settings: Settings, edges: Edges, runner: dbtRunner, *options: str
) -> list[tuple[int, int]]:
    with connected(settings) as warehouse:
        warehouse.execute(f"create schema if not exists {settings.schema}")
        warehouse.execute(f"drop table if exists {settings.schema}.edges")
        warehouse.execute(f"create table {settings.schema}.edges (node_a bigint, node_b bigint)")
        for start in range(0, len(edges), 5000):
            values = ", ".join(f"({a}, {b})" for a, b in edges[start : start + 5000])
            warehouse.execute(f"insert into {settings.schema}.edges values {values}")
    arguments = ["--quiet", "run", "--project-dir", str(PROJECT), "--profiles-dir", "."]
    result = runner.invoke([*arguments, *options])
    assert result.success, result.exception or result.result
    with connected(settings) as warehouse:
        rows = warehouse.execute(f"select node_id, component_id from {settings.schema}.components")
    return [(int(node), int(label)) for node, label in rows]


def test_partition_equals_scipy_on_every_shape(settings: Settings) -> None:
    runner = dbtRunner()
    for name, edges in GRAPHS.items():
        labels = build(settings, edges, runner)
        assert len({node for node, _ in labels}) == len(labels), f"{name}: a node stands twice"
        assert as_partition(labels) == expected_partition(edges), name


def test_leaves_one_relation_and_no_debris(settings: Settings) -> None:
    build(settings, GRAPHS["chain_at_random"], dbtRunner())
    with connected(settings) as warehouse:
        rows = warehouse.execute(
            "select table_name from information_schema.tables "
            "where table_schema not in ('pg_catalog', 'information_schema') order by table_name"
        )
    assert [name for (name,) in rows] == ["components", "edges"]


def test_hooking_takes_over_where_an_array_is_too_small(settings: Settings) -> None:
    if settings.target != "postgres":
        pytest.skip("only PostgreSQL solves by union-find")
    edges = [*shuffled(CHAIN[:500], 5), (-2, -1)]
    labels = build(settings, edges, dbtRunner(), "--vars", "{union_find_node_limit: 10}")
    assert as_partition(labels) == expected_partition(edges)
