"""Columns: declared, new, missing, of another type, and names a warehouse cannot hold."""

from __future__ import annotations

import pytest

from cdp.landing import LandingError
from tests.cdp.landing.landing_world import METADATA, World

SOURCES = """
version: 2
sources:
  - name: shop
    tables:
      - name: orders
        identifier: shop__orders
        columns:
          - {name: _load_id}
          - {name: order_id}
          - {name: amount}
          - {name: coupon}
"""


def test_declared_tables_exist_before_their_first_file(world: World) -> None:
    world.declare("shop", SOURCES)
    world.land()
    assert world.columns("shop__orders") == [*METADATA, "order_id", "amount", "coupon"]
    assert world.rows() == []
    # A column declared later is appended, and the table of a source that has gone is left alone.
    world.declare("shop", SOURCES + "          - {name: currency}\n")
    world.land()
    assert world.columns("shop__orders")[-1] == "currency"
    world.declare("shop", "")
    world.land()
    assert world.columns("shop__orders")[-1] == "currency"


def test_columns_of_the_first_file_are_compared_with_the_declared(world: World) -> None:
    world.declare("shop", SOURCES)
    world.write("shop/orders/1.csv", "order_id,amount,channel\n1,2.5,web\n")
    assert world.land_one().schema_changes == 2
    assert world.columns("shop__orders")[4:] == ["order_id", "amount", "coupon", "channel"]
    assert world.rows() == [(1, "1", "2.5", None, "web")]
    assert world.changes() == [
        ("channel", "added", None, "VARCHAR"),
        ("coupon", "missing", None, None),
    ]


def test_the_first_file_of_an_undeclared_table_is_no_drift(world: World) -> None:
    world.write("shop/orders/1.csv", "a\n1\n")
    assert world.land_one().schema_changes == 0


def test_drift_between_loads(world: World) -> None:
    world.write("shop/orders/1.csv", "id,amount,gone\n1,2.5,x\n")
    world.land()
    world.write("shop/orders/2.jsonl", '{"id":"A7","amount":3,"new":{"a":1}}\n')
    report = world.land_one()
    assert (report.files_loaded, report.schema_changes) == (1, 3)
    assert world.rows() == [(1, "1", "2.5", "x", None), (1, "A7", "3", None, '{"a":1}')]
    assert world.changes() == [
        ("new", "added", None, "JSON"),
        ("gone", "missing", "VARCHAR", None),
        ("id", "retyped", "BIGINT", "VARCHAR"),
    ]
    # The same again is no news; a column that comes back is.
    world.write("shop/orders/3.jsonl", '{"id":"A8","amount":3.5,"new":null}\n')
    assert world.land_one().schema_changes == 0
    world.write("shop/orders/4.csv", "id,amount,gone,new\nA9,4,x,y\n")
    assert world.land_one().schema_changes == 2
    assert sorted(world.changes()[-2:]) == [
        ("gone", "added", None, "VARCHAR"),
        ("new", "retyped", "JSON", "VARCHAR"),
    ]


def test_drift_within_one_batch(world: World) -> None:
    for day in range(4):
        subject = "" if day < 2 else ",subject"
        value = "" if day < 2 else ",hello"
        world.write(f"shop/mails/{day}.csv", f"id{subject}\n{day}{value}\n")
    world.land()
    assert world.changes() == [("subject", "added", None, "VARCHAR")]
    assert world.rows("shop__mails") == [(1, "0", None), (1, "1", None), (1, "2", "hello"),
                                         (1, "3", "hello")]  # fmt: skip


def test_types_of_each_load_are_kept(world: World) -> None:
    world.write(
        "shop/orders/1.csv",
        "whole,decimal,day,moment,zoned,flag,json,word,empty,mixed,exponent\n"
        '1,1,2026-01-02,2026-01-02 03:04:05,2026-01-02T03:04:05+01:00,true,"{""a"":1}",x,,1,1e5\n'
        "-2,2.5,2026-01-03,2026-01-02T03:04:05Z,2026-01-02T03:04:05.123Z,false,[],2026,,x,2\n",
    )
    world.land()
    assert world.query(
        "select column_name, inferred_type from raw.landing_columns order by ordinal_position"
    ) == [
        ("whole", "BIGINT"),
        ("decimal", "DOUBLE"),
        ("day", "DATE"),
        ("moment", "TIMESTAMP"),
        ("zoned", "TIMESTAMP"),
        ("flag", "BOOLEAN"),
        ("json", "JSON"),
        ("word", "VARCHAR"),
        ("empty", None),
        ("mixed", "VARCHAR"),
        ("exponent", "DOUBLE"),
    ]


def test_names_that_collide(world: World) -> None:
    long = "x" * 100
    world.write("shop/orders/1.csv", f"_File,id,ID,, spaced ,{long}a,{long}b\n1,2,3,4,5,6,7\n")
    world.land()
    names = world.columns("shop__orders")[4:]
    assert names[:5] == ["_File_2", "id", "ID_2", "column_4", "spaced"]
    assert len(set(names)) == 7
    assert all(len(name) <= 63 for name in names)
    assert world.rows() == [(1, "1", "2", "3", "4", "5", "6", "7")]
    assert [row[:3] for row in world.changes() if row[0] not in names[5:]] == [
        ("ID_2", "renamed", "ID"),
        ("_File_2", "renamed", "_File"),
        ("column_4", "renamed", ""),
        ("spaced", "renamed", " spaced "),
    ]
    # The next file goes to the same columns, in whatever case it spells them.
    world.write("shop/orders/2.jsonl", '{"ID":"8","SPACED":"9"}\n')
    world.land()
    assert world.columns("shop__orders")[4:] == names
    assert world.rows()[1] == (1, None, "8", None, None, "9", None, None)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("sources: [", "is not valid YAML"),
        ("sources: {name: shop}", "'sources' must be a list"),
        ("sources: [{name: shop, tables: [{identifier: x}]}]", "needs a name"),
        ("sources: [{name: shop, tables: [{name: a, identifier: b}]}]", "identifier shop__a"),
        ("sources: [{name: shop, tables: [{name: a}, {name: a}]}]", "identifier shop__a"),
        (
            "sources: [{name: shop, tables: ["
            "{name: a, identifier: shop__a}, {name: a, identifier: shop__a}]}]",
            "declared twice",
        ),
    ],
)
def test_sources_that_cannot_be_read(duckdb_world: World, text: str, message: str) -> None:
    duckdb_world.declare("shop", text)
    with pytest.raises(LandingError, match=message) as raised:
        duckdb_world.land()
    assert "_shop__sources.yml" in str(raised.value)


def test_sources_of_this_project_can_be_read(duckdb_world: World) -> None:
    from cdp.landing.declared import STAGING_DIR, declared_tables  # noqa: PLC0415

    tables = declared_tables(STAGING_DIR)
    assert "web__events" in tables
    assert "message_id" in tables["web__events"].columns
    assert not any(name.startswith("landing") for name in tables)
