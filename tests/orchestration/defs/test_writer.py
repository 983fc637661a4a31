"""One writer of the warehouse at a time, across threads of control that know nothing of another."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cdp.cli.tools import writes
from cdp.settings import PROJECT_DIR, SettingError, Settings
from cdp.warehouse.writer import WAIT_VARIABLE, WarehouseTakenError, only_writer

HOLD = """
import sys
from cdp.settings import Settings
from cdp.warehouse.writer import only_writer
with only_writer(Settings.from_environment(), "Dagster run 1 (incremental_refresh)"):
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def another_writer() -> Iterator[subprocess.Popen[bytes]]:
    """A process that holds the warehouse until its standard input ends."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD],
        cwd=PROJECT_DIR,
        env=os.environ | {"PYTHONPATH": str(PROJECT_DIR)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as other:
        assert other.stdout
        assert other.stdout.readline() == b"held\n"
        yield other


def test_the_second_waits_for_the_first_or_stops_with_its_name(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with another_writer() as other:
        monkeypatch.setenv(WAIT_VARIABLE, "0")
        with (
            pytest.raises(WarehouseTakenError, match=r"Dagster run 1 \(incremental_refresh\)"),
            only_writer(settings, "make dbt"),
        ):
            raise AssertionError("two writers at once")
        monkeypatch.setenv(WAIT_VARIABLE, "60")
        told: list[str] = []

        def tell(message: str) -> None:
            told.append(message)
            assert other.stdin
            other.stdin.close()

        with only_writer(settings, "make dbt", tell):
            pass
    assert len(told) == 1
    assert "Dagster run 1 (incremental_refresh)" in told[0]


def test_a_writer_that_was_killed_keeps_nobody_out(settings: Settings) -> None:
    with another_writer() as other:
        other.kill()
        other.wait()
        with only_writer(settings, "make dbt"):
            pass


def test_a_command_waits_for_the_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CDP_TARGET", "duckdb")
    monkeypatch.setenv("CDP_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("CDP_DUCKDB_PATH", str(tmp_path / "warehouse.duckdb"))
    monkeypatch.setenv(WAIT_VARIABLE, "0")
    landing = [sys.executable, "-m", "cdp", "land"]
    with only_writer(Settings.from_environment(), "Dagster run 1"):
        stopped = subprocess.run(
            landing, cwd=PROJECT_DIR, capture_output=True, text=True, check=False
        )
    assert stopped.returncode == 1
    assert "is being written by Dagster run 1" in stopped.stderr
    assert not (tmp_path / "warehouse.duckdb").exists()


def test_a_wait_that_is_no_number_names_its_setting(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(WAIT_VARIABLE, "long")
    with pytest.raises(SettingError, match=WAIT_VARIABLE), only_writer(settings, "make dbt"):
        pass


@pytest.mark.parametrize(
    ("command", "is_writing"),
    [
        ("build -s profiles", True),
        ("--quiet run", True),
        ("docs serve", False),
        ("--quiet parse", False),
    ],
)
def test_only_dbt_that_writes_waits(command: str, is_writing: bool) -> None:
    assert writes(command.split()) is is_writing
