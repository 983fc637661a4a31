"""The warm process: commands of dbt and runs of Dagster in forks of it, as if started by hand."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

import pytest
from dagster import DagsterInstance, DagsterRun, DagsterRunStatus
from dagster._core.code_pointer import FileCodePointer
from dagster._core.launcher.base import LaunchRunContext
from dagster._core.origin import JobPythonOrigin, RepositoryPythonOrigin
from dagster._core.utils import make_new_run_id

from cdp.dbt import warm as warm_dbt
from cdp.settings import PROJECT_DIR, Settings
from cdp.warehouse.writer import WAIT_VARIABLE, only_writer
from orchestration.run_launcher import PROCESS_TAG, WarmRunLauncher

HOLDING = Path(__file__).parent / "holding_job.py"


@contextmanager
def platform(folder: Path) -> Iterator[dict[str, str]]:
    variables = {
        "CDP_TARGET": "duckdb",
        "CDP_DATA_DIR": str(folder),
        "CDP_DUCKDB_PATH": str(folder / "warehouse.duckdb"),
        "DBT_TARGET_PATH": str(folder / "target"),
        "DBT_LOG_PATH": str(folder / "logs"),
        "DBT_LOG_FORMAT": "json",
        "PYTHONPATH": str(PROJECT_DIR),
    }
    with mock.patch.dict(os.environ, variables):
        yield dict(os.environ)


@pytest.fixture(scope="module")
def warm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The environment of a platform whose warm process answers."""
    with (
        platform(tmp_path_factory.mktemp("warm")) as environment,
        warm_dbt.serving("orchestration.definitions"),
    ):
        until(warm_dbt.is_ready, "the warm process does not answer")
        yield environment


def until(is_so: Callable[[], bool], otherwise: str) -> None:
    deadline = time.monotonic() + 240
    while not is_so():
        assert time.monotonic() < deadline, otherwise
        time.sleep(0.1)


def test_commands_run_in_forks_with_their_own_environment(warm: dict[str, str]) -> None:
    environment = warm
    seed = ("seed", "--select", "message_events", "--no-use-colors")
    for schema in ("cdp", "other"):
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
    assert Path(environment["CDP_DUCKDB_PATH"]).exists()


def test_a_run_that_is_terminated_gives_the_warehouse_to_the_next(
    warm: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(WAIT_VARIABLE, "0")
    folder = Path(warm["CDP_DATA_DIR"])
    (folder / "dagster").mkdir()
    instance_file = folder / "dagster" / "dagster.yaml"
    instance_file.write_text((PROJECT_DIR / ".dagster" / "dagster.yaml").read_text())
    with DagsterInstance.from_config(str(folder / "dagster")) as instance:
        assert isinstance(instance.run_launcher, WarmRunLauncher)
        held = launched(instance)
        until((folder / "held").exists, "the run does not begin")
        assert instance.run_launcher.terminate(held)
        assert ended(instance, held).status is DagsterRunStatus.CANCELED
        assert not instance.run_launcher.terminate(held)
        assert (folder / "given_up").exists()
        with only_writer(Settings.from_environment(), "the next"):
            pass
        (folder / "free").touch()
        assert ended(instance, launched(instance)).status is DagsterRunStatus.SUCCESS


def launched(instance: DagsterInstance) -> str:
    """Launch the job that holds the warehouse, as the daemon does; returns the run's id."""
    repository = RepositoryPythonOrigin(
        executable_path=sys.executable,
        code_pointer=FileCodePointer(str(HOLDING), "defs", working_directory=str(PROJECT_DIR)),
        entry_point=["dagster"],
    )
    origin = JobPythonOrigin(job_name="hold", repository_origin=repository)
    run = instance.add_run(
        DagsterRun(job_name="hold", run_id=make_new_run_id(), job_code_origin=origin)
    )
    instance.run_launcher.launch_run(LaunchRunContext(dagster_run=run, workspace=None))
    return run.run_id


def ended(instance: DagsterInstance, run_id: str) -> DagsterRun:
    """A run, which went in a fork, once it has ended."""

    def found() -> DagsterRun:
        run = instance.get_run_by_id(run_id)
        assert run
        return run

    until(lambda: found().is_finished, "the run does not end")
    assert PROCESS_TAG in found().tags
    return found()


def test_the_process_ends_with_the_one_that_started_it(warm: dict[str, str]) -> None:
    with platform(Path(warm["CDP_DATA_DIR"])):
        process = warm_dbt.launch()
        assert process.stdin
        process.stdin.close()
        # Before or after it has parsed.
        assert process.wait(timeout=240) == 0
        assert not warm_dbt.is_ready()
