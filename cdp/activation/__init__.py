"""Reverse ETL: plan, deliver and acknowledge what changed since a receiver last acknowledged it."""

from cdp.activation.lock import SyncAlreadyRunningError
from cdp.activation.plan import SyncBlockedError, SyncPlan
from cdp.activation.run import SyncReport
from cdp.activation.sync import SyncStoppedError, plan_sync, retry_rejected, run_sync

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
