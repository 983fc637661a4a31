"""`cdp land`: its exit status, and that it gives nothing away."""

from __future__ import annotations

import logging

import pytest

from cdp.landing import declared, landing
from cdp.settings import Settings
from tests.cdp.landing.landing_world import World
from tests.command import cdp

SECRET = "jane.doe@mail.example"


@pytest.fixture
def command_world(duckdb_world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr(
        landing,
        "declared_tables",
        lambda _: declared.declared_tables(duckdb_world.staging_dir),
    )
    monkeypatch.setenv("CDP_LANDING_PATH", str(duckdb_world.folder))
    assert Settings.from_environment().duckdb_path == duckdb_world.settings.duckdb_path
    return duckdb_world


def test_quarantined_rows_are_no_failure(
    command_world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    command_world.write("shop/orders/1.csv", "a,b\n1,2\nbad\n")
    command_world.write("shop/orders/notes.txt", "")
    assert cdp("land") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == [
        "table", "loaded", "skipped", "rows", "quarantined", "drift", "unread",
    ]  # fmt: skip
    assert lines[1].split() == ["shop__orders", "1", "0", "1", "1", "0", "0"]
    assert lines[2].startswith("1 files and 1 rows landed, 1 rows quarantined")
    assert lines[3].startswith("left out: shop/orders/notes.txt: unknown extension")


def test_an_unreadable_file_is_a_failure_after_the_others_landed(
    command_world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    command_world.write("shop/orders/1.csv", "")
    command_world.write("shop/orders/2.csv", "a\n1\n")
    assert cdp("land") == 1
    assert "not read: shop/orders/1.csv: empty file" in capsys.readouterr().out
    assert command_world.rows() == [(1, "1")]


def test_errors_of_the_landing_itself(
    command_world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cdp("land", "--table", "shop__letters") == 2
    assert "'shop__letters'" in capsys.readouterr().err
    command_world.declare("shop", "sources: [")
    assert cdp("land") == 2
    assert "_shop__sources.yml is not valid YAML" in capsys.readouterr().err


def test_replay(command_world: World, capsys: pytest.CaptureFixture[str]) -> None:
    command_world.write("shop/orders/1.csv", "a\n1\n")
    assert cdp("land") == 0
    assert cdp("land", "--replay", "shop/orders/1.csv") == 0
    assert capsys.readouterr().out.count("1 files and 1 rows landed") == 2
    assert cdp("land", "--replay", "shop/orders/2.csv") == 2
    assert command_world.rows() == [(1, "1")]


def test_no_value_of_a_row_gets_out(
    command_world: World, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    command_world.write("shop/orders/1.csv", f'a,b\n1,"{SECRET}\n2,{SECRET},x\n3,{SECRET}\n')
    command_world.write("shop/orders/2.jsonl", f'{{"a":"{SECRET}"\n{{"a":"{SECRET}"}}\n')
    command_world.write_raw("shop/orders/3.csv.gz", SECRET.encode())
    command_world.write_raw("shop/orders/4.parquet", SECRET.encode())
    command_world.write_raw("shop/orders/5.csv", f"{SECRET}\n".encode("utf-16"))
    with caplog.at_level(logging.DEBUG):
        assert cdp("land", "--verbose") == 1
    output = capsys.readouterr()
    assert "Landed 2 files" in caplog.text
    for text in (output.out, output.err, caplog.text):
        assert SECRET not in text
    reasons = command_world.query("select reason from raw.landing_quarantine")
    assert len(reasons) == 6
    assert not any(SECRET in reason for (reason,) in reasons)
