"""Makes a plan: copy, note what is, build what would be, compare."""

from __future__ import annotations

from pathlib import Path

from cdp.identity.plan.build import Dbt, build, extract_revision, run_dbt
from cdp.identity.plan.difference import compare, published, write_notes
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
        settings: Those of the warehouse, which is only read.
        base: Revision of git whose rules are built first, in the copy too; None compares with the
            warehouse as it stands.
        limit_percent: Share of changed profiles, in percent, past which the plan fails.
        project: Folder of the project whose rules are tried.
        dbt: Runs dbt.

    Raises:
        IdentityPlanError: The plan cannot be made.
        WarehouseBusyError: A DuckDB file was written for longer than we wait.
    """
    if settings.target == "duckdb" and not settings.duckdb_path.exists():
        raise IdentityPlanError(
            "There is no warehouse yet: run make demo, or make land and make dbt."
        )
    with scratch_copy(settings) as scratch:
        against, known = "the warehouse as it stands", settings.schema
        if base is not None:
            commit, folder = extract_revision(base, scratch.folder / "base")
            known = scratch.settings.schema
            against = f"the rules of {base} ({commit})"
            build(scratch, folder, dbt)
        with connected(scratch.settings) as warehouse:
            write_notes(warehouse, scratch, published(known, "before"))
        build(scratch, project, dbt)
        with connected(scratch.settings) as warehouse:
            write_notes(warehouse, scratch, published(scratch.settings.schema, "after"))
            return Plan(against, settings.target, compare(warehouse, scratch), limit_percent)
