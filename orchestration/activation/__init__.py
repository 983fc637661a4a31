"""Reverse ETL: plan, deliver and acknowledge what changed since a receiver last acknowledged it."""

from orchestration.activation.plan import SyncBlockedError, SyncPlan
from orchestration.activation.sync import (
    SyncAlreadyRunningError,
    SyncReport,
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
