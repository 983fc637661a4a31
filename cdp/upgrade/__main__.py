"""`python -m cdp.upgrade`: bring the warehouse to this code's version; exit status 1 if not."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from cdp.settings import PROJECT_DIR, SettingError, Settings
from cdp.upgrade import UpgradeError, run
from cdp.warehouse.connection import WarehouseBusyError
from cdp.warehouse.writer import WarehouseTakenError


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns its exit status."""
    parser = argparse.ArgumentParser(prog="python -m cdp.upgrade", description=__doc__)
    parser.add_argument(
        "--drop-removed", action="store_true", help="drop relations that no model makes any more"
    )
    parser.add_argument("--project-dir", type=Path, default=PROJECT_DIR)
    options = parser.parse_args(arguments)
    try:
        settings = Settings.from_environment()
        settings.prepare()
        project_dir = options.project_dir.resolve()
        run(settings, _say, drop_removed=options.drop_removed, project_dir=project_dir)
    except (SettingError, UpgradeError, WarehouseBusyError, WarehouseTakenError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def _say(message: str) -> None:
    print(message, flush=True)


if __name__ == "__main__":
    sys.exit(main())
