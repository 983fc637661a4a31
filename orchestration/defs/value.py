"""The fit of what customers will buy and spend, which the models of the layer `value` read."""

from dagster import AssetExecutionContext, AssetKey, Definitions, Failure, MaterializeResult, asset

from cdp.value import FitError, fit
from orchestration.defs.project import MANIFEST, TRANSLATOR, owner_of
from orchestration.defs.steps import writing

GROUP = "value"
KEY = AssetKey([GROUP, "customer_value_fits"])
_SUMMARIES = ("int_value__rfm_summaries", "int_value__holdout_summaries")


@asset(
    key=KEY,
    group_name=GROUP,
    owners=[owner_of(GROUP)],
    deps=[
        TRANSLATOR.get_asset_key(node)
        for node in MANIFEST["nodes"].values()
        if node["resource_type"] == "model" and node["name"] in _SUMMARIES
    ],
    kinds={"python", "pymc"},
)
def customer_value_fits(context: AssetExecutionContext) -> MaterializeResult[None]:
    """One row per fit of BG/NBD and Gamma-Gamma; the next refresh values customers by it."""
    try:
        with writing(context) as settings:
            reports = fit(settings)
    except FitError as error:
        raise Failure(str(error), allow_retries=False) from None
    for report in reports:
        context.log.info(str(report))
    return MaterializeResult(
        metadata={
            f"{report.purpose}_{name}": count
            for report in reports
            for name, count in (
                ("customers", report.customer_count),
                ("repeat_customers", report.repeat_customer_count),
            )
        }
    )


defs = Definitions(assets=[customer_value_fits])
