"""Makes a plan: copies the warehouse, builds the other rules in the copy, compares."""

from __future__ import annotations

from pathlib import Path

from cdp.identity.plan.build import Dbt, build, extract_revision, run_dbt
from cdp.identity.plan.comparison import Comparison
from cdp.identity.plan.errors import IdentityPlanError
from cdp.identity.plan.report import Plan
from cdp.identity.plan.scratch import scratch_copy
from cdp.settings import PROJECT_DIR, Settings
from cdp.warehouse.connection import connected


def make_plan(
    settings: Settings,
    *,
    base: str | None = None,
    limit_percent: float | None = None,
    project: Path = PROJECT_DIR,
    dbt: Dbt = run_dbt,
) -> Plan:
    """Compare the graph under the project's rules with that of the warehouse or of a revision.

    Args:
        settings: Settings of the warehouse, which is only read.
        base: Git revision whose rules are built first, also in the copy; None compares with the
            warehouse as it is.
        limit_percent: Share of changed profiles, in percent, above which the plan fails.
        project: Folder of the project whose rules are tried.
        dbt: Runs dbt.

    Raises:
        IdentityPlanError: The plan cannot be made.
        WarehouseBusyError: Another process wrote the DuckDB file for too long.
    """
    if settings.target == "duckdb" and not settings.duckdb_path.exists():
        raise IdentityPlanError(
            "There is no warehouse yet: run make demo, or make land and make dbt."
        )
    with scratch_copy(settings) as scratch:
        against, prefix = "the warehouse as it is", settings.schema
        if base is not None:
            commit, folder = extract_revision(base, scratch.folder / "base")
            prefix = scratch.settings.schema
            against = f"the rules of {base} ({commit})"
            build(scratch, folder, dbt)
        with connected(scratch.settings) as warehouse:
            Comparison(warehouse, scratch).note(prefix, "before")
        build(scratch, project, dbt)
        with connected(scratch.settings) as warehouse:
            comparison = Comparison(warehouse, scratch)
            comparison.note(scratch.settings.schema, "after")
            return Plan(against, settings.target, comparison.difference(), limit_percent)
