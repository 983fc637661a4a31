"""A landing that is killed leaves nothing half-landed, and two at once land nothing twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from cdp.landing import LandingBusyError, locks
from cdp.warehouse.connection import connect
from tests.cdp.landing.landing_world import World

PROJECT_DIR = Path(__file__).resolve().parents[3]

# Lands, and waits for its death inside the transaction of the second group of files.
HALF = """
import sys, time
from pathlib import Path
from cdp.landing import land
from cdp.landing.writing import TableWriter
from cdp.settings import Settings

landing_path, staging_dir, method = sys.argv[1:]
original = getattr(TableWriter, method)

def do_and_wait(self, group, *arguments):
    result = original(self, group, *arguments)
    if group[0].file.file_format == "jsonl":
        print("half", flush=True)
        time.sleep(120)
    return result

setattr(TableWriter, method, do_and_wait)
settings = Settings.from_environment().model_copy(update={"landing_path": landing_path})
land(settings, staging_dir=Path(staging_dir))
"""
WHOLE = """
import sys
from pathlib import Path
from cdp.landing import land
from cdp.settings import Settings

landing_path, staging_dir = sys.argv[1:]
settings = Settings.from_environment().model_copy(update={"landing_path": landing_path})
print(land(settings, staging_dir=Path(staging_dir)).files_loaded)
"""


def start(world: World, script: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", script, str(world.folder), str(world.staging_dir), *arguments],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(PROJECT_DIR)},
    )


@pytest.mark.parametrize("killed_after", ["_append", "write"])
def test_a_landing_killed_half_way(world: World, killed_after: str) -> None:
    world.write("shop/orders/1.csv", "a,b\n" + "1,x\n" * 1000 + "bad\n")
    lines = '{"a":"2","new":"y"}\n' * 50_000
    world.write("shop/orders/2.jsonl", lines + "bad\n")
    landing = start(world, HALF, killed_after)
    assert landing.stdout is not None
    try:
        assert landing.stdout.readline() == "half\n"
    finally:
        landing.send_signal(signal.SIGKILL)
        landing.communicate()
    files = "select file from raw.landing_loads"
    assert world.query(files) == [("shop/orders/1.csv",)]
    assert world.query("select count(*) from raw.shop__orders") == [(1000,)]
    assert len(world.quarantine()) == 1
    assert world.query("select count(*) from raw.landing_files") == [(1,)]
    report = world.land_one()
    assert (report.files_loaded, report.files_skipped, report.rows) == (1, 1, 50_000)
    assert world.query(
        "select a, count(*), count(distinct _row_number), count(new) "
        "from raw.shop__orders group by a order by a"
    ) == [("1", 1000, 1000, 0), ("2", 50_000, 50_000, 50_000)]
    assert len(world.quarantine()) == 2
    assert not list((world.settings.data_dir / "landing_temporary").iterdir())


def test_two_landings_at_once(world: World) -> None:
    for day in range(20):
        world.write(f"shop/orders/{day}.csv", f"a\n{day}\n")
    both = [start(world, WHOLE), start(world, WHOLE)]
    loaded = [int(each.communicate(timeout=60)[0]) for each in both]
    assert sum(loaded) == 20
    assert [each.returncode for each in both] == [0, 0]
    assert world.query("select count(*), count(distinct a) from raw.shop__orders") == [(20, 20)]
    assert world.query("select count(*) from raw.landing_loads") == [(20,)]


def test_the_second_landing_says_why_it_did_not_run(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "WAIT_SECONDS", 0.3)
    world.write("shop/orders/1.csv", "a\n1\n")
    with ExitStack() as other:
        if world.settings.target == "duckdb":
            other.enter_context(locks.only_in_process(world.settings))
        else:
            connection = connect(world.settings)
            other.callback(connection.close)
            other.enter_context(locks.only_in_warehouse(connection, world.settings))
        with pytest.raises(LandingBusyError, match="Another landing"):
            world.land()
    assert world.land_one().files_loaded == 1
