"""Two assets a sync: what it delivers once its payload is built, and its plan, for who asks."""

from dataclasses import asdict

from dagster import (
    AssetExecutionContext,
    AssetKey,
    AssetsDefinition,
    Config,
    Definitions,
    Failure,
    MaterializeResult,
    MetadataValue,
    asset,
)

from cdp.activation import SyncAlreadyRunningError, SyncBlockedError, plan_sync, run_sync
from cdp.dbt.manifest import SyncSpec, load_sync_specs
from cdp.settings import SettingError, Settings
from orchestration.defs.project import MANIFEST, PROJECT, TRANSLATOR
from orchestration.defs.steps import RETRIES, writing

GROUP = "activation"
# No job runs these: a plan is made when a person materialises it.
PLANS_GROUP = "activation_plans"

# Retrying would not help: a person has to approve, or another run has to end first.
NOT_RETRIED = (SettingError, SyncAlreadyRunningError, SyncBlockedError)


class SyncConfig(Config):
    """What a person may say when launching a sync by hand.

    Attributes:
        approve: Let the sync change a larger share of its audience than its guard allows.
    """

    approve: bool = False


def build_sync_asset(spec: SyncSpec, payload: AssetKey, owners: list[str]) -> AssetsDefinition:
    """The asset that delivers what `spec` describes whenever its payload model has been built."""

    @asset(
        key=[GROUP, spec.name],
        group_name=GROUP,
        deps=[payload],
        description=spec.description,
        owners=owners,
        kinds={"python", spec.destination},
        retry_policy=RETRIES,
    )
    def deliver(context: AssetExecutionContext, config: SyncConfig) -> MaterializeResult[None]:
        try:
            with writing(context) as settings:
                report = run_sync(
                    settings,
                    spec,
                    run_id=context.run_id,
                    approve=config.approve,
                    progress=context.log.info,
                )
        except NOT_RETRIED as error:
            raise Failure(str(error), allow_retries=False) from None
        sent = report.inserted + report.updated + report.deleted + report.merged
        return MaterializeResult(metadata={"sent": sent, **report.as_metadata()})

    return deliver


def build_plan_asset(spec: SyncSpec, payload: AssetKey, owners: list[str]) -> AssetsDefinition:
    """The asset that shows what a sync would send, with direct identifiers masked."""

    @asset(
        key=[PLANS_GROUP, spec.name],
        group_name=PLANS_GROUP,
        deps=[payload],
        description=f"What {spec.name} would send. Sends nothing and changes nothing.",
        owners=owners,
        kinds={"python", spec.destination},
    )
    def plan(context: AssetExecutionContext) -> MaterializeResult[None]:
        made = plan_sync(Settings.from_environment(), spec)
        text = made.text()
        context.log.info(text)
        return MaterializeResult(
            metadata={
                **asdict(made.counts),
                "plan": MetadataValue.md(f"```\n{text}\n```"),
                "blocked": made.blocked or "",
            }
        )

    return plan


def _build_assets() -> list[AssetsDefinition]:
    owners = {each["name"]: each["owner"] for each in MANIFEST["exposures"].values()}
    return [
        build(
            spec,
            TRANSLATOR.get_asset_key(MANIFEST["nodes"][spec.payload_unique_id]),
            [owners[spec.name]["email"]],
        )
        for spec in load_sync_specs(PROJECT.manifest_path)
        for build in (build_sync_asset, build_plan_asset)
    ]


defs = Definitions(assets=_build_assets())
