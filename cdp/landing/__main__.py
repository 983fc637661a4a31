"""`python -m cdp.landing`: land what is new or changed and say what happened.

The exit status is 1 when a file could not be read at all, 2 when landing itself could not go on.
Quarantined rows are no failure.
"""

from __future__ import annotations

import argparse
import logging
import sys

from cdp.landing import LandingError, LandingProgress, forget, land, summary
from cdp.settings import SettingError, Settings
from cdp.warehouse.connection import WarehouseBusyError


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns its exit status."""
    parser = argparse.ArgumentParser(prog="python -m cdp.landing", description=__doc__)
    parser.add_argument(
        "--table", action="append", metavar="CHANNEL__ENTITY", help="land this raw table only"
    )
    parser.add_argument(
        "--replay",
        action="append",
        default=[],
        metavar="FILE",
        help="take out what was landed of this file (relative to the landing path) and land again",
    )
    parser.add_argument("--verbose", action="store_true", help="log each step")
    options = parser.parse_args(arguments)
    logging.basicConfig(
        level=logging.INFO if options.verbose else logging.ERROR,
        format="%(asctime)s %(levelname)s %(message)s",
    )
    try:
        settings = Settings.from_environment()
        settings.prepare()
        if options.replay:
            forget(settings, options.replay)
        report = land(settings, options.table, _print_progress if sys.stderr.isatty() else None)
    except (LandingError, SettingError, WarehouseBusyError) as error:
        print(error, file=sys.stderr)
        return 2
    print(summary(report))
    return 1 if report.has_errors else 0


def _print_progress(progress: LandingProgress) -> None:
    print(
        f"{progress.table_name}: {progress.files_done:,} of {progress.files_total:,} files, "
        f"{progress.rows:,} rows",
        file=sys.stderr,
    )


if __name__ == "__main__":
    sys.exit(main())
