"""`python -m cdp.value`: fit BG/NBD and Gamma-Gamma on the orders in the warehouse.

The exit status is 2 where it could not go on.
"""

from __future__ import annotations

import argparse
import sys

from cdp.settings import SettingError, Settings
from cdp.value import FitError, fit
from cdp.warehouse.connection import WarehouseBusyError


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns its exit status."""
    parser = argparse.ArgumentParser(prog="python -m cdp.value", description=__doc__)
    parser.parse_args(arguments)
    try:
        settings = Settings.from_environment()
        settings.prepare()
        for report in fit(settings):
            print(report)
    except (FitError, SettingError, WarehouseBusyError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
