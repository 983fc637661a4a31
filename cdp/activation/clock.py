"""The time that a run goes by: the real clock, or one that starts at `CDP_AS_OF`."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from cdp.settings import Runs

# Returns the time as the warehouse keeps it: UTC, without zone.
Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The real clock as the warehouse keeps it: UTC, without zone."""
    return datetime.now(UTC).replace(tzinfo=None)


def clock_from(start: datetime) -> Clock:
    """A clock that starts at `start`, taken for UTC if it has no zone, and runs on from there."""
    began = time.monotonic()
    plain = start.astimezone(UTC).replace(tzinfo=None) if start.tzinfo else start
    return lambda: plain + timedelta(seconds=time.monotonic() - began)


def run_clock() -> Clock:
    """The clock that models are built by; raises `SettingError` for an unreadable `CDP_AS_OF`."""
    as_of = Runs.from_environment().as_of
    return utc_now if as_of is None else clock_from(as_of)
