"""Waiting for a job that a vendor works on."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from tenacity import AsyncRetrying, RetryError, retry_if_result, stop_after_delay, wait_fixed

from cdp.activation.destinations.base import TemporaryFailureError

Result = TypeVar("Result")


async def result_of_job(
    look: Callable[[], Awaitable[Result | None]], *, poll_seconds: float, job_seconds: float
) -> Result:
    """What `look` returns once it is not None, asked every `poll_seconds`.

    Raises `TemporaryFailureError` after `job_seconds`, and whatever `look` raises.
    """
    polling = AsyncRetrying(
        retry=retry_if_result(lambda result: result is None),
        wait=wait_fixed(poll_seconds),
        stop=stop_after_delay(job_seconds),
    )
    try:
        result: Result = await polling(look)
    except RetryError:
        raise TemporaryFailureError("the job was not done in time") from None
    return result
