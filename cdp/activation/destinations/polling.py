"""Waiting for a job that a vendor works on."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from pydantic import Field
from tenacity import AsyncRetrying, RetryError, retry_if_result, stop_after_delay, wait_fixed

from cdp.activation.destinations.api import ApiOptions
from cdp.activation.destinations.base import TemporaryFailureError

Result = TypeVar("Result")


class JobOptions(ApiOptions):
    """Keys of a sync that hands large batches to a job of the vendor's.

    Attributes:
        job_seconds: How long a job may take before it is given up and sent again.
        poll_seconds: Between two looks at a job.
    """

    job_seconds: float = Field(1800, gt=0)
    poll_seconds: float = Field(5, gt=0)


async def result_of_job(
    options: JobOptions, look: Callable[[str], Awaitable[Result | None]], job: str
) -> Result:
    """What `look(job)` returns once it is not None; raises `TemporaryFailureError` at the end."""
    polling = AsyncRetrying(
        retry=retry_if_result(lambda result: result is None),
        wait=wait_fixed(options.poll_seconds),
        stop=stop_after_delay(options.job_seconds),
    )
    try:
        result: Result = await polling(look, job)
    except RetryError:
        raise TemporaryFailureError("the job was not done in time") from None
    return result
