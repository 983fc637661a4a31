"""Runs a tool with what the target needs set: `python -m cdp.cli.shell dbt …`.

What writes to the warehouse waits for other writers: dbt where it builds or tests, and the modules
of this project that land, deliver or fit (`python -m cdp.cli.shell python -m …`).
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

from cdp.settings import SettingError, Settings, stop_embedded_postgres
from cdp.warehouse.writer import WarehouseTakenError, only_writer

_WRITING_COMMANDS = {"build", "clone", "retry", "run", "run-operation", "seed", "snapshot", "test"}
_BUILDING_COMMANDS = {"build", "retry", "run"}
_WRITING_MODULES = {
    "cdp.activation",
    "cdp.landing",
    "cdp.identity.matching",
    "cdp.value",
}


def main(arguments: list[str]) -> None:
    """Replace this process by the tool, or stop the embedded server for `stop-postgres`."""
    if not arguments:
        raise SystemExit("Name the tool to run: python -m cdp.cli.shell dbt build")
    try:
        settings = Settings.from_environment()
        if arguments == ["stop-postgres"]:
            stop_embedded_postgres(settings.data_dir / "postgres")
            return
        settings.prepare()
    except SettingError as error:
        raise SystemExit(str(error)) from None
    tool = Path(sys.executable).parent / arguments[0]
    if not tool.exists():
        raise SystemExit(f"{arguments[0]} is not in this environment: run make setup.")
    command = [str(tool), *arguments[1:]]
    if arguments[0] == "dbt" and not _BUILDING_COMMANDS.isdisjoint(arguments[1:]):
        # Models ask what changed in their definitions since they were built.
        tool, command = Path(sys.executable), [sys.executable, "-m", "cdp.dbt.run", *arguments[1:]]
    if not writes(arguments):
        os.execv(tool, command)
    try:
        name = " ".join([arguments[0], *arguments[1:3]])
        with only_writer(settings, name, _say, is_inherited=True):
            if settings.target == "postgres":
                _run(command)
            os.execv(tool, command)
    except (SettingError, WarehouseTakenError) as error:
        raise SystemExit(str(error)) from None


def writes(arguments: list[str]) -> bool:
    """Whether a command writes to the warehouse."""
    if arguments[0] == "dbt":
        return not _WRITING_COMMANDS.isdisjoint(arguments[1:])
    return arguments[:2] == ["python", "-m"] and not _WRITING_MODULES.isdisjoint(arguments[2:3])


def _run(command: list[str]) -> NoReturn:
    """Run the tool and end as it does; the lock is a session's, and goes with this process."""
    # Ctrl-C reaches both, and the tool decides what becomes of it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    raise SystemExit(subprocess.call(command))


def _say(message: str) -> None:
    print(message, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
