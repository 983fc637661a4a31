"""What `benchmarks.sync` measures, each run in a process of its own."""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import aiohttp

from benchmarks.sync_data import IN_FLIGHT, bodies_of, settings_of, sync_of, write_drt_project
from cdp.activation import plan_sync, run_sync
from cdp.activation.destinations.base import Mode
from cdp.settings import PROJECT_DIR
from cdp.warehouse.connection import connected


def in_child(work: Callable[..., float], *arguments: object) -> tuple[float, float]:
    """Do something in a fresh process; returns its seconds and the peak memory in MB."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=1, mp_context=context) as pool:
        return pool.submit(_measured, work, arguments).result()


def _measured(work: Callable[..., float], arguments: tuple[Any, ...]) -> tuple[float, float]:
    seconds = work(*arguments)
    # Not getrusage: that also counts what the parent held when it started this process.
    peak = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"))
    return seconds, int(peak[1]) * 1024 / 1e6 if peak else float("nan")


@contextmanager
def receiver(latency: float) -> Iterator[str]:
    """Run a receiver that answers after so many seconds; yields its address."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.sync_receiver", f"--latency={latency}"],
        cwd=PROJECT_DIR,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield process.stdout.readline().strip() if process.stdout else ""
    finally:
        process.terminate()
        process.wait()


def sync_seconds(file: Path, url: str, rows: int) -> float:
    """Run the sync, which is to send so many rows."""
    os.environ["CDP_WEBHOOK_SECRET"] = "benchmark"  # noqa: S105  # no secret
    settings, spec = settings_of(file, url), sync_of()
    started = time.perf_counter()
    report = run_sync(settings, spec, run_id="bench")
    seconds = time.perf_counter() - started
    if report.inserted + report.updated != rows:
        raise RuntimeError(f"{report.inserted + report.updated} rows were sent, not {rows}")
    return seconds


def loop_seconds(file: Path, url: str) -> float:
    """Post the same bodies with the same client and concurrency, and do nothing else."""
    bodies = bodies_of(file)
    started = time.perf_counter()
    asyncio.run(_post_all(bodies, url))
    return time.perf_counter() - started


async def _post_all(bodies: list[bytes], url: str) -> None:
    left = iter(bodies)
    headers = {"Content-Type": "application/json"}

    async def work(client: aiohttp.ClientSession) -> None:
        for body in left:
            async with client.post(url, data=body, headers=headers) as response:
                await response.read()
                response.raise_for_status()

    async with (
        aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=IN_FLIGHT)) as client,
        asyncio.TaskGroup() as tasks,
    ):
        for _ in range(IN_FLIGHT):
            tasks.create_task(work(client))


def plan_seconds(file: Path, mode: Mode) -> float:
    """Plan the sync."""
    settings, spec = settings_of(file), sync_of(mode)
    started = time.perf_counter()
    plan = plan_sync(settings, spec)
    seconds = time.perf_counter() - started
    if not plan.counts.update or plan.counts.insert or plan.counts.delete:
        raise RuntimeError(f"the plan is not one of changes alone: {plan.counts}")
    return seconds


def join_seconds(file: Path, *, keeps_rows: bool) -> float:
    """Join payload and ledger in full by DuckDB alone, keeping all rows or just counting them."""
    select = "create temp table joined as select *" if keeps_rows else "select count(*)"
    started = time.perf_counter()
    with connected(settings_of(file)) as database:
        database.execute(
            f"{select} from cdp_syncs.members full outer join cdp_activation.sync_ledger "
            "on sync_ledger.sync_key = members.profile_id"
        )
    return time.perf_counter() - started


def drt_seconds(drt: Path, folder: Path, file: Path, url: str, rows: int) -> float:
    """Send the payload with drt; its own figure, so that starting it does not count."""
    shutil.rmtree(folder, ignore_errors=True)
    environment = write_drt_project(folder, file, url)
    done = subprocess.run(
        [str(drt), "run", "--output", "json"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"drt failed: {done.stdout[-1000:]}{done.stderr[-1000:]}")
    (sync,) = json.loads(done.stdout[done.stdout.index("{") :])["syncs"]
    if sync["rows_synced"] != rows:
        raise RuntimeError(f"drt sent {sync['rows_synced']} rows, not {rows}")
    return float(sync["duration_seconds"])
