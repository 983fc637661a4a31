"""One writer of the warehouse at a time, whoever it is: a step of a Dagster run or a command.

On DuckDB the writer locks a file beside the warehouse, which the kernel unlocks when the writer's
process ends. On PostgreSQL it is a lock of a session. Whoever comes second waits, and after a while
stops with who holds it.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from filelock import FileLock, Timeout

from cdp.settings import Runs, Settings
from cdp.warehouse.connection import connect_postgres, lock_key

WAIT_VARIABLE = "CDP_WRITER_WAIT_SECONDS"
_RETRY_SECONDS = 0.2
_NAMED_BYTES = 63

Tell = Callable[[str], None]


class WarehouseTakenError(RuntimeError):
    """Another writer kept the warehouse for longer than this one waits; the message names it."""


@contextmanager
def only_writer(settings: Settings, name: str, tell: Tell | None = None) -> Iterator[None]:
    """Keep other writers out.

    Args:
        settings: Where the warehouse is.
        name: Who this is, for those who wait: `Dagster run …`, `make dbt`.
        tell: Called once with who holds the warehouse, where this one has to wait.

    Raises:
        WarehouseTakenError: It was not free within `CDP_WRITER_WAIT_SECONDS`.
        SettingError: The waiting time is no number.
    """
    take = _of_session if settings.target == "postgres" else _of_file
    with take(settings, name, _Patience(tell)):
        yield


class _Patience:
    """Waits for a holder, saying once who it is."""

    def __init__(self, tell: Tell | None) -> None:
        self._limit = Runs.from_environment().writer_wait_seconds
        self._deadline = time.monotonic() + self._limit
        self._tell = tell

    def wait(self, holder: str) -> None:
        if time.monotonic() > self._deadline:
            raise WarehouseTakenError(
                f"The warehouse is being written by {holder}. Waited {self._limit:.0f} s "
                f"({WAIT_VARIABLE}): wait for it to end, or stop it, and run again."
            )
        if self._tell:
            self._tell(f"Waiting for the warehouse, which is being written by {holder}.")
            self._tell = None
        time.sleep(_RETRY_SECONDS)


@contextmanager
def _of_file(settings: Settings, name: str, patience: _Patience) -> Iterator[None]:
    holder = Path(f"{settings.duckdb_path}.writer")
    holder.parent.mkdir(parents=True, exist_ok=True)
    # Without this check, a folder without write permission would look like a lock held by another
    # process.
    holder.touch()
    lock = FileLock(f"{holder}.lock", fallback_to_soft=False)
    while True:
        try:
            lock.acquire(blocking=False)
            break
        except Timeout:
            patience.wait(holder.read_text() or "another process")
    try:
        since = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC"
        holder.write_text(f"{name} (process {os.getpid()}) since {since}")
        yield
    finally:
        lock.release()


@contextmanager
def _of_session(settings: Settings, name: str, patience: _Patience) -> Iterator[None]:
    key = lock_key(f"customer_data_platform.writer.{settings.raw_schema}.{settings.schema}")
    # The server shows this name to everybody and truncates longer ones.
    shown = name.encode()[:_NAMED_BYTES].decode(errors="ignore")
    with connect_postgres(application_name=shown) as session:
        while not session.execute("select pg_try_advisory_lock(%s)", (key,)).fetchone()[0]:  # type: ignore[index]
            patience.wait(_holder(session, key))
        yield


def _holder(session: psycopg.Connection[tuple[object, ...]], key: int) -> str:
    unsigned = key % (1 << 64)
    row = session.execute(
        "select activity.application_name, activity.pid from pg_locks as locks "
        "join pg_stat_activity as activity on activity.pid = locks.pid "
        "where locks.locktype = 'advisory' and locks.granted "
        "and locks.classid::bigint = %s and locks.objid::bigint = %s",
        (unsigned >> 32, unsigned & 0xFFFFFFFF),
    ).fetchone()
    return f"{row[0]} (session {row[1]})" if row else "another session"
