"""What the steps of a run share: the warehouse for one at a time, and what is tried again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from dagster import AssetExecutionContext, Backoff, Failure, Jitter, RetryPolicy

from cdp.settings import SettingError, Settings
from cdp.warehouse.writer import WarehouseTakenError, only_writer

# Retries for failures that may pass: a receiver or a file store that does not answer.
RETRIES = RetryPolicy(max_retries=3, delay=5, backoff=Backoff.EXPONENTIAL, jitter=Jitter.PLUS_MINUS)


@contextmanager
def writing(context: AssetExecutionContext) -> Iterator[Settings]:
    """The warehouse for this step alone; fails without another attempt where it stays taken."""
    try:
        settings = Settings.from_environment()
        name = f"Dagster run {context.run_id} ({context.job_name})"
        with only_writer(settings, name, context.log.info):
            yield settings
    except (SettingError, WarehouseTakenError) as error:
        raise Failure(str(error), allow_retries=False) from None
