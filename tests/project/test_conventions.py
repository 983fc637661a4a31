"""The rules of the design, checked on the manifest: layers, names, grains, keys, contracts."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from typing import Any

import pytest

from cdp.settings import PROJECT_DIR
from tests.dbt_process import DbtProcess
from tests.project.platform import Platform

Manifest = dict[str, Any]
Node = dict[str, Any]

# A layer reads itself and the layers named before it.
LAYERS = ["staging", "identity", "journeys_profiles", "value", "audiences", "syncs", "metrics"]
LAYER_OF_FOLDER = {"profiles": "journeys_profiles", "journeys": "journeys_profiles"}
MODEL_NAME = {
    "staging": r"(stg|base)_[a-z_]+__[a-z_]+|staging_[a-z_]+|input_[a-z_]+|unmapped_values",
    "identity": r"int_identity__[a-z_]+|identity_[a-z_]+|profile_[a-z_]+",
    "profiles": r"int_profiles__[a-z_]+|[a-z_]+",
    "journeys": r"int_journeys__[a-z_]+|[a-z_]+",
    "value": r"int_value__[a-z_]+|[a-z_]+",
    "audiences": r"int_audiences__[a-z_]+|aud_[a-z_]+|audience_[a-z_]+",
    "syncs": r"sync_[a-z]+__[a-z_]+",
    "metrics": r"[a-z_]+",
}
KEY_TESTS = {"unique", "unique_combination"}
MAXIMUM_LINES = 160


@pytest.fixture(scope="module")
def manifest(dbt_process: DbtProcess, tmp_path_factory: pytest.TempPathFactory) -> Manifest:
    """The project with every connector on."""
    entries = (PROJECT_DIR / "macros" / "connectors").glob("connector_*.sql")
    names = {path.stem.removeprefix("connector_") for path in entries}
    platform = Platform.create(
        tmp_path_factory.mktemp("everything"),
        {"CDP_TARGET": "duckdb", "CDP_CONNECTORS": ",".join(sorted(names))},
        dbt_process,
    )
    parsed: Manifest = json.loads(platform.parsed_manifest_path.read_text())
    return parsed


def models(manifest: Manifest) -> list[Node]:
    found = [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]
    assert len(found) > 60, "the manifest holds too few models to prove anything"
    return found


def folder(node: Node) -> str:
    return str(node["fqn"][1])


def layer(node: Node) -> int:
    return LAYERS.index(LAYER_OF_FOLDER.get(folder(node), folder(node)))


def tests_of(manifest: Manifest) -> dict[str, set[str]]:
    """Names of the generic tests attached to each node."""
    found: dict[str, set[str]] = defaultdict(set)
    for node in manifest["nodes"].values():
        if node["resource_type"] == "test" and node.get("attached_node"):
            found[node["attached_node"]].add(node["test_metadata"]["name"])
    return found


def test_every_description_begins_with_the_grain(manifest: Manifest) -> None:
    wrong = [n["name"] for n in models(manifest) if not n["description"].startswith("One row per")]
    assert not wrong


def test_every_model_has_a_tested_key(manifest: Manifest) -> None:
    attached = tests_of(manifest)
    # The state that identity_graph writes itself is tested by tests/identity.
    wrong = [
        n["name"]
        for n in models(manifest)
        if n["config"]["materialized"] != "ephemeral" and not attached[n["unique_id"]] & KEY_TESTS
    ]
    assert not wrong


def test_every_column_is_described(manifest: Manifest) -> None:
    wrong = [
        f"{node['name']}.{column['name']}"
        for node in models(manifest)
        for column in node["columns"].values()
        if not column["description"].strip()
    ]
    undocumented = [node["name"] for node in models(manifest) if not node["columns"]]
    assert not wrong
    assert not undocumented


def test_every_public_model_has_an_enforced_contract(manifest: Manifest) -> None:
    public = [node for node in models(manifest) if node["access"] == "public"]
    assert len(public) > 15
    wrong = [node["name"] for node in public if not node["config"]["contract"]["enforced"]]
    assert not wrong


def test_names_follow_the_layer(manifest: Manifest) -> None:
    wrong = [
        node["name"]
        for node in models(manifest)
        if not re.fullmatch(MODEL_NAME[folder(node)], node["name"])
    ]
    assert not wrong


def test_a_layer_reads_only_the_layers_above_it(manifest: Manifest) -> None:
    by_id = {node["unique_id"]: node for node in models(manifest)}
    wrong = [
        f"{node['name']} reads {by_id[parent]['name']}"
        for node in by_id.values()
        for parent in node["depends_on"]["nodes"]
        if parent in by_id and layer(by_id[parent]) > layer(node)
    ]
    assert not wrong


def test_only_staging_reads_raw_tables(manifest: Manifest) -> None:
    wrong = [
        node["name"]
        for node in models(manifest)
        if folder(node) != "staging"
        and any(parent.startswith("source.") for parent in node["depends_on"]["nodes"])
    ]
    assert not wrong


def test_dialects_are_told_apart_in_macros_only(manifest: Manifest) -> None:
    wrong = [
        node["name"]
        for node in models(manifest)
        if re.search(r"target\.(type|name)", node["raw_code"])
    ]
    assert not wrong


def test_models_stay_short(manifest: Manifest) -> None:
    lengths = {node["name"]: node["raw_code"].count("\n") + 1 for node in models(manifest)}
    assert not {name: lines for name, lines in lengths.items() if lines > MAXIMUM_LINES}


def test_every_seed_and_source_column_is_described(manifest: Manifest) -> None:
    resources = [n for n in manifest["nodes"].values() if n["resource_type"] == "seed"]
    resources += list(manifest["sources"].values())
    wrong = [
        f"{node['name']}.{column['name']}"
        for node in resources
        for column in node["columns"].values()
        if not column["description"].strip()
    ]
    wrong += [node["name"] for node in resources if not node["description"].strip()]
    wrong += [node["name"] for node in resources if not node["columns"]]
    assert not wrong


def test_every_source_says_how_old_it_may_be(manifest: Manifest) -> None:
    # Landing's own log is written by every run, and tables in place are another tool's.
    channels = [
        node
        for node in manifest["sources"].values()
        if node["source_name"] != "landing" and node["schema"] == "raw"
    ]
    wrong = [n["identifier"] for n in channels if not n["freshness"]["warn_after"]["count"]]
    assert not wrong
    assert all(node["loaded_at_field"] == "_loaded_at" for node in channels)


def test_every_project_macro_is_described(manifest: Manifest) -> None:
    implementation = re.compile(r"^(default|duckdb|postgres|spark)__|^materialization_|^test_")
    wrong = [
        macro["name"]
        for macro in manifest["macros"].values()
        if macro["package_name"] == "customer_data_platform"
        and not implementation.match(macro["name"])
        and not macro["description"].strip()
    ]
    assert not wrong


def test_unit_test_names_fit_an_identifier_of_postgres(manifest: Manifest) -> None:
    assert not [n["name"] for n in manifest["unit_tests"].values() if len(n["name"]) > 63]
