"""What comes out of each format: every value as it came, in text, beside its position."""

from __future__ import annotations

from datetime import datetime, timedelta

import duckdb
import fsspec
import pytest

from tests.cdp.landing.landing_world import METADATA, World


def test_csv_keeps_every_value_as_text(world: World) -> None:
    world.write("shop/orders/1.csv", 'id,amount,note\n007,1.50,\n8,1e3," a ""b"", c"\n9,,""\n')
    world.land()
    assert world.columns("shop__orders") == [*METADATA, "id", "amount", "note"]
    assert world.rows() == [
        (1, "007", "1.50", None),
        (2, "8", "1e3", ' a "b", c'),
        (3, "9", None, None),
    ]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("1.csv", "a;b\n1,5;x\n"),
        ("1.csv", "a|b\n1,5|x\n"),
        ("1.csv", "a\tb\n1,5\tx\n"),
        ("1.tsv", "a\tb\n1,5\tx\n"),
        ("1.csv", "\ufeffa;b\r\n1,5;x\r\n"),
        ("1.CSV", '"a";"b"\n"1,5";"x"'),
        ("1.csv.gz", "a;b\n1,5;x\n"),
    ],
)
def test_delimiter_line_ends_and_byte_order_mark(
    duckdb_world: World, name: str, content: str
) -> None:
    duckdb_world.write(f"shop/orders/{name}", content)
    duckdb_world.land()
    assert duckdb_world.columns("shop__orders")[4:] == ["a", "b"]
    assert duckdb_world.rows() == [(1, "1,5", "x")]


def test_csv_line_ends_inside_quotes_count_as_one_record(duckdb_world: World) -> None:
    duckdb_world.write("shop/orders/1.csv", 'a,"b\nb"\n1,"x\r\ny"\n\n2,"z\n"\n')
    duckdb_world.land()
    assert duckdb_world.columns("shop__orders")[4:] == ["a", "b\nb"]
    assert duckdb_world.rows() == [(1, "1", "x\r\ny"), (2, "2", "z\n")]


def test_csv_of_differing_line_ends(duckdb_world: World) -> None:
    duckdb_world.write("shop/orders/1.csv", "a,b\n1,x\r\n2,y\n\r\n3,z")
    duckdb_world.land()
    assert duckdb_world.rows() == [(1, "1", "x"), (2, "2", "y"), (3, "3", "z")]


def test_csv_with_a_header_only(duckdb_world: World) -> None:
    duckdb_world.write("shop/orders/1.csv", "a,b")
    assert duckdb_world.land_one().files_loaded == 1
    assert duckdb_world.columns("shop__orders")[4:] == ["a", "b"]
    assert duckdb_world.rows() == []


@pytest.mark.parametrize(
    "name",
    [
        "1.jsonl",
        "1.ndjson",
        "1.jsonl.gz",
        "1.json",
        "1.json.gz",
        "1616412345678.9f2c.1.2.0c5e-4b1d.gz",
        "calls.gz",
    ],
)
def test_jsonl_top_level_keys_become_columns(world: World, name: str) -> None:
    world.write(
        f"shop/orders/{name}",
        '\ufeff{"id":"1","nested":{"a":[1,"ü\\n"],"b":null},"none":null}\n'
        "\n"
        '   \n{"id":12345678901234567890123,"late":true,"nested":[]}\n'
        ' {"id":"","sp ace\\"d":"\\u00e9"} \n'
        "{}",
    )
    world.land()
    assert world.columns("shop__orders")[4:] == ["id", "nested", "none", "late", 'sp ace"d']
    assert world.rows() == [
        (1, "1", '{"a":[1,"ü\\n"],"b":null}', None, None, None),
        (4, "12345678901234567890123", "[]", None, "true", None),
        (5, "", None, None, None, "é"),
        (6, None, None, None, None, None),
    ]


def test_jsonl_numbers_keep_their_value_but_not_their_spelling(duckdb_world: World) -> None:
    duckdb_world.write(
        "shop/orders/1.jsonl", '{"a":1.50,"b":100,"c":-0.25,"d":1e3,"e":9007199254740993}\n'
    )
    duckdb_world.land()
    assert duckdb_world.rows() == [(1, "1.5", "100", "-0.25", "1000.0", "9007199254740993")]


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_jsonl_line_numbers_are_those_of_the_file(duckdb_world: World, ends: str) -> None:
    duckdb_world.write(
        "shop/orders/1.jsonl", ends.join(["", '{"a":1}', "", "", '{"a":2}', "", '{"a":3}'])
    )
    duckdb_world.land()
    assert duckdb_world.rows() == [(2, "1"), (5, "2"), (7, "3")]


def test_jsonl_of_differing_line_ends(duckdb_world: World) -> None:
    duckdb_world.write("shop/orders/1.jsonl", '{"a":1}\r\n{"a":2}\n\r\n{"a":\r3}\n{"a":4}\r\n')
    duckdb_world.land()
    assert duckdb_world.rows() == [(1, "1"), (2, "2"), (4, "3"), (5, "4")]


def test_jsonl_keys_that_differ_in_case_only(world: World) -> None:
    world.write("shop/orders/1.jsonl", '{"Id":1,"id":2}\n{"id":3,"/~":4,"":5}\n')
    world.land()
    assert world.columns("shop__orders")[4:] == ["Id", "id_2", "/~", "column_4"]
    assert world.rows() == [(1, "1", "2", None, None), (2, None, "3", "4", "5")]


def test_parquet_types_become_text(world: World) -> None:
    file = world.write_raw("shop/orders/1.parquet", b"")
    duckdb.execute(
        f"""
        copy (
            select
                i,
                1.50::decimal(9, 2) as amount,
                timestamp '2026-01-02 03:04:05.678901' as at,
                timestamptz '2026-01-02 03:04:05+02' as zoned,
                [1, null] as list,
                {{'a': 'x"y', 'b': [date '2026-01-02']}} as nested,
                'caf\u00e9' as word,
                0.1::double as ratio,
                case when i = 1 then true end as flag
            from range(1, 3) as rows (i)
        ) to '{file}' (format parquet)
        """
    )
    world.land()
    same = ("1.50", "2026-01-02 03:04:05.678901", "2026-01-02 01:04:05+00", "[1,null]")
    nested = '{"a":"x\\"y","b":["2026-01-02"]}'
    assert world.rows() == [
        (1, "1", *same, nested, "café", "0.1", "true"),
        (2, "2", *same, nested, "café", "0.1", None),
    ]


def test_metadata_of_a_row(world: World) -> None:
    world.write("shop/orders/2026/january.csv", "a\n1\n2\n")
    world.write("shop/orders/february.csv", "a\n3\n")
    world.land()
    rows = world.query("select _load_id, _file, _loaded_at from raw.shop__orders order by a")
    (january, same, february) = rows
    assert january == same
    assert [row[1] for row in (january, february)] == [
        "shop/orders/2026/january.csv",
        "shop/orders/february.csv",
    ]
    assert january[0] != february[0]
    assert abs(january[2] - datetime.utcnow()) < timedelta(minutes=1)  # noqa: DTZ003
    (types,) = {
        tuple(row)
        for row in world.query(
            "select data_type from information_schema.columns "
            "where table_schema = 'raw' and table_name = 'shop__orders' "
            "and column_name = '_row_number'"
        )
    }
    assert types[0].lower() == "bigint"


def test_load_id_depends_on_table_file_and_content_only(duckdb_world: World) -> None:
    duckdb_world.write("shop/orders/1.csv", "a\n1\n")
    duckdb_world.land()
    (first,) = duckdb_world.query("select load_id from raw.landing_loads")
    duckdb_world.query("delete from raw.landing_files")
    duckdb_world.query("delete from raw.landing_loads")
    duckdb_world.write("shop/orders/1.csv", "a\n1\n")
    duckdb_world.land()
    assert duckdb_world.query("select load_id from raw.landing_loads") == [first]


def test_any_file_name(duckdb_world: World) -> None:
    for name in ["it's", "a*b", "[1]", "{x}", "ünï cödé", "100%", "a\\b"]:
        duckdb_world.write(f"shop/orders/{name}.csv", f"name\n{name}\n")
    # What a pattern would match besides.
    duckdb_world.write("shop/orders/axb.csv", "name\naxb\n")
    assert duckdb_world.land_one().files_loaded == 8
    rows = duckdb_world.query("select _file, name from raw.shop__orders")
    assert len(rows) == 8
    assert all(file == f"shop/orders/{name}.csv" for file, name in rows)


def test_folders_named_like_partitions_add_no_column(duckdb_world: World) -> None:
    duckdb_world.write("shop/orders/day=2026-01-01/1.csv", "a\n1\n")
    file = duckdb_world.write_raw("shop/orders/day=2026-01-01/1.parquet", b"")
    duckdb.execute(f"copy (select 2 as a) to '{file}' (format parquet)")
    duckdb_world.land()
    assert duckdb_world.columns("shop__orders")[4:] == ["a"]


def test_an_address_of_fsspec(world: World) -> None:
    filesystem = fsspec.filesystem("memory")
    address = f"memory://landing-{world.settings.data_dir.name}"
    files = {
        "shop/orders/1.csv": b"a\n1\n",
        "shop/orders/2.jsonl": b'{"a":2}\n',
        "shop/orders/.hidden.csv": b"a\n9\n",
        "shop/orders/3.csv.part": b"a\n9\n",
    }
    for path, content in files.items():
        filesystem.pipe(f"{address}/{path}", content)
    world.settings = world.settings.model_copy(update={"landing_path": address})
    assert world.land_one().files_loaded == 2
    assert world.rows() == [(1, "1"), (1, "2")]
    again = world.land_one()
    assert (again.files_loaded, again.files_skipped) == (0, 2)
    filesystem.pipe(f"{address}/shop/orders/1.csv", b"a\n10\n")
    assert world.land_one().files_loaded == 1
    assert world.rows() == [(1, "10"), (1, "2")]
    assert not list((world.settings.data_dir / "landing_temporary").iterdir())
