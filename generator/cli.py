"""The command line: `python -m generator --customers N --days D --seed S --out DIR`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from generator.channels.ads import Ads
from generator.channels.app import App
from generator.channels.catalog import Catalog
from generator.channels.consent import Consent
from generator.channels.crm import Crm
from generator.channels.email import Email
from generator.channels.loyalty import Loyalty
from generator.channels.pos import Pos
from generator.channels.social import Social
from generator.channels.support import Support
from generator.channels.web import Web
from generator.company import Channel, Company, run
from generator.dirt import Dirt
from generator.output import Exports, FolderInUse, replaced_folder
from generator.plan import ImpossiblePlan, Plan

# Fixed, so that the output is a function of the arguments alone.
DEFAULT_END_DATE = date(2026, 11, 15)


def generate(plan: Plan, out: Path) -> None:
    """Write the exports and the truth of a company to a folder.

    Raises:
        FolderInUse: The folder holds something else; nothing was changed.
    """
    with replaced_folder(out) as folder:
        dirt = Dirt()
        exports = Exports(folder, plan, dirt)
        company = Company(plan, exports, dirt)
        run(company, _channels(company))
        exports.close()


def _channels(company: Company) -> list[Channel]:
    """All channels, each after those whose news of the day it acts upon."""
    ads = Ads(company)
    return [
        Catalog(company),
        Email(company),
        App(company),
        ads,
        Web(company, ads),
        Pos(company),
        Loyalty(company),
        Crm(company),
        Support(company),
        Social(company),
        Consent(company),
    ]


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
    return 0
