"""Fits what customers will buy and spend, on the warehouse's own orders.

`python -m cdp.value`, or `make fit`. docs/value.md says what it is for.
"""

from cdp.value.run import FitError, FitReport, fit

__all__ = ["FitError", "FitReport", "fit"]
