"""dbt's structured events on their way to who shows them: Dagster's log or a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

Event = Mapping[str, Any]
Listener = Callable[[Event], None]


def print_message(event: Event) -> None:
    """Print what dbt says."""
    sys.stdout.write(f"{event['info']['msg']}\n")
    sys.stdout.flush()


_listeners: list[Listener] = [print_message]


def tell(event: Event) -> None:
    """Pass an event on to the listener that was set last."""
    _listeners[-1](event)


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Let a function have the events instead of printing their messages."""
    _listeners.append(listener)
    try:
        yield
    finally:
        _listeners.remove(listener)


def layer_of(node: Mapping[str, Any]) -> str:
    """Layer of a node or test: its first folder under `models`; `rules` for seeds, `snapshots`."""
    folder = str(node["original_file_path"]).partition("/")[0]
    if folder in ("seeds", "snapshots"):
        return "rules" if folder == "seeds" else folder
    return str(node["fqn"][1])
