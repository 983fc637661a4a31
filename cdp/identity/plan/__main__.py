"""Command line: `make identity-plan`, `python -m cdp.identity.plan --help`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from cdp.identity.plan.build import Dbt, run_dbt
from cdp.identity.plan.errors import IdentityPlanError
from cdp.identity.plan.plan import make_plan
from cdp.identity.plan.report import as_json, as_markdown
from cdp.settings import PROJECT_DIR, SettingError, Settings
from cdp.warehouse.connection import WarehouseBusyError

EXCEEDED = 3


def main(arguments: Sequence[str] | None = None, dbt: Dbt = run_dbt) -> int:
    """Print the plan; returns 0, 1 where it cannot be made, `EXCEEDED` past the limit."""
    parser = argparse.ArgumentParser(prog="python -m cdp.identity.plan")
    parser.add_argument(
        "--base", metavar="REVISION", help="compare with the rules of a git revision"
    )
    parser.add_argument("--json", metavar="FILE", type=Path, help="write the plan as JSON too")
    parser.add_argument(
        "--fail-above",
        metavar="PERCENT",
        type=_percent,
        help=f"end with status {EXCEEDED} where a larger share of profiles changes",
    )
    parser.add_argument("--project-dir", type=Path, default=PROJECT_DIR)
    options = parser.parse_args(arguments)
    try:
        settings = Settings.from_environment()
        settings.prepare()
        plan = make_plan(
            settings,
            base=options.base,
            limit_percent=options.fail_above,
            project=options.project_dir.resolve(),
            dbt=dbt,
        )
    except (IdentityPlanError, SettingError, WarehouseBusyError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    if options.json is not None:
        options.json.write_text(as_json(plan) + "\n")
    print(as_markdown(plan), end="")
    return EXCEEDED if plan.exceeds_limit else 0


def _percent(text: str) -> float:
    percent = float(text.removesuffix("%"))
    if not 0 <= percent <= 100:
        raise argparse.ArgumentTypeError("must be from 0 to 100")
    return percent


if __name__ == "__main__":
    sys.exit(main())
