"""Reads the summaries to fit on, and writes the fits, in the warehouse.

`<raw schema>.customer_value_fits` has one row per fit ever made. The latest one per purpose, by
`fitted_at`, is in use.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal, NamedTuple

from cdp.settings import Settings
from cdp.warehouse.connection import Connection, quote

Purpose = Literal["forecast", "holdout"]

SUMMARIES: dict[Purpose, str] = {
    "forecast": "int_value__rfm_summaries",
    "holdout": "int_value__holdout_summaries",
}
FITS = "customer_value_fits"

_COLUMNS = {
    "fit_id": "text",
    "purpose": "text",
    "fitted_at": "timestamp",
    "observed_until": "date",
    "customer_count": "bigint",
    "repeat_customer_count": "bigint",
    "purchase_r": "double precision",
    "purchase_alpha": "double precision",
    "purchase_a": "double precision",
    "purchase_b": "double precision",
    "log_likelihood": "double precision",
    "spend_p": "double precision",
    "spend_q": "double precision",
    "spend_v": "double precision",
}


class Summary(NamedTuple):
    """Purchase summary of one customer, as defined by macro rfm_summaries."""

    frequency: int
    recency_days: int
    tenure_days: int
    monetary_amount: Decimal | None
    observed_until: date


@dataclass(frozen=True)
class Parameters:
    """Parameters of a fit; those of spend are None if Gamma-Gamma has no estimate.

    Field names are column names of the warehouse's table.
    """

    purchase_r: float
    purchase_alpha: float
    purchase_a: float
    purchase_b: float
    log_likelihood: float
    spend_p: float | None
    spend_q: float | None
    spend_v: float | None


def read_summaries(warehouse: Connection, schema: str, purpose: Purpose) -> list[Summary] | None:
    """Summaries sorted by value; None if dbt has not built them."""
    table = SUMMARIES[purpose]
    if not warehouse.table_exists(schema, table):
        return None
    columns = ", ".join(Summary._fields)
    # Sorted, since the last digits of the likelihood depend on the order of summation.
    query = f"select {columns} from {quote(schema)}.{table} order by {columns}"
    return [Summary(*row) for row in warehouse.execute(query)]


def write_fits(warehouse: Connection, settings: Settings, fits: Sequence[dict[str, Any]]) -> None:
    """Write all fits in one transaction. A fit with the same id is replaced."""
    schema, columns = quote(settings.raw_schema), ", ".join(_COLUMNS)
    places = ", ".join(f"${number}" for number in range(1, len(_COLUMNS) + 1))
    with warehouse.transaction():
        warehouse.execute(f"create schema if not exists {schema}")
        warehouse.execute(
            f"create table if not exists {schema}.{FITS} "
            f"({', '.join(f'{name} {kind}' for name, kind in _COLUMNS.items())})"
        )
        for row in fits:
            warehouse.execute(f"delete from {schema}.{FITS} where fit_id = $1", (row["fit_id"],))
            warehouse.execute(
                f"insert into {schema}.{FITS} ({columns}) values ({places})",
                tuple(row[name] for name in _COLUMNS),
            )
