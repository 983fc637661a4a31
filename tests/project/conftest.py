"""The parsed project and one built warehouse on each engine, once a test process."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cdp.activation.receiver import RunningReceiver, running_receiver
from cdp.settings import Target
from tests.conftest import create_database, postgres_folder
from tests.dbt_process import DbtProcess
from tests.project.platform import SECRET, Platform, postgres_variables

# The moment that the company is built as of.
AS_OF = "2026-11-15 17:10:00"
# Database of the built company; no other text of a manifest is like it.
BUILT = "cdp_built_company"
SIZE = ("--customers", "250", "--days", "120", "--seed", "3")

Built = Callable[[Target], Platform]


@pytest.fixture(scope="session")
def manifest_path(dbt_process: DbtProcess, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """manifest.json as dbt writes it, parsed for DuckDB."""
    platform = Platform.create(
        tmp_path_factory.mktemp("manifest"), {"CDP_TARGET": "duckdb"}, dbt_process
    )
    return platform.parsed_manifest_path


@pytest.fixture(scope="session")
def manifest(manifest_path: Path) -> dict[str, Any]:
    """The parsed manifest."""
    parsed: dict[str, Any] = json.loads(manifest_path.read_text())
    return parsed


@pytest.fixture(scope="session")
def exports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Channel files of a generated company; read only."""
    folder = tmp_path_factory.mktemp("company") / "out"
    subprocess.run([sys.executable, "-m", "generator", *SIZE, "--out", folder], check=True)
    return folder / "landing"


@pytest.fixture(scope="session")
def built(
    exports: Path,
    dbt_process: DbtProcess,
    tmp_path_factory: pytest.TempPathFactory,
    request: pytest.FixtureRequest,
) -> Built:
    """The company landed, built and tested on an engine; tests read it or take a copy."""
    platforms: dict[Target, Platform] = {}

    def build(folder: Path, variables: dict[str, str]) -> Platform:
        platform = Platform.create(folder, variables, dbt_process)
        platform.add_files(exports)
        platform.land()
        platform.build(as_of=AS_OF)
        return platform

    def on(target: Target) -> Platform:
        if target not in platforms:
            # What one test process has built is there for the others, each of which takes a copy.
            of_all = tmp_path_factory.getbasetemp()
            if "PYTEST_XDIST_WORKER" in os.environ:
                of_all = of_all.parent
            variables, original = {"CDP_TARGET": str(target)}, of_all / "built"
            if target == "postgres":
                host = request.getfixturevalue("postgres_server")
                variables |= {"PGHOST": str(host), "PGUSER": "postgres", "PGDATABASE": BUILT}
                original = postgres_folder() / "built"
            with (of_all / f"built_{target}.lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                if not original.exists():
                    if target == "postgres":
                        create_database(host, name=BUILT)
                    build(original.with_name("making"), variables).folder.rename(original)
                platform = Platform.create(original, variables, dbt_process)
                copy = platform.copy(tmp_path_factory.mktemp("built") / target)
            platforms[target] = copy.shared()
        return platforms[target]

    return on


@pytest.fixture(params=["duckdb", "postgres"])
def platform(request: pytest.FixtureRequest, tmp_path: Path, dbt_process: DbtProcess) -> Platform:
    """An empty platform, on each engine in turn."""
    variables = {"CDP_TARGET": str(request.param)}
    if request.param == "postgres":
        variables |= postgres_variables(request.getfixturevalue("postgres_server"))
    return Platform.create(tmp_path / "platform", variables, dbt_process)


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[RunningReceiver]:
    with running_receiver(tmp_path / "received.sqlite", secret=SECRET) as running:
        yield running
