"""Fast paths from a file to a sync: a sensor and a job for each `config.meta.trigger`.

The job builds the slice of a selector. It decides with consent, suppressions and caps as they are
at that moment; whatever else follows from the file comes with the next incremental refresh.
"""

import subprocess
import time

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
from cdp.settings import Settings
from orchestration.defs import syncs
from orchestration.defs.automation import WRITES, listing_fingerprint
from orchestration.defs.landing import TABLES
from orchestration.defs.project import MANIFEST, TRANSLATOR, TRIGGERS, Trigger
from orchestration.defs.transformation import RefreshConfig

# The daemon evaluates sensors at most every five seconds; files are looked for in between as well.
_LOOK_SECONDS = 4.0
_PAUSE_SECONDS = 0.25
FIRST = {"dagster/priority": "10"}
# The code location, which is already imported in forks of the warm process.
_CODE_LOCATION = "orchestration.definitions"


def slice_models(selector: str) -> list[str]:
    """Names of the models of a selector, which lists them one by one."""
    return [str(each["value"]) for each in MANIFEST["selectors"][selector]["definition"]["union"]]


def _slice(trigger: Trigger) -> AssetSelection:
    names = set(slice_models(trigger.selector))
    models = {
        node["name"]: TRANSLATOR.get_asset_key(node)
        for node in MANIFEST["nodes"].values()
        if node["resource_type"] == "model" and node["name"] in names
    }
    landed = [key for key, table in TABLES.items() if table in trigger.lands]
    built = AssetSelection.assets(*landed, *models.values()).without_checks()
    guards = AssetSelection.checks_for_assets(models[trigger.sync])
    return built | guards | AssetSelection.assets([syncs.GROUP, trigger.sync])


class _WarmProcess:
    """The warm dbt of this code server, started again where it ended."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def keep(self) -> None:
        if self._process is None or self._process.poll() is not None:
            self._process = warm_dbt.launch(_CODE_LOCATION)


_warm = _WarmProcess()


def _definitions(trigger: Trigger) -> Definitions:
    job = define_asset_job(
        trigger.selector,
        selection=_slice(trigger),
        description=f"Land {', '.join(trigger.lands)}, build what they change, run {trigger.sync}.",
        config=RunConfig(ops={"transform": RefreshConfig(selector=trigger.selector)}),
        executor_def=in_process_executor,
        tags=WRITES | FIRST,
    )

    def starts_it(file: SourceFile) -> bool:
        return file.table_name == trigger.started_by

    @sensor(
        name=trigger.sensor,
        job=job,
        minimum_interval_seconds=1,
        default_status=DefaultSensorStatus.STOPPED,
        description=f"Starts {trigger.selector} when a file of {trigger.started_by} has come.",
    )
    def look(context: SensorEvaluationContext) -> RunRequest | SkipReason:
        """Look for a few seconds whether a file has come or changed."""
        _warm.keep()
        settings = Settings.from_environment()
        until = time.monotonic() + _LOOK_SECONDS
        while (fingerprint := listing_fingerprint(settings, starts_it)) == context.cursor:
            if time.monotonic() > until:
                return SkipReason(f"No file of {trigger.started_by} has come or changed.")
            time.sleep(_PAUSE_SECONDS)
        context.update_cursor(fingerprint)
        return RunRequest(run_key=fingerprint)

    return Definitions(jobs=[job], sensors=[look])


defs = Definitions.merge(*map(_definitions, TRIGGERS))
