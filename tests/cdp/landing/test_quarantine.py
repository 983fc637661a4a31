"""What cannot be parsed: the row is set aside, the rest of the file lands."""

from __future__ import annotations

import gzip
import logging
import os
from pathlib import Path

import pytest

from cdp.landing import LandingError, staging
from cdp.landing.temporary import temporary_directory
from tests.cdp.landing.landing_world import World

NUL = "holds a NUL character, which a text column cannot store"


def test_lines_that_are_no_json_object(world: World) -> None:
    world.write(
        "shop/orders/1.jsonl",
        b'{"a":1}\n'
        b"\n"
        b'{"a":2,"b":{"c"\n'
        b"[1, 2]\n"
        b'{"a":3} trailing }\n'
        b'{"a":"\xff"}\n'
        b'{"a":"x\\u0000y"}\n'
        b'{"a":"x\\\\u0000y"}\n'
        b'{"a":"raw \x00 "}\n'
        b'{"a":\x014}\n'
        b'{"a":5}',
    )
    report = world.land_one()
    assert (report.rows, report.quarantined) == (3, 7)
    assert world.rows() == [(1, "1"), (8, "x\\u0000y"), (11, "5")]
    assert world.quarantine() == [
        (3, "malformed JSON: the line ends before the object does", '{"a":2,"b":{"c"'),
        (4, "not a JSON object", "[1, 2]"),
        (5, "malformed JSON", '{"a":3} trailing }'),
        (6, "not valid UTF-8", '{"a":"?"}'),
        (7, NUL, '{"a":"x\\u0000y"}'),
        (9, "malformed JSON", '{"a":"raw \ufffd "}'),
        (10, "too many fields", '{"a":\x014}'),
    ]
    assert world.loads() == [("shop/orders/1.jsonl", 1, True, 3, 7)]


def test_records_of_csv_that_do_not_fit_their_header(world: World) -> None:
    world.write(
        "shop/orders/1.csv",
        b'a,b,c\n1,2\n1,2,3\n"line\nend",2,3,4\n2,\xff,3\n3,"x"y,3\n4,\x00,3\n5,"line\nend",\nx\n',
    )
    report = world.land_one()
    assert (report.rows, report.quarantined) == (2, 6)
    assert world.rows() == [(2, "1", "2", "3"), (7, "5", "line\nend", None)]
    assert world.quarantine() == [
        (1, "too few fields", "1,2"),
        (3, "too many fields", '"line\nend",2,3,4'),
        (4, "not valid UTF-8", "2,?,3"),
        (5, "quotes out of place", '3,"x"y,3'),
        (6, NUL, "4,\ufffd,3"),
        (8, "too few fields", "x"),
    ]


def test_a_quote_left_open_costs_its_own_line_only(world: World) -> None:
    world.write(
        "shop/orders/1.csv",
        'a,b\n1,"open\n2,x\n3,"closed\nlater"\n\n4,"y"\nshort\n5,"open again\n6,z\n',
    )
    world.land()
    assert world.rows() == [(2, "2", "x"), (3, "3", "closed\nlater"), (4, "4", "y"), (7, "6", "z")]
    assert world.quarantine() == [
        (1, "unterminated quote", '1,"open'),
        (5, "too few fields", "short"),
        (6, "unterminated quote", '5,"open again'),
    ]


def test_blank_lines_do_not_shift_positions(duckdb_world: World) -> None:
    duckdb_world.write("shop/orders/1.csv", "a,b\n\n1,x\n\n\nbad\n\n2,y\n")
    duckdb_world.land()
    assert duckdb_world.rows() == [(1, "1", "x"), (3, "2", "y")]
    assert duckdb_world.quarantine() == [(2, "too few fields", "bad")]


def test_lines_too_long_are_set_aside(duckdb_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staging, "MAX_LINE_BYTES", 100_000)
    monkeypatch.setattr(staging, "BUFFER_BYTES", 200_000)
    long = "x" * 150_000
    duckdb_world.write("shop/orders/1.jsonl", f'{{"a":1}}\n{{"a":"{long}"}}\n{{"a":2}}\n')
    duckdb_world.write("shop/mails/1.csv", f"a,b\n1,x\n2,{long}\n3,y\n")
    duckdb_world.land()
    assert duckdb_world.rows() == [(1, "1"), (3, "2")]
    assert duckdb_world.rows("shop__mails") == [(1, "1", "x"), (3, "3", "y")]
    assert [row[:2] for row in duckdb_world.quarantine()] == [
        (2, "line too long"),
        (2, "line too long"),
    ]


def test_quarantined_rows_of_many_files_keep_their_positions(world: World) -> None:
    for day in range(5):
        bad = "bad\n" * day
        world.write(f"shop/orders/{day}.csv", f"a,b\n{bad}{day},first\nx\n{day},second\n")
        world.write(f"shop/mails/{day}.jsonl", f'{bad}{{"a":{day}}}\n\n\xff\n{{"a":{day}}}\n')
    world.land()
    assert world.rows() == [
        row
        for day in range(5)
        for row in [(day + 1, str(day), "first"), (day + 3, str(day), "second")]
    ]
    assert world.rows("shop__mails") == [
        row for day in range(5) for row in [(day + 1, str(day)), (day + 4, str(day))]
    ]
    assert len(world.quarantine()) == 2 * (10 + 5)


CORRUPT = "corrupt gzip: the stream ends early, fails its checksum or is not gzip at all"
UNREADABLE = {
    "cut.csv.gz": (gzip.compress(b"a,b\n" + b"1,2\n" * 10_000)[:-20], CORRUPT),
    "flipped.jsonl.gz": (bytearray(gzip.compress(b'{"a":1}\n')), CORRUPT),
    "plain.csv.gz": (b"a,b\n5,6\n", CORRUPT),
    "empty.csv": (b"", "empty file: a header line was expected"),
    "no_header.csv": (b"\n1,2\n", "empty header: the first line must name the columns"),
    "nameless.csv": (b",,\n1,2,3\n", "empty header: the first line must name the columns"),
    "utf16.csv": ("a,b\n".encode("utf-16"), "the file is UTF-16: export it as UTF-8"),
    "latin.csv": (b"stra\xdfe\n1\n", "the header is not UTF-8: export the file as UTF-8"),
    "text.parquet": (b"a,b\n3,4\n", "not a Parquet file, or a damaged one"),
    "cut.parquet": (b"PAR1" + b"\x00" * 20, "not a Parquet file, or a damaged one"),
}
UNREADABLE["flipped.jsonl.gz"][0][-6] ^= 0xFF  # type: ignore[index]


def test_files_that_cannot_be_read(world: World, caplog: pytest.LogCaptureFixture) -> None:
    for name, (content, _) in UNREADABLE.items():
        world.write_raw(f"shop/orders/{name}", bytes(content))
    world.write("shop/orders/sound.csv", "a,b\n1,2\n")
    with caplog.at_level(logging.ERROR):
        report = world.land()
    assert report.has_errors
    expected = sorted((f"shop/orders/{name}", reason) for name, (_, reason) in UNREADABLE.items())
    assert sorted((each.file, each.reason) for each in report.problems) == expected
    assert len(caplog.records) == len(UNREADABLE)
    assert world.rows() == [(1, "1", "2")]
    quarantined = "select file, reason from raw.landing_quarantine where row_number is null"
    assert sorted(world.query(quarantined)) == expected
    # They are tried and reported again, but stand in quarantine once.
    assert len(world.land().problems) == len(UNREADABLE)
    assert sorted(world.query(quarantined)) == expected


def test_a_file_that_was_mended_leaves_quarantine_behind(world: World) -> None:
    world.write_raw("shop/orders/1.csv.gz", b"not gzip")
    world.write("shop/orders/2.csv", "a\n9\n")
    assert world.land().has_errors
    world.write("shop/orders/1.csv.gz", "a\n1\n")
    assert not world.land().has_errors
    assert world.rows() == [(1, "1"), (1, "9")]


def test_a_version_that_cannot_be_read_leaves_the_one_before(world: World) -> None:
    world.write("shop/orders/1.csv.gz", "a\n1\n")
    world.land()
    world.write_raw("shop/orders/1.csv.gz", b"not gzip")
    assert world.land().has_errors
    assert world.rows() == [(1, "1")]
    assert world.loads() == [("shop/orders/1.csv.gz", 1, True, 1, 0)]


def test_what_belongs_to_no_table_is_named(duckdb_world: World) -> None:
    for path in [
        "shop/orders/notes.xlsx",
        "shop/orders/export.tar.gz",
        "shop/orders/export.xml.gz",
        "shop/orders/readme",
        "shop/orders/1.parquet.gz",
        "shop/loose.csv",
        "loose.csv",
        "Web-Shop/orders/1.csv",
        "shop/a__b/1.csv",
        f"shop/{'x' * 60}/1.csv",
    ]:
        duckdb_world.write_raw(path, b"a\n1\n")
    for path in [
        "shop/orders/.DS_Store",
        "shop/.hidden/1.csv",
        "shop/orders/1.csv.tmp",
        "shop/orders/1.csv.PART",
    ]:
        duckdb_world.write_raw(path, b"a\n1\n")
    report = duckdb_world.land()
    assert report.tables == ()
    assert not report.has_errors
    assert {stray.file: stray.reason.split(":")[0] for stray in report.stray_files} == {
        "loose.csv": "not in <channel>/<entity>/",
        "shop/loose.csv": "not in <channel>/<entity>/",
        "shop/orders/1.parquet.gz": "unknown extension",
        "shop/orders/notes.xlsx": "unknown extension",
        "shop/orders/export.tar.gz": "unknown extension",
        "shop/orders/export.xml.gz": "unknown extension",
        "shop/orders/readme": "unknown extension",
        "Web-Shop/orders/1.csv": "folder 'Web-Shop' cannot name a table",
        "shop/a__b/1.csv": "folder 'a__b' cannot name a table",
        f"shop/{'x' * 60}/1.csv": ("the folder names make a table name of more than 63 characters"),
    }


def test_a_landing_path_that_is_not_there(duckdb_world: World) -> None:
    duckdb_world.folder.rmdir()
    with pytest.raises(LandingError, match="CDP_LANDING_PATH"):
        duckdb_world.land()
    duckdb_world.folder.mkdir()
    assert not duckdb_world.land().problems
    duckdb_world.settings = duckdb_world.settings.model_copy(
        update={"landing_path": "nonsense://x"}
    )
    with pytest.raises(LandingError, match="cannot be opened"):
        duckdb_world.land()


def test_links_and_names_of_the_file_system(duckdb_world: World) -> None:
    elsewhere = duckdb_world.settings.data_dir / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "1.csv").write_text("a\n1\n")
    folder = duckdb_world.folder / "shop"
    folder.mkdir()
    (folder / "orders").symlink_to(elsewhere)
    (elsewhere / "loop").symlink_to(folder)
    duckdb_world.settings = duckdb_world.settings.model_copy(update={"landing_links_outside": True})
    Path(os.fsdecode(os.fsencode(elsewhere) + b"/\xff.csv")).write_text("a\n2\n")
    report = duckdb_world.land()
    assert {stray.reason for stray in report.stray_files} == {"its name is not UTF-8: rename it"}
    assert duckdb_world.rows() == [(1, "1")]


def test_what_a_killed_landing_temporaryed_is_removed(duckdb_world: World) -> None:
    parent = duckdb_world.settings.data_dir / "landing_temporary"
    with temporary_directory(parent) as running:
        left = parent / "left"
        left.mkdir()
        (parent / "left.lock").touch()
        duckdb_world.land()
        assert list(parent.glob("*.lock")) == [running.with_suffix(".lock")]
        assert running.is_dir()
        assert not left.exists()
    assert list(parent.iterdir()) == []


def test_objects_whose_keys_are_data(duckdb_world: World) -> None:
    keys = ",".join(f'"customer {i}":1' for i in range(1001))
    duckdb_world.write("shop/orders/1.jsonl", f"{{{keys}}}\n")
    duckdb_world.write("shop/orders/2.jsonl", '{"a":1}\n')
    (problem,) = duckdb_world.land().problems
    assert problem.file == "shop/orders/1.jsonl"
    assert "more than 1000 columns" in problem.reason
    assert duckdb_world.rows() == [(1, "1")]
