"""The time that a run goes by: the real clock, or one that starts at `CDP_AS_OF`."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from cdp.settings import SettingError

# Returns the time as the warehouse keeps it: UTC, without zone.
Clock = Callable[[], datetime]

AS_OF_VARIABLE = "CDP_AS_OF"


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
    text = os.environ.get(AS_OF_VARIABLE)
    if not text:
        return utc_now
    try:
        return clock_from(datetime.fromisoformat(text))
    except ValueError:
        raise SettingError(
            f"{AS_OF_VARIABLE} is {text!r}: set it to an instant such as 2026-11-14T15:05:00Z."
        ) from None
