"""Fits what customers will buy and spend, on the warehouse's own orders.

`python -m orchestration.value`, or `make fit`. docs/value.md says what it is for.
"""

from orchestration.value.run import FitError, FitReport, fit

__all__ = ["FitError", "FitReport", "fit"]
