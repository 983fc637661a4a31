"""The rate limit of an account: spacing, sharing, pausing."""

from __future__ import annotations

import asyncio
import threading
import time

import pytest

from cdp.activation.rate import RateLimiter, limiter_of


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_permits_are_spaced_so_that_no_window_sees_more_than_the_rate() -> None:
    limiter = RateLimiter(Clock())
    with limiter.limited_to(4):
        assert [limiter.reserve() for _ in range(5)] == [0, 0.25, 0.5, 0.75, 1.0]


def test_time_that_passed_unused_is_not_saved_up() -> None:
    clock = Clock()
    limiter = RateLimiter(clock)
    with limiter.limited_to(4):
        limiter.reserve()
        clock.now += 60
        assert [limiter.reserve() for _ in range(3)] == [0, 0.25, 0.5]


def test_the_lowest_rate_of_syncs_on_one_account_rules_while_they_run() -> None:
    limiter = RateLimiter(Clock())
    with limiter.limited_to(10):
        with limiter.limited_to(2):
            assert [limiter.reserve(), limiter.reserve()] == [0, 0.5]
        assert [limiter.reserve(), limiter.reserve()] == pytest.approx([1.0, 1.1])


def test_without_a_rate_only_a_pause_holds_anybody_up() -> None:
    clock = Clock()
    limiter = RateLimiter(clock)
    with limiter.limited_to(None):
        assert limiter.is_free()
        limiter.pause(3)
        assert not limiter.is_free()
        assert limiter.reserve() == 3
        clock.now += 3
        assert limiter.is_free()


def test_a_pause_holds_for_those_who_wait_already() -> None:
    limiter = RateLimiter()

    async def wait() -> float:
        started = time.monotonic()
        with limiter.limited_to(20):
            limiter.reserve()
            waiting = asyncio.ensure_future(limiter.wait())
            await asyncio.sleep(0.01)
            limiter.pause(0.2)
            await waiting
        return time.monotonic() - started

    assert asyncio.run(wait()) >= 0.2


def test_threads_with_loops_of_their_own_share_one_rate() -> None:
    limiter = limiter_of("webhook", "threads.test")
    assert limiter_of("webhook", "threads.test") is limiter
    moments: list[float] = []

    async def take() -> None:
        with limiter.limited_to(100):
            for _ in range(10):
                await limiter.wait()
                moments.append(time.monotonic())

    threads = [threading.Thread(target=lambda: asyncio.run(take())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # Forty permits at a hundred a second; four threads at that rate each would take a tenth.
    assert max(moments) - min(moments) >= 0.38
