"""One landing at a time for each warehouse."""

from __future__ import annotations

import hashlib
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

from cdp.landing.errors import LandingBusyError
from cdp.landing.registry import Warehouse
from cdp.settings import Settings

WAIT_SECONDS = 60.0

# DuckDB's own lock on the file keeps other processes out, but not other threads of this one.
_thread_locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)


def _busy() -> LandingBusyError:
    return LandingBusyError(
        f"Another landing has been running for longer than {WAIT_SECONDS:.0f} s: "
        "wait for it to finish, or stop it, and run again. Nothing was landed twice."
    )


@contextmanager
def only_in_process(settings: Settings) -> Iterator[None]:
    """Keep other threads from landing into the same warehouse, waiting for `WAIT_SECONDS`."""
    lock = _thread_locks[f"{settings.target} {settings.duckdb_path} {settings.raw_schema}"]
    if not lock.acquire(timeout=WAIT_SECONDS):
        raise _busy()
    try:
        yield
    finally:
        lock.release()


@contextmanager
def only_in_warehouse(warehouse: Warehouse, settings: Settings) -> Iterator[None]:
    """Keep other processes from landing into the same raw schema, waiting for `WAIT_SECONDS`.

    The lock of PostgreSQL goes with the session, so a landing that was killed leaves none.
    """
    if warehouse.target == "duckdb":
        yield
        return
    digest = hashlib.sha256(f"landing {settings.raw_schema}".encode()).digest()
    key = int.from_bytes(digest[:8], "big", signed=True)
    deadline = time.monotonic() + WAIT_SECONDS
    while not warehouse.execute("select pg_try_advisory_lock($1)", (key,))[0][0]:
        if time.monotonic() > deadline:
            raise _busy()
        time.sleep(0.1)
    try:
        yield
    finally:
        warehouse.execute("select pg_advisory_unlock($1)", (key,))
