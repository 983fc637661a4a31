"""Backfill: the files of a day taken out of the raw tables and landed again.

A day is a partition, so that Dagster's backfill takes a range of them, one run after another. What
follows from the rows is built by the next refresh, which finds them new.
"""

from dagster import (
    AssetExecutionContext,
    AssetKey,
    DailyPartitionsDefinition,
    Definitions,
    MaterializeResult,
    asset,
)

from cdp.landing import forget, land
from cdp.landing.files import list_files
from cdp.landing.landing import temporary_root
from cdp.landing.stores import open_store
from cdp.landing.temporary import temporary_directory
from cdp.settings import Settings
from cdp.warehouse.connection import connected, quote
from orchestration.defs.project import owner_of
from orchestration.defs.steps import writing

# Earlier than any export that a company is likely to have.
FIRST_DAY = "2015-01-01"
KEY = AssetKey(["landing", "replayed_days"])


@asset(
    key=KEY,
    group_name="landing_replays",
    owners=[owner_of("staging")],
    kinds={"python"},
    partitions_def=DailyPartitionsDefinition(FIRST_DAY, end_offset=1),
)
def replayed_days(context: AssetExecutionContext) -> MaterializeResult[None]:
    """One row per day whose files were taken out and landed again: those with the day in the name.

    Files that are gone from the landing folder are left as they were landed.
    """
    day = context.partition_key
    with writing(context) as settings:
        files = landed_files(settings, day)
        forget(settings, list(files))
        report = land(settings, sorted(set(files.values()))) if files else None
    if not files:
        context.log.warning(f"No landed file has {day} in its name.")
    return MaterializeResult(
        metadata={
            "files_replayed": len(files),
            "rows_landed": report.rows if report else 0,
            "rows_quarantined": report.quarantined if report else 0,
        }
    )


def landed_files(settings: Settings, day: str) -> dict[str, str]:
    """Files landed before that are still there and name the day, with their raw tables."""
    with temporary_directory(temporary_root(settings)) as folder:
        present = {file.path for file in list_files(open_store(settings, folder)).files}
    with connected(settings) as warehouse:
        rows = warehouse.execute(
            f"select distinct file, table_name from {quote(settings.raw_schema)}.landing_loads "
            "where is_current order by file"
        )
    return {file: table for file, table in rows if file in present and day in file}


defs = Definitions(assets=[replayed_days])
