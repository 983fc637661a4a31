"""One run of a sync at a time, and one process at a time to a rate-limited account."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from cdp.activation.ledger import Ledger
from cdp.activation.spec import SyncSpec
from cdp.settings import Settings
from cdp.warehouse.connection import Connection

# How long a run that has just been killed may take to give its lock up.
LOCK_WAIT_SECONDS = 3.0


class SyncAlreadyRunningError(RuntimeError):
    """Another run of the same sync is under way; the message says which."""


_running: set[tuple[str, str]] = set()
_running_lock = threading.Lock()


@contextmanager
def exclusive(connection: Connection, settings: Settings, spec: SyncSpec) -> Iterator[None]:
    """One run of a sync at a time, whichever process or thread it is in.

    On DuckDB the file has one process, so a set in memory is enough. On PostgreSQL a lock of the
    session does it, which the server gives up when a killed process' connection breaks.

    Raises:
        SyncAlreadyRunningError: Another run of this sync is under way.
    """
    if connection.target == "postgres":
        _lock_session(connection, settings, spec)
        yield
        return
    mark = (str(settings.duckdb_path), f"{settings.schema}.{spec.name}")
    with _running_lock:
        if mark in _running:
            raise _already_running(connection, settings, spec)
        _running.add(mark)
    try:
        yield
    finally:
        with _running_lock:
            _running.discard(mark)


def _lock_session(connection: Connection, settings: Settings, spec: SyncSpec) -> None:
    deadline = time.monotonic() + LOCK_WAIT_SECONDS
    while not try_lock(connection, f"{settings.schema}.sync.{spec.name}"):
        if time.monotonic() > deadline:
            raise _already_running(connection, settings, spec)
        time.sleep(0.1)


def try_lock(connection: Connection, name: str) -> bool:
    """Take a lock of the PostgreSQL session, kept until it is closed; False where it is taken."""
    digest = hashlib.sha256(f"customer_data_platform.{name}".encode()).digest()
    number = int.from_bytes(digest[:8], signed=True)
    rows = connection.execute("select pg_try_advisory_lock($1::bigint)", (number,))
    return bool(rows[0][0])


def _already_running(
    connection: Connection, settings: Settings, spec: SyncSpec
) -> SyncAlreadyRunningError:
    running = Ledger(connection, settings, spec.name, read_only=True).running()
    which = f" as run {running[0]} since {running[1]:%Y-%m-%d %H:%M:%S} UTC" if running else ""
    return SyncAlreadyRunningError(
        f"sync {spec.name!r} is already running{which}: wait for it to end and run again."
    )
