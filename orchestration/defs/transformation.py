"""Every dbt model, seed and snapshot as an asset, every test as a blocking check on it."""

import json
import os
import shutil
from collections.abc import Generator, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from dagster import (
    AssetExecutionContext,
    Config,
    DagsterExecutionInterruptedError,
    Definitions,
    Failure,
    Output,
)
from dagster_dbt import dbt_assets
from dagster_dbt.core.dbt_cli_event import DbtCoreCliEventMessage
from pydantic import Field

from cdp.dbt import events as dbt_events
from cdp.dbt import warm as warm_dbt
from cdp.dbt.command import WITHOUT_UNIT_TESTS
from cdp.settings import Settings
from cdp.warehouse.connection import connected
from orchestration.defs.column_lineage import ColumnLineage
from orchestration.defs.project import MANIFEST, PROJECT, TARGET_DIR, TRANSLATOR
from orchestration.defs.steps import writing

_KEYS = {
    unique_id: TRANSLATOR.get_asset_key(node)
    for unique_id, node in MANIFEST["nodes"].items()
    if node["resource_type"] in ("model", "seed", "snapshot")
}


class RefreshConfig(Config):
    """How much a refresh builds."""

    full_refresh: bool = Field(
        default=False,
        description="Rebuild incremental models from all raw rows, not from new ones alone.",
    )
    selector: str = Field(
        default="",
        description="Build the nodes of this selector of selectors.yml, and no more.",
    )


@dbt_assets(
    manifest=PROJECT.manifest_path,
    project=PROJECT,
    dagster_dbt_translator=TRANSLATOR,
    name="transform",
)
def transform(context: AssetExecutionContext, config: RefreshConfig) -> Iterator[Any]:
    """Build and test the selected models; a failed test skips all that lies downstream of it."""
    arguments = ["build", *WITHOUT_UNIT_TESTS, *_selection(context, config)]
    if config.full_refresh:
        arguments.append("--full-refresh")
    target = TARGET_DIR / f"transform-{context.run_id}-{context.retry_number}"
    outputs: list[Output[Any]] = []
    with writing(context) as settings:
        # Dagster writes a record per result, which is done while dbt goes on building.
        status = yield from _build(context, arguments, target, outputs)
        # A run of few assets does not wait for information about all of them.
        yield from outputs if config.selector else _with_facts(settings, outputs, target)
    if status:
        raise Failure(
            f"dbt ended with status {status}: a model or test failed, which is named above. "
            f"The whole log is in {target / 'dbt.log'}.",
            allow_retries=False,
        )
    shutil.rmtree(target)


def _selection(context: AssetExecutionContext, config: RefreshConfig) -> list[str]:
    if config.selector:
        return ["--selector", config.selector]
    wanted = [name for name, key in _KEYS.items() if key in context.selected_asset_keys]
    if len(wanted) == len(_KEYS):
        return []
    names = [".".join(MANIFEST["nodes"][unique_id]["fqn"]) for unique_id in sorted(wanted)]
    # Tests that also read a model outside of this run are left to a run that builds both.
    return ["--indirect-selection", "buildable", "--select", *(f"fqn:{name}" for name in names)]


def _build(
    context: AssetExecutionContext, arguments: list[str], target: Path, outputs: list[Output[Any]]
) -> Generator[Any, None, int]:
    """Run dbt and pass on what it says of tests; returns its status.

    What it says of models is added to `outputs`, for the warehouse to be asked about them.
    """
    environment = os.environ | {
        "DBT_TARGET_PATH": str(target),
        "DBT_LOG_PATH": str(target),
        "DBT_LOG_FORMAT": "json",
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "PYTHONUNBUFFERED": "1",
    }
    target.mkdir(parents=True, exist_ok=True)
    with suppress(FileNotFoundError):
        # Partial parsing takes a tenth of the time.
        shutil.copy(TARGET_DIR / "partial_parse.msgpack", target)
    command = warm_dbt.start(arguments, environment)
    context.log.info(f"dbt {' '.join(arguments)}{' (warm)' if command.is_warm else ''}")
    try:
        for line in command.output:
            for event in _events(context, line.decode(errors="replace")):
                if isinstance(event, Output):
                    outputs.append(event)
                else:
                    yield event
    except DagsterExecutionInterruptedError:
        command.interrupt()
        command.wait()
        raise
    return command.wait()


def _events(context: AssetExecutionContext, line: str) -> Iterator[Any]:
    said: Mapping[str, Any] | None = None
    with suppress(json.JSONDecodeError):
        said = json.loads(line)
    dbt_events.tell(said or {"info": {"msg": line.rstrip("\n"), "level": "warn"}})
    if said:
        event = DbtCoreCliEventMessage(raw_event=dict(said), event_history_metadata={})
        yield from event.to_default_asset_events(MANIFEST, TRANSLATOR, context, project=PROJECT)


def _with_facts(
    settings: Settings, outputs: list[Output[Any]], target: Path
) -> Iterator[Output[Any]]:
    """The outputs with how many rows each has, and which columns its columns come from."""
    built = {str(output.metadata["unique_id"].value): output for output in outputs}
    rows = _row_counts(settings, list(built))
    lineage = ColumnLineage(MANIFEST, settings.data_dir / "column_lineage.json")
    for unique_id, output in built.items():
        node = MANIFEST["nodes"][unique_id]
        facts: dict[str, Any] = {}
        if unique_id in rows:
            facts["dagster/row_count"] = rows[unique_id]
        if node["resource_type"] == "model":
            compiled = target / "compiled" / node["package_name"] / node["original_file_path"]
            columns = lineage.of(unique_id, compiled)
            if columns:
                facts["dagster/column_lineage"] = columns
        yield output.with_metadata({**output.metadata, **facts})
    lineage.keep()


def _row_counts(settings: Settings, unique_ids: list[str]) -> dict[str, int]:
    """Rows of each table among the nodes; to count those of a view is to run it."""
    counts = {}
    with connected(settings) as warehouse:
        for unique_id in unique_ids:
            node = MANIFEST["nodes"][unique_id]
            if node["config"]["materialized"] == "view":
                continue
            ((counts[unique_id],),) = warehouse.execute(
                f"select count(*) from {node['relation_name']}"
            )
    return counts


defs = Definitions(assets=[transform])
