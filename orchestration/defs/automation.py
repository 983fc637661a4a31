"""Jobs and what starts them: hourly, nightly, weekly, and when files come."""

import hashlib
import tempfile
from collections.abc import Callable
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

from cdp.landing.files import SourceFile, list_files
from cdp.landing.stores import open_store
from cdp.settings import Settings
from orchestration.defs import replay, value
from orchestration.defs.project import TRIGGERS
from orchestration.defs.syncs import PLANS_GROUP
from orchestration.defs.transformation import RefreshConfig

# Two runs of one kind wait for each other in the queue: `dagster.yaml` gives this tag one place.
WRITES = {"cdp/warehouse": "writes"}
REFRESHED = (
    AssetSelection.all()
    - AssetSelection.groups(PLANS_GROUP)
    - AssetSelection.assets(value.KEY, replay.KEY)
)

# One process, one step after another: the embedded warehouse takes one writer.
incremental_refresh = define_asset_job(
    "incremental_refresh",
    selection=REFRESHED,
    description="Land new files, refresh what they touch, deliver what changed.",
    executor_def=in_process_executor,
    tags=WRITES,
)
full_refresh = define_asset_job(
    "full_refresh",
    selection=REFRESHED,
    description="As incremental_refresh, but every model is rebuilt from all raw rows.",
    config=RunConfig(ops={"transform": RefreshConfig(full_refresh=True)}),
    executor_def=in_process_executor,
    tags=WRITES,
)
value_fit = define_asset_job(
    "value_fit",
    selection=AssetSelection.assets(value.KEY),
    description="Fit what customers will buy and spend; the next refresh values them by it.",
    executor_def=in_process_executor,
    tags=WRITES,
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
weekly = ScheduleDefinition(
    name="weekly_value_fit",
    job=value_fit,
    cron_schedule="45 4 * * 1",
    execution_timezone="UTC",
    default_status=DefaultScheduleStatus.STOPPED,
)


def listing_fingerprint(
    settings: Settings, is_meant: Callable[[SourceFile], bool] = lambda _: True
) -> str:
    """Hash of which files lie in the landing path, and of each one's size and time.

    A file written within the last seconds does not count yet: it may not be complete.
    """
    with tempfile.TemporaryDirectory() as folder:
        listing = list_files(open_store(settings, Path(folder)))
    marks = [
        f"{f.path}|{f.size_bytes}|{f.modified}"
        for f in listing.files
        if f.is_at_rest and is_meant(f)
    ]
    return hashlib.sha256("\n".join(marks).encode()).hexdigest()


@sensor(
    job=incremental_refresh,
    minimum_interval_seconds=30,
    default_status=DefaultSensorStatus.STOPPED,
    description="Starts an incremental refresh when a channel file has come or changed.",
)
def new_files(context: SensorEvaluationContext) -> RunRequest | SkipReason:
    """Compare the landing folder's listing with the one of the last run that was asked for.

    Files that start a trigger are left to its sensor and to the next hour.
    """
    tables = {trigger.started_by for trigger in TRIGGERS}
    fingerprint = listing_fingerprint(
        Settings.from_environment(), lambda file: file.table_name not in tables
    )
    if fingerprint == context.cursor:
        return SkipReason("No file has come or changed.")
    context.update_cursor(fingerprint)
    return RunRequest(run_key=fingerprint)


defs = Definitions(
    jobs=[incremental_refresh, full_refresh, value_fit],
    schedules=[hourly, daily, weekly],
    sensors=[new_files],
)
