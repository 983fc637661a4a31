"""A sender that is killed at any moment: the receiver ends with the payload, exactly.

Ten kills of a small sync; with `--soak` (`make soak`) a hundred of one of 50,000 rows.
"""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest

from cdp.activation.faults import FaultPlan
from cdp.settings import PROJECT_DIR
from tests.cdp.activation.activation_world import Row, World, as_received, rows

SEED = 20261115

# Waits to be told to begin, so that no moment falls on the start of Python, and how many seconds to
# wait for locks. The writer's lock, which would come before the sync's own, is left out.
SENDER = """
import contextlib, sys
from cdp.warehouse import connection as warehouse, writer
from cdp.activation import lock
from cdp.cli import app
writer.only_writer = lambda *_: contextlib.nullcontext()
print("ready", flush=True)
warehouse.LOCK_WAIT_SECONDS = lock.LOCK_WAIT_SECONDS = float(sys.stdin.readline())
app(["sync", *sys.argv[1:]])
"""


@dataclass(frozen=True)
class Size:
    """How often a sync of how many rows is killed, and the receiver's delay in seconds."""

    kills: int
    rows: int
    batch_size: int
    delay: float


@pytest.fixture
def size(request: pytest.FixtureRequest) -> Size:
    if request.config.getoption("--soak"):
        return Size(kills=100, rows=50_000, batch_size=100, delay=0.01)
    return Size(kills=10, rows=2_000, batch_size=20, delay=0.02)


def payloads(size: int) -> Iterator[list[Row]]:
    """Payloads without end: most rows change each time, there and back, and some come and go."""
    for number in count():
        product = ("boots", "tent", "stove", "tent")[number % 4]
        unchanged, changed = rows(size // 10), rows(size, product=product)[size // 10 :]
        yield [*unchanged, *(changed[: -size // 20] if number % 3 == 2 else changed)]


def start(world: World, manifest: Path) -> subprocess.Popen[str]:
    """A sender that has imported everything, or is about to, and waits to be told to begin."""
    command = ["--manifest", str(manifest), "--project-dir", str(world.folder), "apply", world.name]
    return subprocess.Popen(
        [sys.executable, "-c", SENDER, *command],
        cwd=PROJECT_DIR,
        env=dict(os.environ),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def begin(sender: subprocess.Popen[str], patience: float = 30.0) -> None:
    assert sender.stdin
    assert sender.stdout
    assert sender.stdout.readline() == "ready\n"
    sender.stdin.write(f"{patience}\n")
    sender.stdin.flush()


def is_killed(sender: subprocess.Popen[str], moment: float) -> bool:
    """Kill the sender so many seconds after it began; False where it had come to its end."""
    try:
        sender.wait(timeout=moment)
    except subprocess.TimeoutExpired:
        sender.kill()
    _, errors = sender.communicate()
    assert sender.returncode in (0, -9), errors
    return sender.returncode != 0


def assert_delivered_exactly(world: World, payload: list[Row]) -> None:
    expected = {entry["profile_id"]: as_received(entry) for entry in payload}
    assert world.received() == expected
    live = world.ledger("sync_ledger", "sync_key", "operation <> 'delete'")
    assert [key for (key,) in live] == sorted(expected)
    assert world.ledger("sync_intents", "sync_key") == []


def assert_no_change_was_sent_as_new_twice(world: World) -> None:
    """A change had one idempotency key, and what was taken anew was a later revision each time."""
    with closing(sqlite3.connect(world.receiver.store)) as store:
        two_keys = store.execute(
            "select count(*) from (select 1 from deliveries where sync = ? "
            "group by key, revision having count(distinct idempotency_key) > 1)",
            (world.name,),
        ).fetchone()
        not_later = store.execute(
            "select count(*) from (select revision, lag(revision) over "
            "(partition by key order by rowid) as earlier from deliveries "
            "where sync = ? and not is_duplicate) where revision <= earlier",
            (world.name,),
        ).fetchone()
    assert (two_keys, not_later) == ((0,), (0,))


def test_killed_at_any_moment_the_receiver_ends_with_the_payload(world: World, size: Size) -> None:
    """SIGKILL at seeded moments of runs that follow each other, until one comes to its end."""
    moments = random.Random(SEED)
    manifest = world.write_manifest(batch_size=size.batch_size)
    world.receiver.misbehave(FaultPlan(delay_seconds=size.delay))
    generations = payloads(size.rows)
    payload = next(generations)
    world.put(payload)
    # The first run is left alone, to see how long one takes.
    kills, duration = 0, 0.0
    sender, upcoming = start(world, manifest), start(world, manifest)
    try:
        while True:
            begin(sender)
            began = time.monotonic()
            spared = kills == size.kills or not duration
            moment = 600.0 if spared else moments.uniform(0, duration)
            if is_killed(sender, moment):
                kills += 1
            else:
                duration = duration or time.monotonic() - began
                assert_delivered_exactly(world, payload)
                if kills == size.kills:
                    break
                payload = next(generations)
                world.put(payload)
            sender, upcoming = upcoming, start(world, manifest)
    finally:
        for process in (sender, upcoming):
            process.kill()
            process.communicate()
    assert_no_change_was_sent_as_new_twice(world)
    statuses = [status for (status,) in world.ledger("sync_runs", "status")]
    assert set(statuses) == {"interrupted", "succeeded"}
