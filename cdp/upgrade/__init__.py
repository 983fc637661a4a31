"""Upgrades a warehouse of an earlier version to this version; see docs/upgrade.md."""

from cdp.upgrade.migrations import UpgradeError, require_upgraded
from cdp.upgrade.upgrade import UpgradeReport, run

__all__ = ["UpgradeError", "UpgradeReport", "require_upgraded", "run"]
