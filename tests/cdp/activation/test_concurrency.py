"""Two runs of one sync, and two syncs, at the same time."""

from __future__ import annotations

import re
import threading
import time
from itertools import pairwise

import pytest

from cdp.activation import SyncAlreadyRunningError, lock
from cdp.activation.faults import FaultPlan
from cdp.warehouse import connection as warehouse
from cdp.warehouse.connection import WarehouseBusyError
from tests.cdp.activation.activation_world import World, rows
from tests.cdp.activation.test_kills import (
    assert_delivered_exactly,
    begin,
    start,
)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "LOCK_WAIT_SECONDS", 0.2)
    monkeypatch.setattr(warehouse, "LOCK_WAIT_SECONDS", 0.2)


def test_the_second_run_in_a_process_says_which_is_the_first(world: World) -> None:
    world.put(rows(40))
    world.receiver.misbehave(FaultPlan(delay_seconds=0.25))
    spec = world.spec(max_in_flight=1)
    first = threading.Thread(target=world.run, args=(spec,), kwargs={"run_id": "first"})
    first.start()
    while not world.deliveries():
        time.sleep(0.01)
    with pytest.raises(SyncAlreadyRunningError, match="already running as run first since 20"):
        world.run(spec, run_id="second")
    first.join()
    assert len(world.deliveries()) == 40
    assert world.ledger("sync_runs", "run_id, status") == [("first", "succeeded")]
    assert world.run(spec).unchanged == 40


def test_a_run_in_another_process_keeps_this_one_out(world: World) -> None:
    world.put(rows(60))
    world.receiver.misbehave(FaultPlan(delay_seconds=0.15))
    process = start(world, world.write_manifest(max_in_flight=1))
    begin(process)
    while not world.deliveries() and process.poll() is None:
        time.sleep(0.01)
    with pytest.raises(
        (SyncAlreadyRunningError, WarehouseBusyError), match=r"already running|another process"
    ):
        world.run()
    output, errors = process.communicate(timeout=30)
    assert process.returncode == 0, errors
    assert f"{world.name}: 60 inserted" in output
    assert len(world.deliveries()) == 60


def test_of_two_runs_started_together_one_proceeds_and_one_says_why_not(world: World) -> None:
    payload = rows(40)
    world.put(payload)
    world.receiver.misbehave(FaultPlan(delay_seconds=0.5))
    manifest = world.write_manifest(max_in_flight=1)
    processes = [start(world, manifest), start(world, manifest)]
    for process in processes:
        begin(process, patience=0.5)
    said = [process.communicate(timeout=60) for process in processes]
    assert sorted(process.returncode for process in processes) == [0, 1]
    ((output, _),) = [each for each, p in zip(said, processes, strict=True) if p.returncode == 0]
    ((_, errors),) = [each for each, p in zip(said, processes, strict=True) if p.returncode == 1]
    assert f"{world.name}: 40 inserted" in output
    assert re.search(r"already running as run|written by another process", errors)
    assert_delivered_exactly(world, payload)
    assert len(world.deliveries()) == 40


def test_a_run_that_failed_leaves_no_lock(world: World) -> None:
    world.put([*rows(1), *rows(1)])
    for _ in range(2):
        with pytest.raises(RuntimeError, match="repeat a profile_id"):
            world.run()
    world.put(rows(1))
    assert world.run().inserted == 1


def test_different_syncs_run_side_by_side(world: World) -> None:
    world.put(rows(30))
    world.receiver.misbehave(FaultPlan(delay_seconds=0.05))
    specs = [world.spec(max_in_flight=1)]
    first_name, world.name = world.name, world.name + "_beside"
    specs.append(world.spec(max_in_flight=1, mode="upsert"))
    reports = []
    threads = [
        threading.Thread(target=lambda spec=spec: reports.append(world.run(spec))) for spec in specs
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(report.sync for report in reports) == sorted([first_name, world.name])
    assert [report.inserted for report in reports] == [30, 30]


@pytest.mark.parametrize("settings", ["postgres"], indirect=True)
def test_rate_limited_syncs_of_one_account_take_turns_across_sessions(world: World) -> None:
    """Two processes cannot share a limiter in memory, so they do not send at the same time."""
    world.put(rows(12))
    specs = [world.spec(rate_per_second=20, batch_size=1)]
    first_name, world.name = world.name, world.name + "_turn"
    specs.append(world.spec(rate_per_second=20, batch_size=1))
    threads = [threading.Thread(target=world.run, args=(spec,)) for spec in specs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with world.receiver.kept() as store:
        order = store.order_of_syncs([first_name, world.name])
    assert len(order) == 24
    assert len([1 for before, after in pairwise(order) if before != after]) == 1
