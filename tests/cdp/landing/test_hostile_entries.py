"""Entries of the landing folder that no export writes: each is named, and the others land."""

from __future__ import annotations

import errno
import gzip
import logging
import os
import resource
import socket
from pathlib import Path
from typing import Any

import duckdb
import pytest

from cdp.landing import LandingError, LandingReport, loaders
from tests.cdp.landing.landing_world import World

MEGABYTE = 1 << 20
SECRET = "jane.doe@mail.example"


def reasons(report: LandingReport) -> dict[str, str]:
    return {problem.file: problem.reason for problem in report.problems}


def test_a_json_line_beyond_the_buffer(world: World) -> None:
    long = b'{"a":"' + b"x" * (40 * MEGABYTE) + b'"}'
    world.write("shop/orders/1.jsonl", b'{"a":1}\n' + long + b'\n\n{"a":2}\n{"a":"\xff"}\n')
    report = world.land_one()
    assert (report.rows, report.quarantined) == (2, 2)
    assert world.rows() == [(1, "1"), (4, "2")]
    assert [row[:2] for row in world.quarantine()] == [(2, "line too long"), (5, "not valid UTF-8")]
    assert len(world.quarantine()[0][2]) == MEGABYTE


@pytest.mark.parametrize(
    "value",
    [b"x" * (100 * MEGABYTE), b'"' + b"x, y\n" * (4 * MEGABYTE) + b'"'],
    ids=["one_line", "many_lines"],
)
def test_a_csv_record_beyond_the_buffer(
    duckdb_world: World, value: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    duckdb_world.write("shop/orders/1.csv", b"a,b\n1,x\n2," + value + b"\n3,y\n")
    duckdb_world.write("shop/orders/2.csv", b"a,b\n9,x\n")
    report = duckdb_world.land_one()
    assert not report.problems
    assert duckdb_world.rows() == [(1, "1", "x"), (3, "3", "y"), (1, "9", "x")]
    assert [row[:2] for row in duckdb_world.quarantine()] == [(2, "line too long")]
    assert "xxx" not in caplog.text


def test_many_records_with_too_few_fields(duckdb_world: World) -> None:
    duckdb_world.write("shop/orders/1.csv", "a,b\n1,x\n" + "2\n" * 600_000 + "3,y\n")
    report = duckdb_world.land_one()
    assert (report.rows, report.quarantined) == (2, 600_000)
    assert duckdb_world.rows() == [(1, "1", "x"), (600_002, "3", "y")]


def test_a_long_field_in_a_damaged_file(duckdb_world: World) -> None:
    long = "x" * 300_000
    duckdb_world.write("shop/orders/1.csv", f'a,b\n1,"open\n2,{long}\n')
    duckdb_world.land()
    assert duckdb_world.rows() == [(2, "2", long)]


def test_what_is_no_file_is_named(duckdb_world: World) -> None:
    folder = duckdb_world.folder / "shop" / "orders"
    duckdb_world.write("shop/orders/1.csv", "a\n1\n")
    (folder / "loop").symlink_to("loop")
    (folder / "loop.csv").symlink_to("loop.csv")
    (folder / "broken.csv").symlink_to("missing.csv")
    (folder / "null.csv").symlink_to("/dev/null")
    os.mkfifo(folder / "pipe.csv")
    with socket.socket(socket.AF_UNIX) as listener:
        # A path that is not too long for a socket.
        before = Path.cwd()
        os.chdir(folder)
        listener.bind("socket.csv")
        os.chdir(before)
    report = duckdb_world.land()
    assert duckdb_world.rows() == [(1, "1")]
    names = ("loop", "loop.csv", "broken.csv", "null.csv", "pipe.csv", "socket.csv")
    assert set(reasons(report)) == {f"shop/orders/{name}" for name in names}
    assert report.has_errors


def test_a_folder_that_cannot_be_read(duckdb_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    duckdb_world.write("shop/orders/1.csv", "a\n1\n")
    (duckdb_world.folder / "shop" / "closed").mkdir()
    scandir = os.scandir

    def refuse(path: str) -> Any:
        if str(path).endswith("closed"):
            raise PermissionError(errno.EACCES, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    report = duckdb_world.land()
    assert reasons(report) == {"shop/closed": "the folder cannot be read: Permission denied"}
    assert duckdb_world.rows() == [(1, "1")]


def test_links_out_of_the_landing_folder(duckdb_world: World) -> None:
    outside = duckdb_world.settings.data_dir / "outside"
    outside.mkdir()
    (outside / "1.csv").write_text("a\n7\n")
    inside = duckdb_world.write("shop/orders/1.csv", "a\n1\n")
    (inside.parent / "link.csv").symlink_to(outside / "1.csv")
    (inside.parent / "folder").symlink_to(outside)
    (inside.parent / "within.csv").symlink_to(inside)
    report = duckdb_world.land()
    assert set(reasons(report)) == {"shop/orders/link.csv", "shop/orders/folder"}
    assert all("CDP_LANDING_LINKS_OUTSIDE" in reason for reason in reasons(report).values())
    assert duckdb_world.rows() == [(1, "1")]
    duckdb_world.settings = duckdb_world.settings.model_copy(update={"landing_links_outside": True})
    assert not duckdb_world.land().problems
    assert sorted(row[1] for row in duckdb_world.rows()) == ["1", "7"]


def test_compressed_files_that_hold_too_much(duckdb_world: World) -> None:
    duckdb_world.write_raw("shop/orders/bomb.csv.gz", gzip.compress(b"a\n" + bytes(MEGABYTE) * 50))
    file = duckdb_world.write_raw("shop/orders/bomb.parquet", b"")
    duckdb.execute(f"copy (select 'x' as a from range(20_000_000)) to '{file}' (format parquet)")
    duckdb_world.write("shop/orders/1.csv.gz", "a\n1\n")
    duckdb_world.settings = duckdb_world.settings.model_copy(
        update={"landing_max_content": 10 * MEGABYTE}
    )
    report = duckdb_world.land()
    assert set(reasons(report)) == {"shop/orders/bomb.csv.gz", "shop/orders/bomb.parquet"}
    assert all("CDP_LANDING_MAX_CONTENT" in reason for reason in reasons(report).values())
    assert duckdb_world.rows() == [(1, "1")]


def test_a_full_disk(duckdb_world: World) -> None:
    content = "".join(f"{i * 7919 % 10_007},{SECRET}{i}\n" for i in range(300_000))
    duckdb_world.write("shop/orders/1.csv", "a,b\n" + content)
    duckdb_world.write("shop/orders/0.csv", "a,b\n1,2\n")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2 * MEGABYTE, before[1]))
    try:
        with pytest.raises(LandingError) as caught:
            duckdb_world.land()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert "\n" not in str(caught.value)
    assert SECRET not in str(caught.value)
    assert "disk" in str(caught.value)
    assert caught.value.__suppress_context__
    assert not duckdb_world.land().problems
    assert duckdb_world.query("select count(*) from raw.shop__orders") == [(300_001,)]


def test_a_driver_that_quotes_a_row(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.write("shop/orders/1.csv", f"a\n{SECRET}\n")
    world.write("shop/orders/2.csv", "b\n2\n")
    kind = loaders.DuckDBLoader if world.settings.target == "duckdb" else loaders.PostgresLoader
    append = kind.append

    def fail(self: Any, table: str, columns: Any, query: str) -> None:
        if "a" in columns:
            raise duckdb.ConversionException(f"Could not convert string {SECRET}")
        append(self, table, columns, query)

    monkeypatch.setattr(kind, "append", fail)
    report = world.land()
    assert list(reasons(report)) == ["shop/orders/1.csv"]
    assert SECRET not in str(report)
    assert world.query("select b from raw.shop__orders") == [("2",)]
