"""Raw tables as assets: one step lands the channel files of all of them, or of a selection."""

from __future__ import annotations

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
from orchestration.landing import land
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


@multi_asset(name="land_channel_files", specs=SPECS, can_subset=True)
def land_channel_files(context: AssetExecutionContext) -> Iterator[MaterializeResult]:
    """Load the files that have come or changed since the last run into raw tables."""
    selected = {TABLES[key]: key for key in context.selected_asset_keys}
    report = land(Settings.from_environment(), progress=context.log.info)
    for error in report.errors:
        context.log.error(error)
    for table, key in sorted(selected.items()):
        result = report.tables.get(table)
        yield MaterializeResult(
            asset_key=key,
            metadata={}
            if result is None
            else {
                "files_loaded": result.files_loaded,
                "dagster/row_count": result.row_count,
                "rows_quarantined": result.quarantined_row_count,
            },
        )


defs = Definitions(assets=[land_channel_files])
