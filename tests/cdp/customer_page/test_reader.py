"""Reading beside a writer of the DuckDB file."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pytest

from cdp.customer_page import copies
from cdp.customer_page.copies import CopyReaders, is_being_written
from cdp.customer_page.warehouse import (
    Reader,
    WarehouseMissingError,
    WarehouseUnavailableError,
)
from cdp.settings import Settings

WRITER = """
import duckdb, sys
connection = duckdb.connect(sys.argv[1])
connection.execute(sys.argv[2])
print("writing", flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("CDP_TARGET", "duckdb")
    monkeypatch.setenv("CDP_DATA_DIR", str(tmp_path))
    monkeypatch.delenv("CDP_DUCKDB_PATH", raising=False)
    monkeypatch.setattr(copies, "CHECK_EVERY_SECONDS", 0.0)
    monkeypatch.setattr(copies, "FIRST_WAIT_SECONDS", 0.3)
    return Settings.from_environment()


@contextmanager
def writing(file: Path, statement: str) -> Iterator[None]:
    """Another process that holds the warehouse, having run a statement."""
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, file, statement],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout and process.stdin
    assert process.stdout.readline() == "writing\n"
    yield
    process.stdin.close()
    assert process.wait() == 0
    process.stdout.close()


def values(readers: CopyReaders) -> list[tuple[Any, ...]]:
    with readers.open() as reader:
        return reader.connection.execute("select x from numbers order by x")


def test_pages_go_on_beside_a_writer_and_see_what_it_wrote_after_it(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Reader, "check", lambda self: None)
    file = settings.duckdb_path
    with pytest.raises(WarehouseMissingError), CopyReaders(settings).open():
        pass
    with duckdb.connect(str(file)) as connection:
        connection.execute("create table numbers as select 1 as x")
        connection.execute("create view seen as select * from numbers")
    readers = CopyReaders(settings)
    assert values(readers) == [(1,)]
    assert not is_being_written(file)
    with readers.open() as reader:
        # A page that is open keeps no writer out, nor does a writer end it.
        with writing(file, "insert into numbers values (2)"):
            assert is_being_written(file)
            assert values(readers) == [(1,)]
            with pytest.raises(WarehouseUnavailableError), CopyReaders(settings).open():
                pass
        assert values(readers) == [(1,), (2,)]
        assert reader.connection.execute("select x from seen") == [(1,)]
    found = list((file.parent / "customer_page").glob("copy-*/*"))
    assert len(found) == 1
    assert found[0].parent.parent.stat().st_mode & 0o077 == 0
    readers.close()


def test_what_a_page_needs_and_lacks_is_named(settings: Settings) -> None:
    duckdb.connect(str(settings.duckdb_path)).close()
    with pytest.raises(WarehouseMissingError) as raised, CopyReaders(settings).open():
        pass
    assert "cdp_identity.profile_links" in raised.value.tables
