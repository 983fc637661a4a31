"""Landing: channel files into raw tables, each file once and whole."""

from cdp.landing.errors import LandingBusyError, LandingError
from cdp.landing.landing import forget, land
from cdp.landing.report import FileProblem, LandingProgress, LandingReport, TableReport, summary

__all__ = [
    "FileProblem",
    "LandingBusyError",
    "LandingError",
    "LandingProgress",
    "LandingReport",
    "TableReport",
    "forget",
    "land",
    "summary",
]
