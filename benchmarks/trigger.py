"""How long it takes from a location ping to the push message, through Dagster's own daemon.

    python -m benchmarks.trigger [--target duckdb|postgres] [--customers 23000] [--days 90]
                                 [--triggers 5] [--work DIR]

Generates a company (23,000 customers over 90 days are a million events), lands it, builds all
models, and starts a receiver and the daemon with the sensor `location_pings` switched on. Then one
shopper after another, who left a product behind and agreed to push messages, comes near a store: a
file with one ping is written, and the clock stops when the receiver has the message. Prints one
JSON object a figure; the exit status is 1 where the bar does not hold.

- **latency**: from the file's being written to the arrival of its message, median, least and most.
- **parts**, medians: until the run was asked for (the file's rest and the sensor's tick), until its
  first step (queue and start of the process), landing, models (dbt's start and its tests too), and
  from there to the arrival.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from dagster import DagsterEventType, DagsterInstance, DagsterRunStatus, RunsFilter

from benchmarks.marts import _figure, _run, _wait
from cdp.activation.receiver import RunningReceiver, running_receiver
from cdp.dbt import warm as warm_dbt
from cdp.settings import PROJECT_DIR, Settings, stop_embedded_postgres
from cdp.warehouse.connection import connected
from generator.cli import DEFAULT_END_DATE

BIN = Path(sys.executable).parent
SECRET = "a-secret-of-the-benchmark"  # noqa: S105
SYNC = "sync_webhook__nearby_offers"
JOB = "location_trigger"
SENSOR = "location_pings"
# In the afternoon of the last day: no messages are sent at night.
AS_OF, PINGED_AT = f"{DEFAULT_END_DATE}T15:00:00Z", f"{DEFAULT_END_DATE}T14:58:00Z"
BAR_SECONDS = 30.0
_PATIENCE_SECONDS = 600.0
_SHOPPERS = f"""
select distinct
    devices.device_id, devices.push_token, devices.platform, stores.latitude, stores.longitude
from cdp_journeys.abandoned_products as products
inner join cdp_contacts.profile_devices as devices on products.profile_id = devices.profile_id
inner join cdp_profiles.contactable_profiles as contactable
    on products.profile_id = contactable.profile_id and contactable.channel = 'push'
cross join (select * from cdp_staging.stg_catalog__stores order by store_id limit 1) as stores
where
    not products.is_resolved
    and products.last_interested_at < timestamp '{AS_OF}' - interval '5 hours'
    and devices.is_latest_user
    and devices.push_token is not null
    and products.profile_id not in (select profile_id from cdp_audiences.audience_nearby_offers)
    and products.profile_id not in (
        select profile_id from cdp_audiences.audience_memberships where is_holdout
    )
order by devices.device_id
limit $1
"""


@dataclass(frozen=True)
class Timing:
    """Seconds of one trigger, in all and by part."""

    latency: float
    until_asked: float
    until_started: float
    landing: float
    models: float
    delivery: float


def main() -> int:
    """Measure; returns the exit status."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--target", choices=("duckdb", "postgres"), default="duckdb")
    parser.add_argument("--customers", type=int, default=23_000)
    parser.add_argument("--days", type=int, default=90)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--triggers", type=int, default=5)
    parser.add_argument(
        "--work", type=Path, help="build here and keep it: what was built there before is used"
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-trigger-") as scratch:
        folder = options.work or Path(scratch)
        environment = _environment(folder, options.target)
        # By these the warm process is found.
        os.environ.update(environment)
        try:
            return _measure(folder, options, environment)
        finally:
            stop_embedded_postgres(folder / "data" / "postgres")


def _measure(folder: Path, options: argparse.Namespace, environment: dict[str, str]) -> int:
    Settings.from_environment().prepare()
    # Where the server is, which the line above has started.
    environment |= {name: value for name, value in os.environ.items() if name.startswith("PG")}
    _build(folder, options, environment)
    with running_receiver(folder / "received.sqlite", secret=SECRET) as receiver:
        environment["CDP_WEBHOOK_URL"] = receiver.url
        # What was due before the first trigger is none of its business.
        _run("-m", "cdp.activation", "apply", SYNC, "--approve", environment=environment)
        shoppers, events = _read(options.triggers)
        with _daemon(folder, environment) as instance:
            timings = [
                _trigger(folder, receiver, instance, number, shopper)
                for number, shopper in enumerate(shoppers)
            ]
    latencies = [timing.latency for timing in timings]
    median = statistics.median(latencies)
    holds = _figure("trigger.latency.median", median, "s", BAR_SECONDS)
    _figure("trigger.latency.least", min(latencies), "s")
    _figure("trigger.latency.most", max(latencies), "s")
    for part in ("until_asked", "until_started", "landing", "models", "delivery"):
        _figure(f"trigger.{part}", statistics.median(getattr(each, part) for each in timings), "s")
    _figure("trigger.triggers", len(timings), "triggers")
    _figure("trigger.events", events, "rows")
    return 0 if holds else 1


def _environment(folder: Path, target: str) -> dict[str, str]:
    ours = ("CDP_", "PG", "DATABASE_URL", "DAGSTER_", "DBT_")
    for name in [name for name in os.environ if name.startswith(ours)]:
        del os.environ[name]
    return dict(os.environ) | {
        "CDP_TARGET": target,
        "CDP_DATA_DIR": str(folder / "data"),
        "CDP_LANDING_PATH": str(folder / "company" / "landing"),
        "CDP_DUCKDB_PATH": str(folder / "warehouse.duckdb"),
        "CDP_WEBHOOK_SECRET": SECRET,
        "CDP_AS_OF": AS_OF,
        "DBT_PROFILES_DIR": str(PROJECT_DIR),
        "DBT_TARGET_PATH": str(folder / "target"),
        "DBT_LOG_PATH": str(folder / "logs"),
        "DAGSTER_HOME": str(folder / "dagster"),
        "PYTHONPATH": str(PROJECT_DIR),
        "DO_NOT_TRACK": "1",
    }


def _build(folder: Path, options: argparse.Namespace, environment: dict[str, str]) -> None:
    built = folder / f"built-{options.target}"
    if built.exists():
        return
    if not (folder / "company").exists():
        size = [f"--customers={options.customers}", f"--days={options.days}"]
        _run("-m", "generator", *size, f"--seed={options.seed}", f"--out={folder / 'company'}")
    _run("-m", "cdp.landing", environment=environment)
    for command in ("seed", "run"):
        _wait([sys.executable, "-m", "cdp.dbt.run", "--quiet", command], environment)
    built.touch()


def _read(count: int) -> tuple[list[tuple[Any, ...]], int]:
    """Shoppers to come near a store, and how many events there are."""
    with connected(Settings.from_environment()) as warehouse:
        shoppers = warehouse.execute(_SHOPPERS, (count,))
        ((events,),) = warehouse.execute("select count(*) from cdp_journeys.events")
    if len(shoppers) < count:
        raise SystemExit(f"The company has {len(shoppers)} shoppers to reach: make it larger.")
    return shoppers, events


@contextmanager
def _daemon(folder: Path, environment: dict[str, str]) -> Iterator[DagsterInstance]:
    """The daemon with the sensor on, once its first run has ended and dbt is warm."""
    home = folder / "dagster"
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir()
    shutil.copy(PROJECT_DIR / ".dagster" / "dagster.yaml", home)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    # As in production: a code server that stays, where the daemon's own is replaced each minute.
    server = {"grpc_server": {"host": "127.0.0.1", "port": port, "location_name": "cdp"}}
    workspace = home / "workspace.yaml"
    workspace.write_text(json.dumps({"load_from": [server]}))
    serve = ["api", "grpc", "-m", "orchestration.definitions", "-h", "127.0.0.1", "-p", str(port)]
    with (
        (folder / "daemon.log").open("wb") as log,
        _running([BIN / "dagster", *serve], environment, log),
        DagsterInstance.from_config(str(home)) as instance,
    ):
        _until(lambda: socket.socket().connect_ex(("127.0.0.1", port)) == 0, "code server")
        start = [str(BIN / "dagster"), "sensor", "start", SENSOR, "-w", str(workspace)]
        _wait(start, environment)
        with _running([BIN / "dagster-daemon", "run", "-w", workspace], environment, log):
            _ended(instance, 1)
            _until(warm_dbt.is_ready, "warm process")
            yield instance


@contextmanager
def _running(
    command: list[str | Path], environment: dict[str, str], log: IO[bytes]
) -> Iterator[None]:
    process = subprocess.Popen(
        command, cwd=PROJECT_DIR, env=environment, stdout=log, stderr=subprocess.STDOUT
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def _until(is_so: Callable[[], bool], name: str) -> None:
    until = time.monotonic() + _PATIENCE_SECONDS
    while not is_so():
        if time.monotonic() > until:
            raise SystemExit(f"The {name} does not answer: daemon.log says why.")
        time.sleep(0.5)


def _trigger(
    folder: Path,
    receiver: RunningReceiver,
    instance: DagsterInstance,
    number: int,
    shopper: tuple[Any, ...],
) -> Timing:
    device, token, platform, latitude, longitude = shopper
    event = {
        "event_id": f"ping-{number}-{time.time_ns()}",
        "device_id": device,
        "push_token": token,
        "platform": platform,
        "event_name": "location_ping",
        "occurred_at": PINGED_AT,
        "received_at": PINGED_AT,
        "properties": {},
        "location": {"latitude": latitude, "longitude": longitude, "accuracy_metres": 9.0},
    }
    target = folder / "company" / "landing" / "app" / "events" / f"{event['event_id']}.jsonl"
    target.write_text(json.dumps(event) + "\n")
    written = time.time()
    arrived = _arrival(receiver, token, written)
    run_id, asked = _ended(instance, number + 2)
    steps = {
        (entry.dagster_event.step_key, entry.dagster_event.event_type): entry.timestamp
        for entry in instance.all_logs(
            run_id, of_type={DagsterEventType.STEP_START, DagsterEventType.STEP_SUCCESS}
        )
        if entry.dagster_event
    }
    began, ended = DagsterEventType.STEP_START, DagsterEventType.STEP_SUCCESS
    built = steps["transform", ended]
    return Timing(
        latency=arrived - written,
        until_asked=asked - written,
        until_started=steps["land_channel_files", began] - asked,
        landing=steps["land_channel_files", ended] - steps["land_channel_files", began],
        models=built - steps["land_channel_files", ended],
        delivery=arrived - built,
    )


def _arrival(receiver: RunningReceiver, token: str, written: float) -> float:
    """When the receiver had the message for a device; it is asked ten times a second."""
    while time.time() - written < _PATIENCE_SECONDS:
        with receiver.kept() as store:
            if any(row["push_token"] == token for row in store.rows(SYNC).values()):
                return time.time()
        time.sleep(0.1)
    raise SystemExit("No message came: daemon.log says why.")


def _ended(instance: DagsterInstance, count: int) -> tuple[str, float]:
    """The last of that many runs once it has ended well: its id, and when it was asked for."""
    until = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < until:
        records = instance.get_run_records(RunsFilter(job_name=JOB))
        runs = [record.dagster_run for record in records]
        if any(run.is_failure_or_canceled for run in runs):
            raise SystemExit("A run failed: daemon.log says why.")
        if len(runs) >= count and all(run.status is DagsterRunStatus.SUCCESS for run in runs):
            return runs[0].run_id, records[0].create_timestamp.timestamp()
        time.sleep(0.2)
    raise SystemExit("No run has ended: daemon.log says why.")


if __name__ == "__main__":
    sys.exit(main())
