"""A run of fitting, with an estimator in place of the library: what it writes and says."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from cdp.settings import Settings
from cdp.value import FitError, fit, run, store
from cdp.warehouse.connection import connected
from tests.command import cdp

FOUND = store.Parameters(0.25, 4.5, 0.75, 2.5, -100.0, 6.0, 4.0, 15.0)


class NoEstimateError(ValueError):
    pass


@pytest.fixture(autouse=True)
def estimator(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Stands for the module of the optional library."""
    module = SimpleNamespace(NoEstimateError=NoEstimateError, estimate=lambda summaries: FOUND)
    monkeypatch.setattr(run, "_model", lambda: module)
    return module


def summarise(settings: Settings, *, forecast: int = 40, holdout: int = 40) -> None:
    """Write so many customers with a repeat purchase, and one without, for each purpose."""
    with connected(settings) as warehouse:
        warehouse.execute("create schema if not exists cdp_value")
        for purpose, count, until in (
            ("forecast", forecast, "2026-11-15"),
            ("holdout", holdout, "2026-08-17"),
        ):
            table = f"cdp_value.{store.SUMMARIES[purpose]}"  # type: ignore[index]
            warehouse.execute(f"drop table if exists {table}")
            warehouse.execute(
                f"create table {table} (profile_id text, frequency bigint, recency_days bigint, "
                "tenure_days bigint, monetary_amount numeric(18, 2), observed_until date)"
            )
            for number in range(count + 1):
                warehouse.execute(
                    f"insert into {table} values ($1, $2, 5, 9, null, cast($3 as date))",
                    (f"p{number}", min(number, 1), until),
                )


def written(settings: Settings) -> list[tuple[Any, ...]]:
    with connected(settings) as warehouse:
        if not warehouse.table_exists("raw", store.FITS):
            return []
        return warehouse.execute(
            "select purpose, observed_until, customer_count, repeat_customer_count, purchase_r, "
            f"log_likelihood, spend_v from raw.{store.FITS} order by purpose, purchase_r"
        )


def test_both_fits_are_written_once(settings: Settings, estimator: SimpleNamespace) -> None:
    summarise(settings)
    reports = fit(settings)
    assert [report.fit_id for report in fit(settings)] == [report.fit_id for report in reports]
    assert written(settings) == [
        ("forecast", date(2026, 11, 15), 41, 40, 0.25, -100.0, 15.0),
        ("holdout", date(2026, 8, 17), 41, 40, 0.25, -100.0, 15.0),
    ]
    estimator.estimate = lambda summaries: replace(FOUND, purchase_r=0.5)
    fit(settings)
    assert [row[4] for row in written(settings)] == [0.25, 0.5, 0.25, 0.5]


def test_fits_are_written_all_or_none(settings: Settings) -> None:
    summarise(settings)
    fit(settings)
    before = written(settings)
    with connected(settings) as warehouse, pytest.raises(KeyError):
        store.write_fits(
            warehouse, settings, [{"fit_id": f"x{n}"} if n else whole_row() for n in range(2)]
        )
    assert written(settings) == before


def whole_row() -> dict[str, Any]:
    return {
        "fit_id": "x0", "purpose": "forecast", "fitted_at": None, "observed_until": None,
        "customer_count": 1, "repeat_customer_count": 1, "purchase_r": 1.0,
        "purchase_alpha": 1.0, "purchase_a": 1.0, "purchase_b": 1.0, "log_likelihood": 1.0,
        "spend_p": 1.0, "spend_q": 1.0, "spend_v": 1.0,
    }  # fmt: skip


def test_a_fit_without_spend_is_written_and_said(
    settings: Settings, estimator: SimpleNamespace
) -> None:
    summarise(settings)
    silent = replace(FOUND, spend_p=None, spend_q=None, spend_v=None)
    estimator.estimate = lambda summaries: silent
    assert "No spend is forecast" in str(fit(settings)[0])
    assert [row[6] for row in written(settings)] == [None, None]


def test_too_few_before_the_hold_out_are_said_with_the_setting(settings: Settings) -> None:
    summarise(settings, holdout=29)
    forecast, holdout = fit(settings)
    assert forecast.fit_id is not None
    assert holdout.fit_id is None
    assert "At least 30 are needed" in str(holdout)
    assert "lower value_holdout_days in dbt_project.yml" in str(holdout)
    assert [row[0] for row in written(settings)] == ["forecast"]


def test_too_few_customers_write_nothing(settings: Settings) -> None:
    summarise(settings, forecast=29)
    with pytest.raises(FitError, match=r"29 of them .* At least 30 are needed.*CDP_AS_OF"):
        fit(settings)
    assert written(settings) == []


def test_no_maximum_is_said_with_the_model(settings: Settings, estimator: SimpleNamespace) -> None:
    def fails(summaries: object) -> None:
        raise NoEstimateError("BG/NBD")

    summarise(settings)
    estimator.estimate = fails
    with pytest.raises(FitError, match="BG/NBD finds no maximum"):
        fit(settings)
    assert written(settings) == []


def test_summaries_that_are_not_built_are_named(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cdp("fit") == 2
    assert "build -s +int_value__rfm_summaries" in capsys.readouterr().err
