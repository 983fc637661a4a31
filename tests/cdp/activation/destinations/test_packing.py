"""Rows by request under several limits at once."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cdp.activation.destinations.base import Change, Operation
from cdp.activation.destinations.packing import by_operation, packed

OPERATIONS: list[Operation] = ["insert", "delete", "merge"]


def change(number: int, operation: Operation = "insert") -> Change:
    return Change(str(number), operation, "{}", f"i{number}", 1)


def test_a_part_is_full_when_any_limit_is_reached() -> None:
    sizes = {"0": 4, "1": 4, "2": 4, "3": 1, "4": 1, "5": 1, "6": 99, "7": 1}
    parts = packed([change(at) for at in range(8)], lambda c: (1, sizes[c.key]), (3, 10))
    assert [[c.key for c in part] for part in parts] == [
        ["0", "1"],
        ["2", "3", "4"],
        ["5"],
        ["6"],
        ["7"],
    ]


def test_operations_of_their_own_requests_do_not_break_up_the_others() -> None:
    mixed = [change(at, OPERATIONS[at % 3]) for at in range(9)]
    most = {"write": (2,), "delete": (3,), "merge": (1,)}
    parts = packed(mixed, lambda _: (1,), most, by_operation)
    assert [[c.key for c in part] for part in parts] == [
        ["0", "3"],
        ["1", "4", "7"],
        ["2"],
        ["5"],
        ["6"],
        ["8"],
    ]


@given(st.lists(st.tuples(st.sampled_from(OPERATIONS), st.integers(0, 12)), max_size=40))
def test_every_change_is_in_one_part_and_no_part_holds_too_much(
    drawn: list[tuple[Operation, int]],
) -> None:
    changes = [change(at, operation) for at, (operation, _) in enumerate(drawn)]
    size = {str(at): bytes_ for at, (_, bytes_) in enumerate(drawn)}
    parts = packed(changes, lambda c: (1, size[c.key]), (4, 10), by_operation)
    assert sorted(c.key for part in parts for c in part) == sorted(c.key for c in changes)
    for part in parts:
        assert len({c.operation for c in part}) == 1
        assert len(part) == 1 or (len(part) <= 4 and sum(size[c.key] for c in part) <= 10)
        assert [int(c.key) for c in part] == sorted(int(c.key) for c in part)
