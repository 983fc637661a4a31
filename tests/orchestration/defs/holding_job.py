"""A job that keeps the warehouse until a file says that it may go, or for five minutes."""

import os
import time
from pathlib import Path

from dagster import (
    AssetExecutionContext,
    DagsterExecutionInterruptedError,
    Definitions,
    asset,
    define_asset_job,
    in_process_executor,
)

from orchestration.defs.steps import writing


@asset
def held(context: AssetExecutionContext) -> None:
    folder = Path(os.environ["CDP_DATA_DIR"])
    with writing(context):
        (folder / "held").touch()
        try:
            until = time.monotonic() + 300
            while not (folder / "free").exists() and time.monotonic() < until:
                time.sleep(0.05)
        except DagsterExecutionInterruptedError:
            (folder / "given_up").touch()
            raise


defs = Definitions(assets=[held], jobs=[define_asset_job("hold", executor_def=in_process_executor)])
