"""Runs a tool with what the target needs set: `python -m orchestration.shell dbt …`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from orchestration.settings import SettingError, Settings, stop_embedded_postgres


def main(arguments: list[str]) -> None:
    """Replace this process by the tool, or stop the embedded server for `stop-postgres`."""
    if not arguments:
        raise SystemExit("Name the tool to run: python -m orchestration.shell dbt build")
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
    os.execv(tool, [str(tool), *arguments[1:]])


if __name__ == "__main__":
    main(sys.argv[1:])
