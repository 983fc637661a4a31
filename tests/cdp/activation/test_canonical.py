"""Hashes and keys are the same on both engines, and change with content alone."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from cdp.activation.canonical import idempotency_key, row_hash
from cdp.activation.spec import ColumnKind, PayloadColumn
from cdp.settings import Settings
from cdp.warehouse.connection import connected
from tests.cdp.activation.activation_world import COLUMNS, row

KINDS: dict[str, ColumnKind] = {
    "text": "text",
    "numeric(18, 2)": "numeric",
    "bigint": "integer",
    "double precision": "double",
    "boolean": "boolean",
    "date": "date",
    "timestamp": "timestamp",
}


def hash_of(
    settings: Settings, values: Mapping[str, Any], kinds: Mapping[str, str] = COLUMNS
) -> str:
    columns = [(PayloadColumn(name=name, kind=KINDS[kind]), name) for name, kind in kinds.items()]
    casts = ", ".join(
        f"cast(${number} as {kind}) as {name}"
        for number, (name, kind) in enumerate(kinds.items(), 1)
    )
    with connected(settings) as connection:
        found = connection.execute(
            f"select {row_hash(settings.target, columns)} from (select {casts}) as payload",
            [values[name] for name in kinds],
        )
    return str(found[0][0])


def md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def test_the_hashed_text_is_the_documented_one_on_every_engine(settings: Settings) -> None:
    text = (
        ";amount=12.50;is_member=true;joined_date=2026-03-01;score=4591870180066957722"
        ";seen_at=1772424306700000;visit_count=3"
        "|14;email=p1@example.com5;product=boots2;profile_id=p1"
    )
    assert hash_of(settings, row("p1")) == md5(text)


@pytest.mark.parametrize(
    ("column", "value", "text"),
    [
        ("product", "Schuhgröße 👢", "|17;product=Schuhgröße 👢"),
        ("product", "", "|0;product="),
        ("amount", Decimal("-0.50"), ";amount=-0.50|"),
        ("amount", Decimal("0"), ";amount=0.00|"),
        ("score", 1e20, ";score=4906019910204099648|"),
        ("score", -5e-324, ";score=-9223372036854775807|"),
        ("score", 100.0, ";score=4636737291354636288|"),
        ("visit_count", -(2**63), f";visit_count={-(2**63)}|"),
        ("is_member", False, ";is_member=false|"),
        ("joined_date", date(1899, 12, 31), ";joined_date=1899-12-31|"),
        ("seen_at", datetime.fromisoformat("2026-01-01"), ";seen_at=1767225600000000|"),
        ("seen_at", datetime.fromisoformat("1969-12-31T23:59:59.999999"), ";seen_at=-1|"),
    ],
)
def test_values_have_one_text_on_every_engine(
    settings: Settings, column: str, value: object, text: str
) -> None:
    assert hash_of(settings, {column: value}, {column: COLUMNS[column]}) == md5(text)


def test_the_order_of_columns_and_added_nulls_change_nothing(settings: Settings) -> None:
    backwards = dict(reversed(COLUMNS.items()))
    wider = COLUMNS | {"added": "text"}
    before = hash_of(settings, row("p1"))
    assert hash_of(settings, row("p1"), backwards) == before
    assert hash_of(settings, row("p1") | {"added": None}, wider) == before
    assert hash_of(settings, row("p1") | {"added": ""}, wider) != before


def test_no_value_can_imitate_another_column(settings: Settings) -> None:
    kinds = {"a": "text", "b": "text"}
    texts = [("x1;b=y", None), ("x", "y"), ("x1;b=", "y"), (None, "x"), ("x", None), ("", None)]
    hashes = {hash_of(settings, {"a": a, "b": b}, kinds) for a, b in texts}
    assert len(hashes) == len(texts)


def test_more_columns_than_a_function_takes(settings: Settings) -> None:
    kinds = {f"c{number:03d}": "bigint" for number in range(250)}
    values: dict[str, int | None] = dict.fromkeys(kinds)
    values |= {"c000": 1, "c150": 2, "c249": 3}
    assert hash_of(settings, values, kinds) == md5(";c000=1;c150=2;c249=3|")


def test_the_idempotency_key_is_of_all_that_makes_the_change(settings: Settings) -> None:
    def key(*parts: str) -> str:
        with connected(settings) as connection:
            return str(connection.execute(f"select {idempotency_key(*parts)}")[0][0])

    given = ("'members'", "'k'", "'insert'", "'hash'", "1")
    assert key(*given) == md5(md5("members") + md5("k") + "insert:hash:1")
    others = [
        (*given[:place], other, *given[place + 1 :])
        for place, other in enumerate(["'m'", "'l'", "'delete'", "null", "2"])
    ]
    assert len({key(*given), *(key(*other) for other in others)}) == 6
