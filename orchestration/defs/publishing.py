"""The published copy as an asset: brought up to date once every mart in it has been built."""

from dagster import AssetExecutionContext, AssetKey, Definitions, MaterializeResult, asset

from cdp.publishing import Publication, public_nodes, publish
from orchestration.defs.project import MANIFEST, PROJECT, TRANSLATOR, owner_of
from orchestration.defs.steps import writing


def _marts() -> list[AssetKey]:
    return [TRANSLATOR.get_asset_key(node) for node in public_nodes(MANIFEST)]


@asset(
    key="published",
    group_name="publishing",
    owners=[owner_of("profiles")],
    deps=_marts(),
    description="The read-only copy of the public marts, which dashboards and notebooks read.",
    kinds={"python", "duckdb"},
)
def published(context: AssetExecutionContext) -> MaterializeResult[None]:
    """Replace the copy by one of the marts as they are now; on PostgreSQL there is none."""
    with writing(context) as settings:
        publication = publish(settings, PROJECT.manifest_path)
    context.log.info(str(publication))
    return MaterializeResult(metadata=_metadata(publication))


def _metadata(publication: Publication) -> dict[str, str | int | float]:
    if publication.path is None:
        return {"published": str(publication)}
    return {
        "path": str(publication.path),
        "marts": publication.marts,
        "changed_marts": publication.changed,
        "written_rows": publication.written_rows,
        "size_bytes": publication.size_bytes,
        "seconds": round(publication.seconds, 2),
    }


defs = Definitions(assets=[published])
