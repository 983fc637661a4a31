"""Landing: channel files into raw tables, each file once and whole."""

from orchestration.landing.errors import LandingBusyError, LandingError
from orchestration.landing.landing import forget, land
from orchestration.landing.report import (
    FileProblem,
    LandingProgress,
    LandingReport,
    TableReport,
    summary,
)

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
