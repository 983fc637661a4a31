"""The command line: `python -m generator --customers N --days D --seed S --out DIR`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from generator.output import FolderInUse
from generator.plan import ImpossiblePlan, Plan
from generator.run import generate

# Fixed, so that the output is a function of the arguments alone.
DEFAULT_END_DATE = date(2026, 11, 15)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; 0 is success, 2 is arguments that cannot be used."""
    parser = argparse.ArgumentParser(
        prog="python -m generator",
        description="Write the channel exports of one outdoor retailer, with all their dirt.",
    )
    parser.add_argument("--customers", type=int, required=True, metavar="N")
    parser.add_argument("--days", type=int, required=True, metavar="D")
    parser.add_argument("--seed", type=int, required=True, metavar="S")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    parser.add_argument(
        "--end-date", type=date.fromisoformat, default=DEFAULT_END_DATE, metavar="YYYY-MM-DD"
    )
    given = parser.parse_args(arguments)
    try:
        plan = Plan(given.customers, given.days, given.seed, given.end_date)
        generate(plan, given.out)
    except (ImpossiblePlan, FolderInUse) as error:
        sys.stderr.write(f"error: {error}\n")
        return 2
    sys.stdout.write(f"Wrote {given.out}: {plan.customers} customers, {plan.days} days.\n")
    return 0
