"""What dbt's documentation shows has a description, down to the columns that really exist."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from tests.project.conftest import Built

Manifest = dict[str, Any]


def test_every_resource_is_described(manifest: Manifest) -> None:
    nodes = [
        node
        for node in manifest["nodes"].values()
        if node["resource_type"] in ("model", "seed", "snapshot", "analysis")
    ]
    kinds = ("sources", "exposures", "metrics", "semantic_models", "saved_queries", "groups")
    others = [node for kind in kinds for node in manifest.get(kind, {}).values()]
    assert len(nodes) > 100
    wrong = [n["name"] for n in [*nodes, *others] if not (n.get("description") or "").strip()]
    wrong += [
        node["source_name"]
        for node in manifest["sources"].values()
        if not node["source_description"].strip()
    ]
    assert not wrong


def test_every_column_that_is_built_is_described(built: Built) -> None:
    """YAML may leave columns out or keep ones that are gone; the warehouse knows."""
    platform = built("duckdb")
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for schema, table, column in platform.rows(
        "select table_schema, table_name, column_name from information_schema.columns"
    ):
        found[schema, table].add(column)
    wrong = {}
    for node in platform.manifest["nodes"].values():
        columns = found.get((node["schema"], node["alias"]))
        if columns is None or node["resource_type"] not in ("model", "seed", "snapshot"):
            continue
        described = {n for n, c in node["columns"].items() if c["description"].strip()}
        if columns ^ described:
            wrong[node["name"]] = sorted(columns ^ described)
    assert not wrong
