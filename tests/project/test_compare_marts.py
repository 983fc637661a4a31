"""The comparison of two warehouses' marts: a reference on DuckDB beside either engine."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest

from benchmarks import compare_marts
from cdp.settings import Settings
from cdp.warehouse.connection import connected

COLUMNS = (
    "id text, amount numeric(18, 2), share double precision, seen_at timestamp, is_new boolean"
)
ROWS = (
    "('a', 1.50, 0.1, timestamp '2026-11-14 15:05:00', true), ('a', 1.50, 0.1, null, false),"
    " (null, null, null, null, null), ('', 0, 1e20, null, null), ('x,\"y\"', -1, 0, null, true)"
)


@pytest.fixture
def reference(tmp_path: Path) -> Path:
    """A warehouse with one mart, of which columns are renamed, dropped and ignored later."""
    folder = tmp_path / "reference"
    (folder / "target").mkdir(parents=True)
    with duckdb.connect(str(folder / "warehouse.duckdb")) as warehouse:
        warehouse.execute("create schema marts")
        warehouse.execute(f"create table marts.orders ({COLUMNS}, batch bigint, ran_at timestamp)")
        warehouse.execute(
            f"insert into marts.orders select *, 1, '2026-01-01' from (values {ROWS})"
        )
    write_manifest(folder, "orders")
    (folder / "names.yml").write_text(
        "models: {orders: purchases}\n"
        "columns: {'*': {batch: null}, orders: {id: purchase_id}}\n"
        "run_times: {orders: [ran_at]}\n"
    )
    return folder


def write_manifest(folder: Path, mart: str) -> None:
    node = {"name": mart, "schema": "marts", "access": "public", "resource_type": "model"}
    (folder / "target").mkdir(parents=True, exist_ok=True)
    (folder / "target" / "manifest.json").write_text(json.dumps({"nodes": {mart: node}}))


def compared(
    reference: Path, settings: Settings, capsys: pytest.CaptureFixture[str], **changes: str
) -> tuple[int, dict[str, Any]]:
    """Status and line of the mart, after statements on the other warehouse."""
    with connected(settings) as connection:
        connection.execute("create schema marts")
        columns = COLUMNS.replace("id text", "purchase_id text")
        connection.execute(f"create table marts.purchases ({columns}, ran_at timestamp)")
        values = f"select *, timestamp '2026-02-02' from (values {ROWS}) as given"
        connection.execute(f"insert into marts.purchases {values}")
        for statement in changes.values():
            connection.execute(statement)
    place = str(settings.duckdb_path)
    if settings.target == "postgres":
        host, database = os.environ["PGHOST"], os.environ["PGDATABASE"]
        place = f"postgresql:///{database}?host={host}&user=postgres"
    write_manifest(settings.data_dir, "purchases")
    manifest = str(settings.data_dir / "target" / "manifest.json")
    with pytest.MonkeyPatch.context() as patch:
        arguments = [str(reference / "warehouse.duckdb"), place, "--right-manifest", manifest]
        patch.setattr(sys, "argv", ["", *arguments, "--names", str(reference / "names.yml")])
        status = compare_marts.main()
    line, summary = (json.loads(text) for text in capsys.readouterr().out.splitlines())
    assert summary["different"] == (["orders"] if status else [])
    return status, line


def test_equal_marts(
    reference: Path, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    status, line = compared(reference, settings, capsys)
    assert (status, line["rows"], line["only_left"], line["only_right"]) == (0, 5, 0, 0)
    assert "added_columns" not in line


@pytest.mark.parametrize(
    ("statement", "only_left", "only_right", "columns"),
    [
        ("update marts.purchases set amount = 2 where purchase_id = ''", 1, 1, ["amount"]),
        # One of two rows that are alike but for a null.
        ("update marts.purchases set purchase_id = '' where purchase_id is null", 1, 1, ["id"]),
        ("delete from marts.purchases where seen_at is not null", 1, 0, None),
        ("insert into marts.purchases (purchase_id) values ('b')", 0, 1, None),
    ],
)
def test_other_rows(
    reference: Path,
    settings: Settings,
    capsys: pytest.CaptureFixture[str],
    statement: str,
    only_left: int,
    only_right: int,
    columns: list[str] | None,
) -> None:
    status, line = compared(reference, settings, capsys, statement=statement)
    assert (status, line["only_left"], line["only_right"]) == (1, only_left, only_right)
    assert columns in (None, line["different_columns"])


def test_a_missing_column(
    reference: Path, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    drop = "alter table marts.purchases drop column amount"
    status, line = compared(reference, settings, capsys, statement=drop)
    assert (status, line["missing_columns"]) == (1, ["amount"])


def test_a_missing_mart(
    reference: Path, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    status, line = compared(reference, settings, capsys, statement="drop table marts.purchases")
    assert (status, line["missing"]) == (1, "purchases")
