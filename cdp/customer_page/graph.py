"""The identity graph of one person as a drawing: positions of identifiers and links.

Each column is a range of identifier priorities, the highest on the left. Identifiers of one type
with the same neighbours are drawn as one box. Those of the lowest range, device windows and clicks,
are one box if they belong to the same browser or device. If there are still too many boxes, only
those of the highest priority are drawn.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

MAX_NODES = 150
MIN_GROUP_SIZE = 3
# Minimum priority and heading of each column; other profiles are in an extra last column.
TIERS = (
    (90, "accounts and cards"),
    (60, "contact and payment"),
    (20, "orders, devices, browsers"),
    (0, "device windows and clicks"),
)
OTHERS = "other profiles"
# Pixels. Every second column is half a row lower, so that lines pass between its boxes.
COLUMN_WIDTH, ROW_HEIGHT, BOX_WIDTH, BOX_HEIGHT, MARGIN, HEAD = 232, 60, 166, 42, 12, 30
# Part of the gap between columns that is not needed after the last column.
BOW = 36
MAX_LABEL_LENGTH = 19

Key = tuple[str, str]


@dataclass(frozen=True)
class Node:
    """An identifier to draw.

    Attributes:
        key: Type and value, which are never drawn.
        kind: Type in words.
        label: Value as the role may see it.
        strength: Priority of the type.
        is_guarded: Whether it is blocked or shared, so that its links are inactive.
        profile_id: Its profile if that is another one; None for the person's own.
        title: Tooltip.
    """

    key: Key
    kind: str
    label: str
    strength: int
    is_guarded: bool
    profile_id: str | None
    title: str


@dataclass(frozen=True)
class Edge:
    """A link to draw, with its number in the list of evidence and its tooltip."""

    start: Key
    end: Key
    is_active: bool
    number: int
    title: str


@dataclass(frozen=True)
class Box:
    """A node with its position; it represents `count` identifiers."""

    x: int
    y: int
    kind: str
    label: str
    title: str
    is_guarded: bool
    profile_id: str | None
    count: int


@dataclass(frozen=True)
class Line:
    """A curve between two boxes; it represents `count` links, the first of them `number`."""

    path: str
    title: str
    is_active: bool
    number: int
    count: int


@dataclass(frozen=True)
class Drawing:
    """What the template draws, without `left_out` identifiers."""

    width: int
    height: int
    headings: Sequence[tuple[int, str]]
    boxes: Sequence[Box]
    lines: Sequence[Line]
    left_out: int


def draw(nodes: Sequence[Node], edges: Sequence[Edge]) -> Drawing:
    """Position nodes and edges; the same input gives the same drawing."""
    groups = _folded(nodes, edges)
    shown, left_out = groups[:MAX_NODES], groups[MAX_NODES:]
    boxes: list[Box] = []
    box_of: dict[Key, Box] = {}
    headings = []
    columns = _columns(shown, edges)
    lowest = 0
    for number, (heading, column) in enumerate(columns):
        x = MARGIN + number * COLUMN_WIDTH
        headings.append((x, heading))
        for row, group in enumerate(column):
            y = HEAD + MARGIN + row * ROW_HEIGHT + number % 2 * (ROW_HEIGHT // 2)
            lowest = max(lowest, y)
            box = _box(group, x, y)
            boxes.append(box)
            box_of.update({node.key: box for node in group})
    return Drawing(
        width=2 * MARGIN + len(columns) * COLUMN_WIDTH - BOW,
        height=lowest + BOX_HEIGHT + 2 * MARGIN,
        headings=headings,
        boxes=boxes,
        lines=_lines(edges, box_of),
        left_out=sum(map(len, left_out)),
    )


def _folded(nodes: Sequence[Node], edges: Sequence[Edge]) -> list[list[Node]]:
    """Groups of nodes to draw as one box, by descending priority, other profiles last."""
    by_key = {node.key: node for node in nodes}
    neighbours: defaultdict[Key, set[tuple[Key, bool]]] = defaultdict(set)
    for edge in edges:
        if edge.start in by_key and edge.end in by_key:
            neighbours[edge.start].add((edge.end, edge.is_active))
            neighbours[edge.end].add((edge.start, edge.is_active))
    alike: defaultdict[tuple[object, ...], list[Node]] = defaultdict(list)
    for node in nodes:
        counted = neighbours[node.key]
        if node.profile_id is None and _is_weakest(node):
            # Group by browser or device alone, regardless of who was logged in.
            stronger = [each for each in counted if not _is_weakest(by_key[each[0]])]
            stronger.sort(key=lambda each: (by_key[each[0]].strength, each))
            counted = set(stronger[:1])
        same = (node.key[0], node.profile_id, node.is_guarded, frozenset(counted))
        alike[same].append(node)
    groups: list[list[Node]] = []
    for group in alike.values():
        groups += [group] if len(group) >= MIN_GROUP_SIZE else [[node] for node in group]
    return sorted(
        groups,
        key=lambda group: (group[0].profile_id is not None, -group[0].strength, group[0].key),
    )


def _columns(
    groups: Sequence[list[Node]], edges: Sequence[Edge]
) -> list[tuple[str, list[list[Node]]]]:
    """Groups by column, each near its neighbours in the columns before."""
    by_heading: dict[str, list[list[Node]]] = {}
    for group in groups:
        heading = OTHERS if group[0].profile_id else _tier(group[0].strength)
        by_heading.setdefault(heading, []).append(group)
    linked: defaultdict[Key, list[Key]] = defaultdict(list)
    for edge in edges:
        linked[edge.start].append(edge.end)
        linked[edge.end].append(edge.start)
    row_of: dict[Key, int] = {}
    columns = []
    for heading, column in by_heading.items():
        ordered = sorted(column, key=lambda group: (_height(group, linked, row_of), group[0].key))
        columns.append((heading, ordered))
        row_of.update({node.key: row for row, group in enumerate(ordered) for node in group})
    return columns


def _is_weakest(node: Node) -> bool:
    return _tier(node.strength) == TIERS[-1][1]


def _tier(strength: int) -> str:
    return next(heading for least, heading in TIERS if strength >= least)


def _height(
    group: Sequence[Node], linked: Mapping[Key, list[Key]], row_of: Mapping[Key, int]
) -> float:
    """Mean row of the neighbours that already have one."""
    rows = [row_of[other] for other in linked[group[0].key] if other in row_of]
    return sum(rows) / len(rows) if rows else float(len(row_of))


def _box(group: Sequence[Node], x: int, y: int) -> Box:
    first, count = group[0], len(group)
    label, title = _shortened(first.label), first.title
    if count > 1:
        label, title = f"{count} of these", f"{count} identifiers, such as {title}"
    return Box(x, y, first.kind, label, title, first.is_guarded, first.profile_id, count)


def _shortened(label: str) -> str:
    if len(label) <= MAX_LABEL_LENGTH:
        return label
    return f"{label[: MAX_LABEL_LENGTH - 7]}…{label[-6:]}"


def _lines(edges: Sequence[Edge], box_of: Mapping[Key, Box]) -> list[Line]:
    by_ends: defaultdict[tuple[Box, Box, bool], list[Edge]] = defaultdict(list)
    for edge in edges:
        if edge.start in box_of and edge.end in box_of:
            start, end = box_of[edge.start], box_of[edge.end]
            if (end.x, end.y) < (start.x, start.y):
                start, end = end, start
            by_ends[start, end, edge.is_active].append(edge)
    return [
        Line(
            path=_path(start, end),
            title=together[0].title
            if len(together) == 1
            else f"{len(together)} links, such as {together[0].title}",
            is_active=is_active,
            number=together[0].number,
            count=len(together),
        )
        for (start, end, is_active), together in by_ends.items()
    ]


def _path(start: Box, end: Box) -> str:
    """A curve from the right side of one box to the left side of the other."""
    middle_start, middle_end = start.y + BOX_HEIGHT // 2, end.y + BOX_HEIGHT // 2
    if start.x == end.x:
        x = start.x + BOX_WIDTH
        return (
            f"M{x} {middle_start} C{x + 30} {middle_start} {x + 30} {middle_end} {x} {middle_end}"
        )
    x_start, x_end = start.x + BOX_WIDTH, end.x
    bend = max((x_end - x_start) // 2, 23)
    return (
        f"M{x_start} {middle_start} C{x_start + bend} {middle_start} "
        f"{x_end - bend} {middle_end} {x_end} {middle_end}"
    )
