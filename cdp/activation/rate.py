"""The rate limit of a destination account, shared by every sync of this process that uses it."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class RateLimiter:
    """Evenly spaced permits, at most `rate` a second, across threads and event loops.

    Spacing rather than a bucket: no window of the vendor's, wherever it begins, sees more.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._rates: list[float] = []
        self._next = 0.0
        self._paused_until = 0.0

    @contextmanager
    def limited_to(self, rate: float | None) -> Iterator[None]:
        """Hold the account to a rate while inside; of several the lowest rules."""
        if rate is None:
            yield
            return
        with self._lock:
            self._rates.append(rate)
        try:
            yield
        finally:
            with self._lock:
                self._rates.remove(rate)

    def pause(self, seconds: float) -> None:
        """Give no permit for so long: the receiver asked for it."""
        with self._lock:
            self._paused_until = max(self._paused_until, self._clock() + seconds)

    def reserve(self) -> float:
        """Take the next permit; returns the seconds until it is valid."""
        with self._lock:
            now = self._clock()
            at = max(now, self._paused_until)
            if self._rates:
                at = max(at, self._next)
                self._next = at + 1 / min(self._rates)
            return at - now

    def is_free(self) -> bool:
        """Whether no rate and no pause holds, so that `wait` would return at once."""
        with self._lock:
            return not self._rates and self._paused_until <= self._clock()

    def pause_left(self) -> float:
        """Seconds of pause that are left."""
        with self._lock:
            return max(0.0, self._paused_until - self._clock())

    async def wait(self) -> None:
        """Sleep until a permit is valid."""
        await asyncio.sleep(self.reserve())
        # A pause that began meanwhile also applies to permits that were granted before it.
        while left := self.pause_left():
            await asyncio.sleep(left)
            await asyncio.sleep(self.reserve())


_limiters: dict[str, RateLimiter] = {}
_limiters_lock = threading.Lock()


def limiter_of(destination: str, account: str) -> RateLimiter:
    """The limiter of an account."""
    with _limiters_lock:
        return _limiters.setdefault(f"{destination}:{account}", RateLimiter())
