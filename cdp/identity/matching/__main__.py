"""`python -m cdp.identity.matching [--train]`: propose pairs of records that are one person.

Does nothing while matching is switched off. The exit status is 2 where it could not go on.
"""

from __future__ import annotations

import argparse
import sys

from cdp.identity.matching import MatchingError, is_switched_on, match
from cdp.identity.matching.run import SWITCH
from cdp.settings import SettingError, Settings
from cdp.warehouse.connection import WarehouseBusyError


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns its exit status."""
    parser = argparse.ArgumentParser(prog="python -m cdp.identity.matching", description=__doc__)
    parser.add_argument("--train", action="store_true", help="learn the parameters anew")
    options = parser.parse_args(arguments)
    try:
        if not is_switched_on():
            print(f"Matching is off: set {SWITCH}=true to switch it on.")
            return 0
        settings = Settings.from_environment()
        settings.prepare()
        print(match(settings, train=options.train))
    except (MatchingError, SettingError, WarehouseBusyError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
