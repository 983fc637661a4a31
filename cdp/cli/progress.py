"""Shows the progress of a build: one line per finished layer, and a bar on a terminal."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from cdp.dbt.events import Event, layer_of

_KINDS = {"model": "models", "seed": "seeds", "snapshot": "snapshots", "test": "tests"}
_FAILED = {"error", "fail", "runtime error"}


@dataclass
class _Layer:
    name: str
    open: set[str] = field(default_factory=set)
    kinds: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    seconds: float = 0

    def line(self) -> str:
        kinds = ", ".join(
            f"{count:,} {kind if count > 1 else kind[:-1]}"
            for key, kind in _KINDS.items()
            if (count := self.kinds[key])
        )
        outcomes = "".join(
            f"  {self.outcomes[outcome]:,} {outcome}"
            for outcome in ("failed", "warned", "skipped")
            if self.outcomes[outcome]
        )
        return f"  {self.name:<12} {kinds or 'nothing run':<28} {self.seconds:>7.1f} s{outcomes}"


class LayerProgress:
    """A listener of dbt's events, and a context in which the bar is shown.

    Seconds of a layer are those that its models and tests took, added up.
    """

    def __init__(
        self,
        nodes: Mapping[str, Mapping[str, Any]],
        *,
        chosen: Iterable[str] | None = None,
        is_verbose: bool = False,
        console: Console | None = None,
    ) -> None:
        """Set the nodes to expect: those of a manifest, or the selected ones, by unique id."""
        # Without a selection, a node that never ran may not have been selected at all.
        self._knows_selection = chosen is not None
        self._console = console or Console(highlight=False, soft_wrap=True)
        self._is_verbose = is_verbose
        self._layers: dict[str, _Layer] = {}
        self._layer_by_node: dict[str, _Layer] = {}
        for unique_id in nodes if chosen is None else chosen:
            node = nodes.get(unique_id)
            if node is not None and node["resource_type"] in _KINDS and not _is_ephemeral(node):
                layer = self._layers.setdefault(layer_of(node), _Layer(layer_of(node)))
                layer.open.add(unique_id)
                self._layer_by_node[unique_id] = layer
        self._bar = Progress(
            TextColumn("  {task.description:<12}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=self._console,
            transient=True,
            disable=not self._console.is_terminal,
        )
        self._task = self._bar.add_task("", total=len(self._layer_by_node))

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()
        for layer in self._layers.values():
            if layer.open and self._knows_selection:
                layer.outcomes["skipped"] += len(layer.open)
            if layer.open and (self._knows_selection or layer.kinds):
                self._say(layer.line())

    def from_dbt(self, message: Any) -> None:
        """Take an event as dbt's callbacks get it, leaving out most of the debug log."""
        from google.protobuf.json_format import MessageToDict

        if message.info.level != "debug" or message.info.name == "NodeFinished":
            self(MessageToDict(message, preserving_proto_field_name=True))

    def __call__(self, event: Event) -> None:
        """Take an event as dbt logs it in JSON."""
        info = event["info"]
        level = info.get("level", "info")
        is_wanted = self._is_verbose and level == "info"
        if level in ("warn", "error") or is_wanted or info.get("name") == "SQLCompiledPath":
            self._say(info.get("msg", ""))
        node = event.get("data", {}).get("node_info") or {}
        layer = self._layer_by_node.get(node.get("unique_id", ""))
        if layer is None or node["unique_id"] not in layer.open or not _is_over(node):
            return
        layer.open.remove(node["unique_id"])
        layer.kinds[node["resource_type"]] += 1
        status = node["node_status"]
        outcome = "failed" if status in _FAILED else "warned" if status == "warn" else status
        layer.outcomes[outcome] += 1
        layer.seconds += _seconds(node)
        self._bar.update(self._task, advance=1, description=layer.name)
        if not layer.open:
            self._say(layer.line())

    def _say(self, text: str) -> None:
        self._console.print(text, markup=False)


def _is_ephemeral(node: Mapping[str, Any]) -> bool:
    return bool(node.get("config", {}).get("materialized") == "ephemeral")


def _is_over(node: Mapping[str, Any]) -> bool:
    return bool(node.get("node_finished_at")) or node.get("node_status") == "skipped"


def _seconds(node: Mapping[str, Any]) -> float:
    if not (node.get("node_started_at") and node.get("node_finished_at")):
        return 0
    begun, ended = (
        datetime.fromisoformat(node[key]) for key in ("node_started_at", "node_finished_at")
    )
    return (ended - begun).total_seconds()


def read_nodes(manifest_path: Path) -> dict[str, dict[str, Any]]:
    """Nodes of a manifest on disk, by unique id."""
    nodes: dict[str, dict[str, Any]] = json.loads(manifest_path.read_text())["nodes"]
    return nodes
