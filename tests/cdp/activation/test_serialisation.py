"""The JSON that destinations get is the same on both engines, and loses nothing."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from cdp.activation.serialisation import column_without_json, row_json
from cdp.activation.spec import ColumnKind, PayloadColumn
from cdp.settings import Settings
from cdp.warehouse.connection import connected

TYPES: dict[ColumnKind, str] = {
    "text": "text",
    "integer": "bigint",
    "boolean": "boolean",
    "numeric": "numeric(18, 2)",
    "double": "double precision",
    "date": "date",
    "timestamp": "timestamp",
}


def sent(
    settings: Settings, *fields: tuple[str, ColumnKind, object]
) -> tuple[dict[str, Any], str | None]:
    """A row of the fields as JSON, and the column that has none."""
    columns = [
        (PayloadColumn(name=name, kind=kind, scale=2), f"v{at}")
        for at, (name, kind, _) in enumerate(fields)
    ]
    casts = ", ".join(
        f"cast(${at + 1} as {TYPES[kind]}) as v{at}" for at, (_, kind, _) in enumerate(fields)
    )
    with connected(settings) as connection:
        ((text, problem),) = connection.execute(
            f"select {row_json(settings.target, columns)}, {column_without_json(columns)} "
            f"from (select {casts}) as payload",
            [value for _, _, value in fields],
        )
    return json.loads(text), problem


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("text", 'a "quoted" \\ line\nand Größe 👢', 'a "quoted" \\ line\nand Größe 👢'),
        ("text", "12", "12"),
        ("integer", 2**62, 2**62),
        ("boolean", False, False),
        ("numeric", Decimal("12.50"), 12.5),
        ("numeric", Decimal("-9999999999999.99"), -9999999999999.99),
        ("double", 1e300, 1e300),
        ("double", 0.1, 0.1),
        ("date", date(2026, 3, 1), "2026-03-01"),
        (
            "timestamp",
            datetime.fromisoformat("2026-03-02T04:05:06"),
            "2026-03-02T04:05:06.000000Z",
        ),
    ],
)
def test_values_keep_their_type(
    settings: Settings, kind: ColumnKind, value: object, expected: object
) -> None:
    assert sent(settings, ("field", kind, value)) == ({"field": expected}, None)
    assert sent(settings, ("field", kind, None)) == ({"field": None}, None)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("numeric", Decimal("10000000000000.00")),
        ("double", float("nan")),
        ("double", float("-inf")),
    ],
)
def test_what_json_would_not_keep_is_named(
    settings: Settings, kind: ColumnKind, value: object
) -> None:
    _, problem = sent(settings, ("fine", "text", "x"), ("amount", kind, value))
    assert problem == "amount"


def test_the_receivers_names_may_be_any(settings: Settings) -> None:
    names = ["E-Mail", "it's", "Größe", 'a "b"', "select", "$email"]
    row, _ = sent(settings, *((name, "text", name) for name in names))
    assert row == {name: name for name in names}


def test_more_columns_than_a_function_takes(settings: Settings) -> None:
    row, _ = sent(settings, *((f"c{number}", "integer", number) for number in range(120)))
    assert row == {f"c{number}": number for number in range(120)}
