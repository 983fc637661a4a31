"""Raw tables as assets: one step lands the channel files of all of them, or of a selection.

Whether a source is fresh is said by its YAML, as `dbt source freshness` reads it, and checked here
whenever files are landed: a source that stays away fails no run.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from dagster import (
    AssetCheckKey,
    AssetCheckResult,
    AssetCheckSeverity,
    AssetCheckSpec,
    AssetExecutionContext,
    AssetKey,
    AssetSpec,
    Definitions,
    Failure,
    MaterializeResult,
    multi_asset,
)

from cdp.landing import LandingBusyError, LandingError, TableReport, land, summary
from cdp.settings import Settings
from cdp.warehouse.connection import connected, quote
from orchestration.defs.project import MANIFEST, TRANSLATOR, landed_sources, owner_of
from orchestration.defs.steps import RETRIES, writing

SOURCES: Mapping[AssetKey, Mapping[str, Any]] = {
    TRANSLATOR.get_asset_key(source): source for source in landed_sources(MANIFEST)
}
SPECS = [
    AssetSpec(
        key=key,
        description=SOURCES[key]["description"].strip(),
        group_name="landing",
        owners=[owner_of("staging")],
        kinds={"python", "table"},
        metadata={"table": SOURCES[key]["identifier"]},
    )
    for key in sorted(SOURCES)
]
TABLES: dict[AssetKey, str] = {key: source["identifier"] for key, source in SOURCES.items()}
ALL_TABLES = set(TABLES.values())
FRESHNESS = "is_fresh"


def age_limits(source: Mapping[str, Any]) -> dict[AssetCheckSeverity, timedelta]:
    """How old the newest row of a source may be before it is a warning, or an error."""
    told = source["freshness"] or {}
    found = {
        AssetCheckSeverity.WARN: told.get("warn_after") or {},
        AssetCheckSeverity.ERROR: told.get("error_after") or {},
    }
    return {
        severity: limit["count"] * timedelta(**{f"{limit['period']}s": 1})
        for severity, limit in found.items()
        if limit.get("count")
    }


AGE_LIMITS = {key: limits for key, source in SOURCES.items() if (limits := age_limits(source))}


@multi_asset(
    name="land_channel_files",
    specs=SPECS,
    check_specs=[
        AssetCheckSpec(
            FRESHNESS,
            asset=key,
            description="Rows have come within the time that the source's YAML gives them.",
        )
        for key in sorted(AGE_LIMITS)
    ],
    can_subset=True,
    retry_policy=RETRIES,
)
def land_channel_files(
    context: AssetExecutionContext,
) -> Iterator[MaterializeResult[None] | AssetCheckResult]:
    """Load the files that have come or changed since the last run into raw tables."""
    tables = {TABLES[key] for key in context.selected_asset_keys}
    with writing(context) as settings:
        try:
            report = land(settings, tables=None if tables == ALL_TABLES else tables)
        except LandingError as error:
            is_busy = isinstance(error, LandingBusyError)
            raise Failure(str(error), allow_retries=is_busy) from None
        ages = _ages(settings, context.selected_asset_check_keys)
    for problem in report.problems:
        context.log.warning(f"{problem.file}: {problem.reason}")
    context.log.info(summary(report))
    landed = {table.table_name: table for table in report.tables}
    for key in sorted(context.selected_asset_keys):
        table = landed.get(TABLES[key])
        metadata = _metadata(table) | {"landing_seconds": report.seconds} if table else {}
        yield MaterializeResult(asset_key=key, metadata=metadata)
    for key, age in ages.items():
        yield freshness(key, age)


def _metadata(table: TableReport) -> dict[str, int | float]:
    return {
        "files_loaded": table.files_loaded,
        "rows_landed": table.rows,
        "rows_quarantined": table.quarantined,
        "schema_changes": table.schema_changes,
        "files_unread": sum(problem.is_error for problem in table.problems),
    }


def _ages(settings: Settings, checks: set[AssetCheckKey]) -> dict[AssetKey, timedelta | None]:
    """Age of the newest row of each table that is checked; None for one without rows."""
    keys = sorted(check.asset_key for check in checks if check.name == FRESHNESS)
    now = datetime.now(UTC).replace(tzinfo=None)
    ages: dict[AssetKey, timedelta | None] = {}
    with connected(settings) as warehouse:
        for key in keys:
            relation = f"{quote(settings.raw_schema)}.{quote(TABLES[key])}"
            ((newest,),) = warehouse.execute(f"select max(_loaded_at) from {relation}")
            ages[key] = now - newest.replace(tzinfo=None) if newest else None
    return ages


def freshness(key: AssetKey, age: timedelta | None) -> AssetCheckResult:
    """What a source's limits say of the age of its newest row; a source without rows is stale."""
    passed = [severity for severity, limit in AGE_LIMITS[key].items() if age is None or age > limit]
    severity = max(passed, key=lambda each: each is AssetCheckSeverity.ERROR, default=None)
    return AssetCheckResult(
        asset_key=key,
        check_name=FRESHNESS,
        passed=severity is None,
        severity=severity or AssetCheckSeverity.WARN,
        metadata={} if age is None else {"hours_since_newest_row": age / timedelta(hours=1)},
    )


defs = Definitions(assets=[land_channel_files])
