"""The warm process of dbt: commands in forks of it, as the command line would run them."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestration import warm_dbt


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    for name, value in {
        "CDP_TARGET": "duckdb",
        "CDP_DATA_DIR": str(tmp_path),
        "CDP_DUCKDB_PATH": str(tmp_path / "warehouse.duckdb"),
        "DBT_TARGET_PATH": str(tmp_path / "target"),
        "DBT_LOG_PATH": str(tmp_path / "logs"),
        "DBT_LOG_FORMAT": "json",
    }.items():
        monkeypatch.setenv(name, value)
    return dict(os.environ)


@pytest.fixture
def warm(environment: dict[str, str]) -> Iterator[None]:
    with warm_dbt.serving():
        deadline = time.monotonic() + 240
        while not warm_dbt.is_ready():
            assert time.monotonic() < deadline, "the warm process does not answer"
            time.sleep(0.1)
        yield


@pytest.mark.usefixtures("warm")
def test_commands_run_in_forks_with_their_own_environment(
    environment: dict[str, str], tmp_path: Path
) -> None:
    seed = ("seed", "--select", "message_events", "--no-use-colors")
    for schema in ("one", "two"):
        command = warm_dbt.start(seed, environment | {"CDP_SCHEMA": schema})
        said = command.output.read().decode()
        assert command.is_warm
        assert command.wait() == 0, said
        assert f"{schema}_rules.message_events" in said
    failing = warm_dbt.start(("run", "--select", "stg_app__events"), environment)
    failing.output.read()
    assert failing.wait() == 1
    nonsense = warm_dbt.start(("run", "--no-such-option"), environment)
    nonsense.output.read()
    assert nonsense.wait() not in (0, 1)
    assert (tmp_path / "warehouse.duckdb").exists()


def test_the_process_ends_with_the_one_that_started_it(environment: dict[str, str]) -> None:
    process = warm_dbt.launch()
    assert process.stdin
    process.stdin.close()
    # Before or after it has parsed.
    assert process.wait(timeout=240) == 0
    assert not warm_dbt.is_ready()
