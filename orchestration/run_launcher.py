"""A run launcher for Dagster that starts runs in forks of the warm process.

`dagster.yaml` names it. It is the default one wherever no warm process answers: while no trigger is
on, or where daemon and code server are not on one machine.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping
from typing import Any

from dagster import DefaultRunLauncher

# Dagster has no public interface for the arguments of a run's process or for executing a run from
# them: its own launchers use these three.
from dagster._cli.api import api_cli
from dagster._grpc.types import ExecuteRunArgs
from dagster._serdes import serialize_value

from cdp.dbt.warm import start_call

PROCESS_TAG = "cdp/process"


def execute_run(run: str) -> None:
    """Execute a run in this process; `run` is an `ExecuteRunArgs` as JSON."""
    api_cli(["execute_run", run], standalone_mode=False)


class WarmRunLauncher(DefaultRunLauncher):
    """Launches runs warm where it can."""

    @classmethod
    def from_config_value(cls, inst_data: Any, config_value: Mapping[str, Any]) -> WarmRunLauncher:
        """Made by Dagster from `dagster.yaml`; takes no configuration."""
        return cls(inst_data=inst_data)

    def launch_run(self, context: Any) -> None:
        """Start the run in a fork of the warm process, or as the default launcher does."""
        run = context.dagster_run
        if context.job_code_origin is None:
            return super().launch_run(context)
        arguments = ExecuteRunArgs(
            job_origin=context.job_code_origin,
            run_id=run.run_id,
            instance_ref=self._instance.get_ref(),
        )
        process = start_call(f"{__name__}:execute_run", serialize_value(arguments), 2)
        if process is None:
            return super().launch_run(context)
        self._run_ids.add(run.run_id)
        self._instance.add_run_tags(run.run_id, {PROCESS_TAG: str(process)})
        return None

    def terminate(self, run_id: str) -> bool:
        """Ask the run to end; False where it has ended before."""
        run = self._instance.get_run_by_id(run_id)
        if run is None or PROCESS_TAG not in run.tags:
            return bool(super().terminate(run_id))  # type: ignore[no-untyped-call]
        if run.is_finished:
            return False
        self._instance.report_run_canceling(run)
        try:
            os.kill(int(run.tags[PROCESS_TAG]), signal.SIGTERM)
        except ProcessLookupError:
            return False
        return True
