"""Rows by request, where a vendor limits more than the number of rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from cdp.activation.destinations.base import Change

Weights = tuple[int, ...]


@dataclass
class _Part:
    weights: Weights
    changes: list[Change] = field(default_factory=list)


def by_operation(change: Change) -> str:
    """`delete`, `merge` or `write`: groups deletes and merges apart from inserts and updates."""
    return "write" if change.operation in ("insert", "update") else change.operation


def packed(
    changes: Sequence[Change],
    weigh: Callable[[Change], Weights],
    most: Weights | Mapping[str, Weights],
    group: Callable[[Change], str] = lambda _: "write",
) -> list[list[Change]]:
    """Parts that hold changes of one group each and weigh at most `most`, in the given order.

    A change that alone weighs more than that has a part of its own.

    Args:
        changes: What is to be sent.
        weigh: What a change takes of each of the vendor's limits, such as rows, bytes, objects.
        most: The limits, or those of each group.
        group: What a change goes in one request with, if not with all others.
    """
    open_parts: dict[str, _Part] = {}
    parts: list[list[Change]] = []
    for change in changes:
        name, weights = group(change), weigh(change)
        limits = most[name] if isinstance(most, Mapping) else most
        part = open_parts.get(name)
        total = _sum(part.weights, weights) if part else weights
        if part is None or any(a > b for a, b in zip(total, limits, strict=True)):
            part, total = _Part(weights), weights
            open_parts[name] = part
            parts.append(part.changes)
        part.weights = total
        part.changes.append(change)
    return parts


def _sum(some: Weights, more: Weights) -> Weights:
    return tuple(a + b for a, b in zip(some, more, strict=True))
