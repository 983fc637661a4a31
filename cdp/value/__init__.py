"""Fits models of customers' future purchases and spend on the orders in the warehouse (`cdp fit`).

See docs/value.md.
"""

from cdp.value.run import FitError, FitReport, fit

__all__ = ["FitError", "FitReport", "fit"]
