"""CDNOW from purchases to forecasts, against what was published and what libraries compute."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import cast

import numpy as np
import pytest
from scipy.special import hyp2f1

from cdp.settings import Settings, Target
from cdp.value import FitReport, fit, store
from cdp.warehouse.connection import connected
from tests.conftest import make_settings
from tests.projects.cdnow import cdnow

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", params=["duckdb", "postgres"])
def fitted(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Settings, list[FitReport]]]:
    """A warehouse of CDNOW's purchases, built, fitted and built again."""
    folder = tmp_path_factory.mktemp("cdnow")
    with pytest.MonkeyPatch.context() as patch:
        target = cast(Target, request.param)
        settings = make_settings(target, Path(folder), patch, request)
        patch.setenv("CDP_AS_OF", cdnow.AS_OF)
        cdnow.load(settings)
        cdnow.dbt("run")
        with connected(settings) as warehouse:
            unscored = warehouse.execute(
                "select count(*), count(probability_alive), count(expected_amount_90_days) "
                f"from {settings.schema}.customer_values"
            )
            assert unscored == [(2357, 0, 0)]
        reports = fit(settings, schema=settings.schema)
        cdnow.dbt("run")
        yield settings, reports


def test_summaries_are_those_of_the_package(fitted: tuple[Settings, list[FitReport]]) -> None:
    settings, _ = fitted
    with connected(settings) as warehouse:
        rows = warehouse.execute(
            "select profile_id, frequency, recency_days / 7.0, tenure_days / 7.0, "
            "coalesce(monetary_amount, 0) "
            f"from {settings.schema}.int_value__holdout_summaries"
        )
    shipped = cdnow.summaries()
    assert len(rows) == len(shipped) == 2357
    for customer, frequency, recency, tenure, amount in rows:
        x, t_x, t, z = shipped[customer]
        assert frequency == x
        # The package has two decimals.
        assert float(recency) == pytest.approx(t_x, abs=0.0051)
        assert float(tenure) == pytest.approx(t, abs=0.0051)
        assert float(amount) == pytest.approx(z, abs=0.0101)


def test_parameters_are_those_published(fitted: tuple[Settings, list[FitReport]]) -> None:
    settings, reports = fitted
    with connected(settings) as warehouse:
        rows = warehouse.execute(
            "select fit_id, purchase_r, purchase_alpha, purchase_a, purchase_b, log_likelihood, "
            f"customer_count, observed_until from {settings.raw_schema}.{store.FITS} "
            "where purpose = 'holdout'"
        )
    assert [row[0] for row in rows] == [reports[1].fit_id]
    assert rows[0][1:6] == pytest.approx((0.243, 4.414, 0.793, 2.426, -9582.4), rel=0.01)
    assert rows[0][6:] == (2357, date(1997, 9, 30))


def test_scores_are_those_of_the_library(fitted: tuple[Settings, list[FitReport]]) -> None:
    settings, _ = fitted
    with connected(settings) as warehouse:
        r, alpha, a, b, p, q, v = warehouse.execute(
            "select purchase_r, purchase_alpha, purchase_a, purchase_b, spend_p, spend_q, spend_v "
            f"from {settings.raw_schema}.{store.FITS} where purpose = 'forecast'"
        )[0]
        rows = warehouse.execute(
            "select frequency, recency_days, tenure_days, coalesce(monetary_amount, 0), "
            "probability_alive, expected_purchases_90_days, expected_purchases_365_days, "
            f"expected_purchase_amount from {settings.schema}.customer_values"
        )
    x, recency, tenure, amount, alive, in_90, in_365, spend = np.array(rows, dtype=float).T
    theirs = _library_scores((r, alpha, a, b), (p, q, v), x, recency / 7, tenure / 7, amount)
    assert len(rows) == 2357
    np.testing.assert_allclose(alive, theirs["alive"], atol=1e-6)
    np.testing.assert_allclose(in_90, theirs["in_90"], rtol=1e-6)
    np.testing.assert_allclose(in_365, theirs["in_365"], rtol=1e-6)
    np.testing.assert_allclose(spend, theirs["spend"], atol=0.0051)
    # And beside both, the paper's own formula with SciPy's hypergeometric function.
    z = (365 / 7) / (alpha + tenure / 7 + 365 / 7)
    plain = (
        (a + b + x - 1)
        / (a - 1)
        * (1 - (1 - z) ** (r + x) * hyp2f1(r + x, b + x, a + b + x - 1, z))
        * alive
    )
    np.testing.assert_allclose(in_365, plain, rtol=1e-6)


def test_forecasts_hold_on_the_days_held_out(fitted: tuple[Settings, list[FitReport]]) -> None:
    settings, _ = fitted
    with connected(settings) as warehouse:
        totals = warehouse.execute(
            "select grouped_by, sum(customer_count), sum(expected_purchase_count), "
            "sum(observed_purchase_count) "
            f"from {settings.schema}.churn_calibration group by grouped_by order by grouped_by"
        )
        deciles = warehouse.execute(
            "select expected_purchase_count, observed_purchase_count "
            f"from {settings.schema}.churn_calibration where grouped_by = 'forecast' "
            "order by class_number"
        )
    first = date(1997, 10, 1).isoformat()
    bought = {(customer, day) for _, customer, day, _ in cdnow.purchases() if day >= first}
    assert [row[0] for row in totals] == ["forecast", "frequency"]
    for _, customers, expected, observed in totals:
        assert (customers, observed) == (2357, len(bought))
        assert float(expected) == pytest.approx(float(observed), rel=0.15)
    expected_by_decile, observed_by_decile = np.array(deciles, dtype=float).T
    assert np.corrcoef(expected_by_decile, observed_by_decile)[0, 1] > 0.95


def test_a_fit_is_written_once_and_never_measured_on_what_it_saw(
    fitted: tuple[Settings, list[FitReport]],
) -> None:
    settings, reports = fitted
    again = fit(settings, schema=settings.schema)
    assert [report.fit_id for report in again] == [report.fit_id for report in reports]
    with connected(settings) as warehouse:
        count = f"select count(*) from {settings.raw_schema}.{store.FITS}"
        assert warehouse.execute(count) == [(2,)]
    cdnow.dbt("run", holdout_days=300)
    try:
        with connected(settings) as warehouse:
            measured = f"select count(*) from {settings.schema}.churn_calibration"
            assert warehouse.execute(measured) == [(0,)]
    finally:
        cdnow.dbt("run")


def _library_scores(
    purchases: tuple[float, float, float, float],
    spend: tuple[float, float, float],
    x: np.ndarray,
    t_x: np.ndarray,
    t: np.ndarray,
    z: np.ndarray,
) -> dict[str, np.ndarray]:
    import arviz as az  # noqa: PLC0415
    import pandas as pd  # noqa: PLC0415
    from pymc_marketing.clv import BetaGeoModel, GammaGammaModel  # noqa: PLC0415

    frame = pd.DataFrame({"customer_id": range(len(x)), "frequency": x, "recency": t_x, "T": t})
    names = ("r", "alpha", "a", "b")
    model = BetaGeoModel(data=frame)
    model.build_model()
    model.idata = az.from_dict({n: [[f]] for n, f in zip(names, purchases, strict=True)})
    values = frame.assign(monetary_value=z)
    repeat = values[(x > 0) & (z > 0)]
    money = GammaGammaModel(data=repeat[["customer_id", "frequency", "monetary_value"]])
    money.build_model()
    money.idata = az.from_dict({n: [[f]] for n, f in zip(("p", "q", "v"), spend, strict=True)})
    return {
        "alive": model.expected_probability_alive().to_numpy().ravel(),
        "in_90": model.expected_purchases(future_t=90 / 7).to_numpy().ravel(),
        "in_365": model.expected_purchases(future_t=365 / 7).to_numpy().ravel(),
        "spend": money.expected_customer_spend(data=values).to_numpy().ravel(),
    }
