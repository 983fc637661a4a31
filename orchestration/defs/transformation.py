"""Every dbt model, seed and snapshot as an asset, every test as a check on it."""

from collections.abc import Iterator
from typing import Any

from dagster import AssetExecutionContext, Config, Definitions
from dagster_dbt import DbtCliResource, dbt_assets
from pydantic import Field

from orchestration.defs.project import DBT, PROJECT, TRANSLATOR


class RefreshConfig(Config):
    """How far back a refresh reaches."""

    full_refresh: bool = Field(
        default=False,
        description="Rebuild incremental models from all raw rows, not from new ones alone.",
    )


@dbt_assets(
    manifest=PROJECT.manifest_path,
    project=PROJECT,
    dagster_dbt_translator=TRANSLATOR,
    name="transform",
)
def transform(
    context: AssetExecutionContext, dbt: DbtCliResource, config: RefreshConfig
) -> Iterator[Any]:
    """Build and test the selected models; a failed test skips all that lies downstream of it."""
    # Unit tests prove the models, not the data: they run in `make test`.
    arguments = ["build", "--exclude-resource-type", "unit_test"]
    if config.full_refresh:
        arguments.append("--full-refresh")
    yield from dbt.cli(arguments, context=context).stream()


defs = Definitions(assets=[transform], resources={"dbt": DBT})
