"""One run of fitting: on all orders, and on the orders before the holdout period."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from typing import Any

from cdp.settings import Settings
from cdp.value import store
from cdp.warehouse.connection import connected

# With fewer, differences between customers cannot be estimated.
MIN_REPEAT_CUSTOMERS = 30


class FitError(RuntimeError):
    """Fitting failed; the message gives the remedy and contains no value of a record."""


@dataclass(frozen=True)
class FitReport:
    """What one fit did.

    Attributes:
        purpose: `forecast` or `holdout`.
        fit_id: Id of the fit; None if it failed.
        customer_count: Number of customers in the data.
        repeat_customer_count: Number of these with a repeat purchase.
        problem: Why the fit, or its model of spend, failed; empty if nothing failed.
    """

    purpose: store.Purpose
    fit_id: str | None
    customer_count: int
    repeat_customer_count: int
    problem: str = ""

    def __str__(self) -> str:
        customers = f"{self.customer_count:,} customers, {self.repeat_customer_count:,} of them"
        if self.fit_id is None:
            return f"No {self.purpose} fit on {customers} with repeat purchases. {self.problem}"
        said = f"{self.purpose} fit {self.fit_id} on {customers} with repeat purchases."
        return f"{said} {self.problem}".rstrip()


def fit(settings: Settings, *, schema: str | None = None) -> list[FitReport]:
    """Fit on the summaries in `schema`, by default `<prefix>_value`, and write the parameters.

    The warehouse is locked only while summaries are read and parameters are written. If the fit on
    all orders fails, nothing is written; the fit for the holdout may fail alone. Raises `FitError`.
    """
    model = _model()
    with connected(settings) as warehouse:
        read = {
            purpose: store.read_summaries(warehouse, schema or f"{settings.schema}_value", purpose)
            for purpose in store.SUMMARIES
        }
    rows, reports = [], []
    for purpose, summaries in read.items():
        if summaries is None:
            raise FitError(
                f"There is no {store.SUMMARIES[purpose]}: "
                f"run make dbt ARGS='build -s +{store.SUMMARIES[purpose]}' first."
            )
        repeating = sum(summary.frequency > 0 for summary in summaries)
        try:
            if repeating < MIN_REPEAT_CUSTOMERS:
                raise FitError(f"At least {MIN_REPEAT_CUSTOMERS} are needed{_remedy(purpose)}.")
            parameters = asdict(model.estimate(summaries))
        except (FitError, model.NoEstimateError) as error:
            problem = (
                str(error)
                if isinstance(error, FitError)
                else f"{error} finds no maximum: the customers are too few or too similar"
                f"{_remedy(purpose)}."
            )
            report = FitReport(purpose, None, len(summaries), repeating, problem)
            if purpose == "forecast":
                raise FitError(str(report)) from None
            reports.append(report)
            continue
        observed_until = summaries[0].observed_until
        fit_id = _fit_id(purpose, observed_until, parameters)
        rows.append(
            {
                "fit_id": fit_id,
                "purpose": purpose,
                "fitted_at": datetime.now(UTC).replace(tzinfo=None),
                "observed_until": observed_until,
                "customer_count": len(summaries),
                "repeat_customer_count": repeating,
                **parameters,
            }
        )
        problem = (
            "No spend is forecast: Gamma-Gamma finds no maximum, the customers are too few or too "
            "similar."
            if parameters["spend_p"] is None
            else ""
        )
        reports.append(FitReport(purpose, fit_id, len(summaries), repeating, problem))
    with connected(settings) as warehouse:
        store.write_fits(warehouse, settings, rows)
    return reports


def _remedy(purpose: store.Purpose) -> str:
    if purpose == "holdout":
        return ": lower value_holdout_days in dbt_project.yml, or wait for more orders"
    return ": land more orders, or check CDP_AS_OF"


def _fit_id(purpose: str, observed_until: date, parameters: dict[str, float]) -> str:
    said = json.dumps([purpose, observed_until.isoformat(), parameters], sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def _model() -> Any:
    try:
        from cdp.value import model  # noqa: PLC0415  an extra, and seconds to import
    except ModuleNotFoundError as error:
        raise FitError(
            f"{error.name} is not installed: pip install 'customer-data-platform[value]'."
        ) from None
    return model
