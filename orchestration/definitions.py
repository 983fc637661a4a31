"""The Dagster code location: loads the parts and merges them, nothing else."""

from __future__ import annotations

from dagster import Definitions

from orchestration.defs import automation, landing, publishing, syncs, transformation

defs = Definitions.merge(
    landing.defs, transformation.defs, publishing.defs, syncs.defs, automation.defs
)
