"""The identity graph of one person: the drawing and the evidence of each link."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cdp.customer_page.graph import Drawing, Edge, Node, draw
from cdp.customer_page.masking import Masker
from cdp.customer_page.warehouse import Reader
from cdp.customer_page.wording import counted, records, span, words
from cdp.identity.evidence import REASONS

MAX_IDENTIFIERS = 5000
MAX_LINKS = 10_000
# Rows of evidence below the drawing: inactive links first, then by priority.
MAX_EVIDENCE = 200


@dataclass(frozen=True)
class Evidence:
    """One link: its ends, the records that contain both, and the reason if it is inactive."""

    number: int
    ends: Sequence[tuple[str, str, str | None]]
    is_active: bool
    reason: str | None
    record_count: int
    source_count: int
    sample: str
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True)
class Change:
    """A merge or a split, and the link that caused it."""

    what: str
    from_profile_id: str
    to_profile_id: str
    cause: str
    identifier_count: int
    changed_at: datetime
    link: str | None


@dataclass(frozen=True)
class Identity:
    """The graph as a drawing and as a list."""

    drawing: Drawing
    evidence: Sequence[Evidence]
    has_more_evidence: bool
    identifiers: Sequence[Node]
    identifier_count: str
    link_count: str
    changes: Sequence[Change]


def read_identity(reader: Reader, masker: Masker, profile_id: str) -> Identity:
    """The graph with the evidence of each link."""
    rows = reader.rows("identifiers", profile_id)
    nodes = {(row[0], row[1]): _node(masker, row) for row in rows[:MAX_IDENTIFIERS]}
    own = list(nodes.values())
    links = reader.rows("links", profile_id)
    evidence, edges = [], []
    for number, link in enumerate(links[:MAX_LINKS], start=1):
        each = _evidence(masker, profile_id, number, link)
        evidence.append(each)
        start, end = (link[0], link[1]), (link[2], link[3])
        edges.append(Edge(start, end, each.is_active, number, _title(each)))
        for key, (_, label, other) in zip((start, end), each.ends, strict=True):
            if key not in nodes and other is not None:
                title = f"{words(key[0])} {label}, of another profile"
                nodes[key] = Node(key, words(key[0]), label, 0, False, other, title)
    return Identity(
        drawing=draw(list(nodes.values()), edges),
        evidence=evidence[:MAX_EVIDENCE],
        has_more_evidence=len(evidence) > MAX_EVIDENCE,
        identifiers=own,
        identifier_count=counted(rows, MAX_IDENTIFIERS),
        link_count=counted(links, MAX_LINKS),
        changes=[_change(masker, row) for row in reader.rows("changes", profile_id)],
    )


def _node(masker: Masker, row: tuple[Any, ...]) -> Node:
    kind, value, strength, is_blocked, is_shared, record_count, first, last, reason = row
    label = masker.identifier(kind, value)
    parts = [f"{words(kind)} {label}", records(record_count), span(first, last)]
    if reason:
        parts.append(reason)
    is_guarded = is_blocked or is_shared
    return Node((kind, value), words(kind), label, strength, is_guarded, None, "; ".join(parts))


def _evidence(masker: Masker, profile_id: str, number: int, row: tuple[Any, ...]) -> Evidence:
    (
        type_a, value_a, type_b, value_b, is_active, reason, records, sources, model, record,
        first, last, profile_a, profile_b,
    ) = row  # fmt: skip
    mask = masker.identifier
    return Evidence(
        number=number,
        ends=[
            (type_a, mask(type_a, value_a), None if profile_a == profile_id else profile_a),
            (type_b, mask(type_b, value_b), None if profile_b == profile_id else profile_b),
        ],
        is_active=is_active,
        reason=None if is_active else REASONS.get(reason, "see docs/identity.md"),
        record_count=records,
        source_count=sources,
        sample=masker.text(f"{model} {record}"),
        first_at=first,
        last_at=last,
    )


def _title(link: Evidence) -> str:
    ends = " and ".join(f"{words(kind)} {label}" for kind, label, _ in link.ends)
    parts = [ends, f"{records(link.record_count)}, such as {link.sample}"]
    parts.append(span(link.first_at, link.last_at))
    if link.reason:
        parts.append(f"inactive: {link.reason}")
    return "; ".join(parts)


def _change(masker: Masker, row: tuple[Any, ...]) -> Change:
    what, source, target, cause, count, at, type_a, value_a, type_b, value_b, *sample = row
    link = None
    if type_a is not None:
        mask = masker.identifier
        link = f"{words(type_a)} {mask(type_a, value_a)} and {words(type_b)} "
        link += f"{mask(type_b, value_b)}, shown by {masker.text(' '.join(sample))}"
    return Change(what, source, target, words(cause), count, at, link)
