"""Reverse ETL: plan, deliver and acknowledge what changed since a receiver last acknowledged it."""

from orchestration.activation.lock import SyncAlreadyRunningError
from orchestration.activation.plan import SyncBlockedError, SyncPlan
from orchestration.activation.run import SyncReport
from orchestration.activation.sync import (
    SyncStoppedError,
    plan_sync,
    retry_rejected,
    run_sync,
)

__all__ = [
    "SyncAlreadyRunningError",
    "SyncBlockedError",
    "SyncPlan",
    "SyncReport",
    "SyncStoppedError",
    "plan_sync",
    "retry_rejected",
    "run_sync",
]
