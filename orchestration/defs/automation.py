"""Jobs and what starts them: hourly, nightly, and when files come."""

import hashlib
import tempfile
from pathlib import Path

from dagster import (
    AssetSelection,
    DefaultScheduleStatus,
    DefaultSensorStatus,
    Definitions,
    RunConfig,
    RunRequest,
    ScheduleDefinition,
    SensorEvaluationContext,
    SkipReason,
    define_asset_job,
    in_process_executor,
    sensor,
)

from orchestration.defs.syncs import PLANS_GROUP
from orchestration.defs.transformation import RefreshConfig
from orchestration.landing.files import list_files, open_store
from orchestration.settings import Settings

REFRESHED = AssetSelection.all() - AssetSelection.groups(PLANS_GROUP)

# One process, one step after another: the embedded warehouse takes one writer.
incremental_refresh = define_asset_job(
    "incremental_refresh",
    selection=REFRESHED,
    description="Land new files, refresh what they touch, deliver what changed.",
    executor_def=in_process_executor,
)
full_refresh = define_asset_job(
    "full_refresh",
    selection=REFRESHED,
    description="As incremental_refresh, but every model is rebuilt from all raw rows.",
    config=RunConfig(ops={"transform": RefreshConfig(full_refresh=True)}),
    executor_def=in_process_executor,
)

hourly = ScheduleDefinition(
    name="hourly_incremental_refresh",
    job=incremental_refresh,
    cron_schedule="5 * * * *",
    execution_timezone="UTC",
    default_status=DefaultScheduleStatus.STOPPED,
)
daily = ScheduleDefinition(
    name="daily_full_refresh",
    job=full_refresh,
    cron_schedule="30 2 * * *",
    execution_timezone="UTC",
    default_status=DefaultScheduleStatus.STOPPED,
)


def listing_fingerprint(settings: Settings) -> str:
    """Hash of which files lie in the landing path, and of each one's size and time.

    A file written within the last seconds does not count yet: it may not be complete.
    """
    with tempfile.TemporaryDirectory() as spool:
        listing = list_files(open_store(settings.landing_path, Path(spool)))
    marks = [f"{f.path}|{f.size_bytes}|{f.modified}" for f in listing.files if f.is_at_rest]
    return hashlib.sha256("\n".join(marks).encode()).hexdigest()


@sensor(
    job=incremental_refresh,
    minimum_interval_seconds=30,
    default_status=DefaultSensorStatus.STOPPED,
    description="Starts an incremental refresh when a channel file has come or changed.",
)
def new_files(context: SensorEvaluationContext) -> RunRequest | SkipReason:
    """Compare the landing folder's listing with the one of the last run that was asked for."""
    fingerprint = listing_fingerprint(Settings.from_environment())
    if fingerprint == context.cursor:
        return SkipReason("No file has come or changed.")
    context.update_cursor(fingerprint)
    return RunRequest(run_key=fingerprint)


defs = Definitions(
    jobs=[incremental_refresh, full_refresh], schedules=[hourly, daily], sensors=[new_files]
)
