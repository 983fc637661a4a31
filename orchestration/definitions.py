"""The Dagster code location: loads the parts and merges them, nothing else."""

from __future__ import annotations

from dagster import Definitions

from orchestration.defs import (
    alerts,
    automation,
    landing,
    publishing,
    replay,
    syncs,
    transformation,
    trigger,
    value,
)

defs = Definitions.merge(
    landing.defs,
    replay.defs,
    transformation.defs,
    value.defs,
    publishing.defs,
    syncs.defs,
    automation.defs,
    trigger.defs,
    alerts.defs,
)
