"""What time it is to a run: the real clock, or that of `CDP_AS_OF`, which then goes on."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from cdp.activation.ledger import utc_now
from cdp.settings import Runs

# Tells the time as the warehouse keeps it: UTC, without zone.
Clock = Callable[[], datetime]


def clock_from(start: datetime) -> Clock:
    """A clock that shows `start` now, which is UTC where it has no zone, and goes on from there."""
    began = time.monotonic()
    plain = start.astimezone(UTC).replace(tzinfo=None) if start.tzinfo else start
    return lambda: plain + timedelta(seconds=time.monotonic() - began)


def run_clock() -> Clock:
    """The clock that models are built by; raises `SettingError` for an unreadable `CDP_AS_OF`."""
    as_of = Runs.from_environment().as_of
    return utc_now if as_of is None else clock_from(as_of)
