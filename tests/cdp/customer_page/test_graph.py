"""The drawing of the identity graph."""

from __future__ import annotations

from itertools import pairwise

from cdp.customer_page.graph import MAX_NODES, OTHERS, Edge, Node, draw


def node(kind: str, value: str, strength: int, profile_id: str | None = None) -> Node:
    return Node((kind, value), kind, value, strength, False, profile_id, f"{kind} {value}")


def edge(a: Node, b: Node, number: int, *, is_active: bool = True) -> Edge:
    return Edge(a.key, b.key, is_active, number, f"{a.label}-{b.label}")


def test_visits_of_one_browser_are_one_box() -> None:
    account, cookie, other = (
        node("account", "a", 95),
        node("cookie", "c", 20),
        node("cookie", "d", 20),
    )
    visits = [node("visit", f"v{number}", 5) for number in range(300)]
    links = [edge(account, cookie, 1), edge(account, other, 2)]
    links += [edge(cookie if i < 299 else other, visit, 3 + i) for i, visit in enumerate(visits)]
    # Who was logged in during some of them does not part them.
    links += [edge(account, visit, 400 + i) for i, visit in enumerate(visits[:50])]
    drawing = draw([account, cookie, other, *visits], links)
    assert sorted(box.count for box in drawing.boxes) == [1, 1, 1, 1, 299]
    assert sorted(line.count for line in drawing.lines) == [1, 1, 1, 50, 299]
    assert drawing.left_out == 0
    assert draw([account, cookie, other, *visits], links) == drawing


def test_withheld_links_and_other_profiles_stay_apart() -> None:
    mine, shared = node("account", "a", 95), node("email", "e", 0, "other")
    drawing = draw([mine, shared], [edge(mine, shared, 1, is_active=False)])
    assert [heading for _, heading in drawing.headings] == ["accounts and cards", OTHERS]
    (line,) = drawing.lines
    assert not line.is_active
    assert [box.profile_id for box in drawing.boxes] == [None, "other"]


def test_boxes_never_overlap_and_too_many_are_counted() -> None:
    nodes = [node("order", f"o{number:03}", 50) for number in range(400)]
    links = [edge(a, b, i) for i, (a, b) in enumerate(pairwise(nodes))]
    drawing = draw(nodes, links)
    assert len(drawing.boxes) == MAX_NODES
    assert drawing.left_out == 400 - MAX_NODES
    assert len({(box.x, box.y) for box in drawing.boxes}) == MAX_NODES
    assert all(box.y < drawing.height and box.x < drawing.width for box in drawing.boxes)


def test_nothing_to_draw() -> None:
    assert not draw([], []).boxes
