"""Maximum likelihood estimates of BG/NBD and Gamma-Gamma by pymc-marketing.

With flat priors the mode of the posterior is the estimate of Fader, Hardie and Lee (2005) and of
Fader and Hardie (2013). Time is in weeks, as in their papers.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from pymc_extras.prior import Prior
from pymc_marketing.clv import BetaGeoModel, GammaGammaModel

from cdp.value.store import Parameters, Summary

DAYS_PER_WEEK = 7
# Above this value the likelihood is flat: customers are too similar, or too few ordered again.
MAX_PARAMETER = 1e5


class NoEstimateError(ValueError):
    """The likelihood has no usable maximum; the message names the model."""


def estimate(summaries: Sequence[Summary]) -> Parameters:
    """Fit both models; raises `NoEstimateError` if BG/NBD has no estimate."""
    logging.getLogger("pymc").setLevel(logging.ERROR)
    frame = pd.DataFrame(
        {
            "customer_id": np.arange(len(summaries)),
            "frequency": [float(summary.frequency) for summary in summaries],
            "recency": [summary.recency_days / DAYS_PER_WEEK for summary in summaries],
            "T": [summary.tenure_days / DAYS_PER_WEEK for summary in summaries],
            "monetary_value": [float(summary.monetary_amount or 0) for summary in summaries],
        }
    )
    purchases, log_likelihood = _fitted(
        BetaGeoModel, frame.drop(columns="monetary_value"), ("r", "alpha", "a", "b"), "BG/NBD"
    )
    # Customers whose repeat orders were all free do not inform the model of spend.
    spenders = frame[(frame["frequency"] > 0) & (frame["monetary_value"] > 0)]
    spend: Mapping[str, float | None]
    try:
        spend, _ = _fitted(
            GammaGammaModel,
            spenders[["customer_id", "frequency", "monetary_value"]],
            ("p", "q", "v"),
            "Gamma-Gamma",
        )
    except NoEstimateError:
        # Purchases can still be forecast.
        spend = dict.fromkeys(("p", "q", "v"))
    return Parameters(
        purchase_r=purchases["r"],
        purchase_alpha=purchases["alpha"],
        purchase_a=purchases["a"],
        purchase_b=purchases["b"],
        log_likelihood=log_likelihood,
        spend_p=spend["p"],
        spend_q=spend["q"],
        spend_v=spend["v"],
    )


def _fitted(
    kind: Any, frame: pd.DataFrame, names: tuple[str, ...], title: str
) -> tuple[Mapping[str, float], float]:
    fitted = kind(data=frame, model_config={name: Prior("HalfFlat") for name in names})
    try:
        fitted.fit(method="map", progressbar=False)
    except (ValueError, FloatingPointError, RuntimeError):
        # The library's message may contain values of rows.
        raise NoEstimateError(title) from None
    found = {name: float(fitted.idata.posterior[name].mean()) for name in names}
    if not all(math.isfinite(value) and 0 < value < MAX_PARAMETER for value in found.values()):
        raise NoEstimateError(title)
    point = {f"{name}_log__": np.log(value) for name, value in found.items()}
    return found, float(fitted.model.compile_logp(jacobian=False)(point))
