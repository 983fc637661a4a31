"""Raw tables as assets: one step lands the channel files of all of them, or of a selection."""

import json
from collections.abc import Iterator

from dagster import (
    AssetExecutionContext,
    AssetKey,
    AssetSpec,
    Definitions,
    MaterializeResult,
    multi_asset,
)

from orchestration.defs.project import PROJECT, TRANSLATOR
from orchestration.landing import TableReport, land, summary
from orchestration.settings import Settings


def _specs() -> Iterator[AssetSpec]:
    manifest = json.loads(PROJECT.manifest_path.read_text())
    for source in manifest["sources"].values():
        yield AssetSpec(
            key=TRANSLATOR.get_asset_key(source),
            description=source["description"],
            group_name=TRANSLATOR.get_group_name(source),
            kinds={"python", "table"},
            metadata={"table": source["identifier"]},
        )


SPECS = sorted(_specs(), key=lambda spec: spec.key)
TABLES: dict[AssetKey, str] = {spec.key: spec.metadata["table"] for spec in SPECS}
ALL_TABLES = set(TABLES.values())


@multi_asset(name="land_channel_files", specs=SPECS, can_subset=True)
def land_channel_files(context: AssetExecutionContext) -> Iterator[MaterializeResult[None]]:
    """Load the files that have come or changed since the last run into raw tables."""
    tables = {TABLES[key] for key in context.selected_asset_keys}
    report = land(Settings.from_environment(), tables=None if tables == ALL_TABLES else tables)
    for problem in report.problems:
        context.log.warning(f"{problem.file}: {problem.reason}")
    context.log.info(summary(report))
    landed = {table.table_name: table for table in report.tables}
    for key in sorted(context.selected_asset_keys):
        table = landed.get(TABLES[key])
        yield MaterializeResult(asset_key=key, metadata=_metadata(table) if table else {})


def _metadata(table: TableReport) -> dict[str, int]:
    return {
        "files_loaded": table.files_loaded,
        "rows_landed": table.rows,
        "rows_quarantined": table.quarantined,
        "schema_changes": table.schema_changes,
        "files_unread": sum(problem.is_error for problem in table.problems),
    }


defs = Definitions(assets=[land_channel_files])
