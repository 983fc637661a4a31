"""The fast way from a location ping to its push message: a sensor and a slice of the models.

The slice is the selector `location_trigger`. It decides with consent, suppressions and caps as they
are at that moment; whatever else follows from the ping comes with the next incremental refresh.
"""

import subprocess
import time
from functools import partial

import yaml
from dagster import (
    AssetSelection,
    DefaultSensorStatus,
    Definitions,
    RunConfig,
    RunRequest,
    SensorEvaluationContext,
    SkipReason,
    define_asset_job,
    in_process_executor,
    sensor,
)

from cdp.dbt import warm as warm_dbt
from cdp.landing.files import SourceFile
from cdp.settings import PROJECT_DIR, Settings
from orchestration.defs import syncs
from orchestration.defs.automation import DECISIONS, PINGS, WRITES, listing_fingerprint
from orchestration.defs.landing import TABLES
from orchestration.defs.project import MANIFEST, TRANSLATOR
from orchestration.defs.transformation import RefreshConfig

SELECTOR = "location_trigger"
SYNC = "sync_webhook__nearby_offers"
# The daemon asks every five seconds at most; a file is looked for in between too.
_LOOK_SECONDS = 4.0
_PAUSE_SECONDS = 0.25
FIRST = {"dagster/priority": "10"}


def slice_models() -> list[str]:
    """Names of the models of the selector, which lists them one by one."""
    selectors = yaml.safe_load((PROJECT_DIR / "selectors.yml").read_text())["selectors"]
    (selector,) = (each for each in selectors if each["name"] == SELECTOR)
    return [str(each["value"]) for each in selector["definition"]["union"]]


def _slice() -> AssetSelection:
    names = set(slice_models())
    models = {
        node["name"]: TRANSLATOR.get_asset_key(node)
        for node in MANIFEST["nodes"].values()
        if node["resource_type"] == "model" and node["name"] in names
    }
    landed = [key for key, table in TABLES.items() if table in (PINGS, DECISIONS)]
    built = AssetSelection.assets(*landed, *models.values()).without_checks()
    guards = AssetSelection.checks_for_assets(models[SYNC])
    return built | guards | AssetSelection.assets([syncs.GROUP, SYNC])


location_trigger = define_asset_job(
    "location_trigger",
    selection=_slice(),
    description="Land location pings, build what they change, send the push messages.",
    config=RunConfig(ops={"transform": RefreshConfig(selector=SELECTOR)}),
    executor_def=in_process_executor,
    tags=WRITES | FIRST,
)


class _WarmProcess:
    """The warm dbt of this code server, started again where it ended."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def keep(self) -> None:
        if self._process is None or self._process.poll() is not None:
            self._process = warm_dbt.launch()


_warm = _WarmProcess()


def _is_ping_file(file: SourceFile) -> bool:
    return file.table_name == PINGS


@sensor(
    job=location_trigger,
    minimum_interval_seconds=1,
    default_status=DefaultSensorStatus.STOPPED,
    description="Starts the slice of a location ping when a file of app events has come.",
)
def location_pings(context: SensorEvaluationContext) -> RunRequest | SkipReason:
    """Look for a few seconds whether a file of app events has come or changed."""
    _warm.keep()
    look = partial(listing_fingerprint, Settings.from_environment(), _is_ping_file)
    until = time.monotonic() + _LOOK_SECONDS
    while (fingerprint := look()) == context.cursor:
        if time.monotonic() > until:
            return SkipReason("No file of app events has come or changed.")
        time.sleep(_PAUSE_SECONDS)
    context.update_cursor(fingerprint)
    return RunRequest(run_key=fingerprint)


defs = Definitions(jobs=[location_trigger], sensors=[location_pings])
