"""One landing at a time for each warehouse."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

from cdp.landing.errors import LandingBusyError
from cdp.settings import Settings
from cdp.warehouse.connection import Warehouse, lock_key, try_session_lock

WAIT_SECONDS = 60.0

# DuckDB locks the file against other processes, but not against other threads of this one.
_thread_locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)


def _busy() -> LandingBusyError:
    return LandingBusyError(
        f"Another landing has been running for longer than {WAIT_SECONDS:.0f} s: "
        "wait for it to finish, or stop it, and run again. Nothing was landed twice."
    )


@contextmanager
def only_in_process(settings: Settings) -> Iterator[None]:
    """Keep out landings of other threads into the same warehouse, after waiting `WAIT_SECONDS`."""
    lock = _thread_locks[f"{settings.target} {settings.duckdb_path} {settings.raw_schema}"]
    if not lock.acquire(timeout=WAIT_SECONDS):
        raise _busy()
    try:
        yield
    finally:
        lock.release()


@contextmanager
def only_in_warehouse(warehouse: Warehouse, settings: Settings) -> Iterator[None]:
    """Keep out landings of other processes into the same raw schema, after `WAIT_SECONDS`.

    On PostgreSQL the lock ends with the session, so a killed landing leaves none.
    """
    if warehouse.target == "duckdb":
        yield
        return
    name = f"landing {settings.raw_schema}"
    deadline = time.monotonic() + WAIT_SECONDS
    while not try_session_lock(warehouse, name):
        if time.monotonic() > deadline:
            raise _busy()
        time.sleep(0.1)
    try:
        yield
    finally:
        warehouse.execute("select pg_advisory_unlock($1)", (lock_key(name),))
