"""Fits what customers will buy and spend, on the warehouse's own orders.

`cdp fit`. docs/value.md says what it is for.
"""

from cdp.value.run import FitError, FitReport, fit

__all__ = ["FitError", "FitReport", "fit"]
