"""CDNOW's sample of 2,357 customers, as the wheel of `lifetimes` carries it.

The package is found but not imported: it is not maintained, and only its data is of use.
"""

from __future__ import annotations

import csv
from importlib.util import find_spec
from pathlib import Path

from dbt.cli.main import dbtRunner

from cdp.settings import Settings
from cdp.warehouse.connection import connected

PROJECT = Path(__file__).parent
# The summary ends after 39 weeks, 30 September 1997; the 39 weeks after are the hold-out period.
AS_OF = "1998-06-30 23:59:59"
HOLDOUT_DAYS = 273


def _file(name: str) -> Path:
    spec = find_spec("lifetimes")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("CDNOW comes with lifetimes: install the dev dependencies.")
    return Path(next(iter(spec.submodule_search_locations))) / "datasets" / name


def purchases() -> list[tuple[str, str, str, str]]:
    """Key, customer, date and amount in dollars of each purchase, as text."""
    rows = []
    for number, line in enumerate(_file("CDNOW_sample.txt").read_text("utf-8").splitlines()):
        _, customer, day, _, amount = line.split()
        rows.append((str(number), customer, f"{day[:4]}-{day[4:6]}-{day[6:]}", amount))
    return rows


def summaries() -> dict[str, tuple[int, float, float, float]]:
    """By customer: repeat purchases, recency and T in weeks, mean repeat amount."""
    with _file("cdnow_customers_summary_with_transactions.csv").open(encoding="utf-8") as file:
        return {
            f"{int(row['ID']):04}": (
                int(row["x"]),
                float(row["t_x"]),
                float(row["T"]),
                float(row["zbar"]),
            )
            for row in csv.DictReader(file)
        }


def load(settings: Settings) -> None:
    """Write the purchases as a raw table."""
    values = ", ".join(
        f"('{key}', '{customer}', date '{day}', {amount})"
        for key, customer, day, amount in purchases()
    )
    with connected(settings) as warehouse:
        warehouse.execute("create schema if not exists raw")
        warehouse.execute(
            "create table raw.purchases (order_key text, profile_id text, "
            "purchased_on date, amount numeric(18, 2))"
        )
        warehouse.execute(f"insert into raw.purchases values {values}")


def dbt(*arguments: str, holdout_days: int = HOLDOUT_DAYS) -> None:
    """Run a command of dbt in the project; raises RuntimeError where it fails."""
    places = ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT.parents[2])]
    variables = ["--vars", f"value_holdout_days: {holdout_days}"]
    result = dbtRunner().invoke(["--quiet", *arguments, *places, *variables])
    if not result.success:
        raise RuntimeError(f"dbt {arguments[0]} failed: {result.exception or result.result}")
