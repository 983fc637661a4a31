"""What the rows of each incremental model are made by, told to dbt before it runs.

Jinja's `graph` holds no macros, so a model cannot find out by itself that its definition changed.
It compares what is computed here with what `incremental_manifest` recorded of its last run, and is
built in full where they differ (macros/incremental/progress.sql).
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from cdp.settings import Settings

VARIABLE = "CDP_MODEL_CHECKSUMS"

# Strategies whose models record what they have processed.
_RECORDING = frozenset({"replace_changed", "history"})
# Models that store rows: their own upstream models are not followed further.
_STORED = frozenset({"incremental", "identity_graph", "snapshot"})
_REGISTRY = "connector_entries"
_VAR = re.compile(r"""\bvar\(\s*["'](\w+)["']""")
_COMMENT = re.compile(r"\{#.*?#\}|^\s*--[^\n]*$", re.DOTALL | re.MULTILINE)
_IMPLEMENTATION = re.compile(r"[a-z]+__(.+)")


def checksums(manifest: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Describe what each incremental model's rows are made by besides its inputs' rows.

    Args:
        manifest: dbt's manifest, of which `nodes` and `macros` are read.

    Returns:
        By the model's name: `checksum` of its text, of the views and tables that it reads, their
        macros and seeds; `vars`, the settings that these read; and `reads`, the incremental models
        whose rows it reads. Comments and blanks do not count.
    """
    return _Project(manifest).checksums()


def tell(manifest: Any) -> None:
    """Put the checksums of a parsed manifest of dbt where the models look for them."""
    nodes = {name: _plain_node(node) for name, node in manifest.nodes.items()}
    macros = {name: _plain_macro(macro) for name, macro in manifest.macros.items()}
    os.environ[VARIABLE] = json.dumps(checksums({"nodes": nodes, "macros": macros}))


def _plain_node(node: Any) -> dict[str, Any]:
    return {
        "name": node.name,
        "resource_type": str(node.resource_type),
        "raw_code": getattr(node, "raw_code", ""),
        "checksum": {"checksum": node.checksum.checksum},
        "config": {
            "materialized": getattr(node.config, "materialized", ""),
            "incremental_strategy": getattr(node.config, "incremental_strategy", None),
        },
        "depends_on": {
            "nodes": list(getattr(node.depends_on, "nodes", [])),
            "macros": list(node.depends_on.macros),
        },
    }


def _plain_macro(macro: Any) -> dict[str, Any]:
    return {
        "name": macro.name,
        "package_name": macro.package_name,
        "macro_sql": macro.macro_sql,
        "depends_on": {"macros": list(macro.depends_on.macros)},
    }


class _Project:
    def __init__(self, manifest: Mapping[str, Any]) -> None:
        self._nodes: Mapping[str, Any] = manifest["nodes"]
        # dbt's own macros change with dbt's version alone.
        self._macros: dict[str, Any] = {
            name: macro
            for name, macro in manifest["macros"].items()
            if not macro["package_name"].startswith("dbt")
        }
        # Entries of the connectors that are on, which the registry finds by name.
        on = Settings.from_environment().connector_names
        self._connectors = [
            name
            for name, macro in self._macros.items()
            if macro["name"].removeprefix("connector_") in on
        ]
        # Implementations that `adapter.dispatch` may choose, by the macro that calls it.
        self._implementations: dict[str, list[str]] = {}
        for name, macro in self._macros.items():
            found = _IMPLEMENTATION.fullmatch(macro["name"])
            if found:
                self._implementations.setdefault(found[1], []).append(name)

    def checksums(self) -> dict[str, dict[str, Any]]:
        return {
            node["name"]: self._describe(unique_id)
            for unique_id, node in self._nodes.items()
            if _records(node)
        }

    def _describe(self, unique_id: str) -> dict[str, Any]:
        above, reads = self._above(unique_id)
        texts = [_text(self._nodes[name]) for name in sorted(above)]
        called = {name for each in above for name in self._nodes[each]["depends_on"]["macros"]}
        texts += [
            _normalised(self._macros[name]["macro_sql"]) for name in sorted(self._called(called))
        ]
        return {
            "checksum": hashlib.md5("\n".join(texts).encode(), usedforsecurity=False).hexdigest(),
            "vars": sorted({name for text in texts for name in _VAR.findall(text)}),
            "reads": sorted(reads),
        }

    def _above(self, unique_id: str) -> tuple[set[str], set[str]]:
        """The model with all that is computed for it, and the recording models that it reads."""
        above, reads, waiting = {unique_id}, set(), list(self._parents(unique_id))
        while waiting:
            name = waiting.pop()
            node = self._nodes[name]
            if _records(node):
                reads.add(node["name"])
            elif node["config"]["materialized"] not in _STORED and name not in above:
                above.add(name)
                waiting += self._parents(name)
        return above, reads

    def _parents(self, unique_id: str) -> Iterator[str]:
        parents = self._nodes[unique_id]["depends_on"].get("nodes", [])
        return (name for name in parents if name in self._nodes)

    def _called(self, names: set[str]) -> set[str]:
        """The project's macros among some, with those that they call."""
        called: set[str] = set()
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            if name in called or name not in self._macros:
                continue
            called.add(name)
            macro = self._macros[name]
            waiting += macro["depends_on"]["macros"]
            waiting += self._implementations.get(macro["name"], [])
            if macro["name"] == _REGISTRY:
                waiting += self._connectors
        return called


def _records(node: Mapping[str, Any]) -> bool:
    return node["config"].get("incremental_strategy") in _RECORDING


def _text(node: Mapping[str, Any]) -> str:
    """What a model says, or which rows a seed holds."""
    if node["resource_type"] == "seed":
        return f"{node['name']}={node['checksum']['checksum']}"
    return _normalised(node["raw_code"])


@cache
def _normalised(text: str) -> str:
    return " ".join(_COMMENT.sub("", text).split())
