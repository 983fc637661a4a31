"""One writer of the warehouse at a time, whoever it is: a step of a Dagster run or a command.

On DuckDB the writer holds a lock on a file beside the warehouse, which the kernel gives up when
the last process that has it open ends. On PostgreSQL it is a lock of a session. Whoever comes
second waits, and after a while stops with who holds it.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from cdp.settings import SettingError, Settings
from cdp.warehouse.connection import lock_key

WAIT_VARIABLE = "CDP_WRITER_WAIT_SECONDS"
DEFAULT_WAIT_SECONDS = 3600.0
_RETRY_SECONDS = 0.2
_NAMED_BYTES = 63

Tell = Callable[[str], None]


class WarehouseTakenError(RuntimeError):
    """Another writer kept the warehouse for longer than this one waits; the message names it."""


def wait_seconds() -> float:
    """How long to wait for another writer, `CDP_WRITER_WAIT_SECONDS`; an hour when not set."""
    value = os.environ.get(WAIT_VARIABLE)
    try:
        return float(value) if value else DEFAULT_WAIT_SECONDS
    except ValueError:
        raise SettingError(
            f"{WAIT_VARIABLE} is {value!r}: set it to a number of seconds."
        ) from None


@contextmanager
def only_writer(
    settings: Settings, name: str, tell: Tell | None = None, *, is_inherited: bool = False
) -> Iterator[None]:
    """Keep other writers out.

    Args:
        settings: Where the warehouse is.
        name: Who this is, for those who wait: `Dagster run …`, `make dbt`.
        tell: Called once with who holds the warehouse, where this one has to wait.
        is_inherited: Let a tool that replaces this process keep the lock; on DuckDB only.

    Raises:
        WarehouseTakenError: It was not free within `wait_seconds()`.
        SettingError: The waiting time is no number.
    """
    take = _of_session if settings.target == "postgres" else _of_file
    with take(settings, name, _Patience(tell), is_inherited):
        yield


class _Patience:
    """Waits for a holder, saying once who it is."""

    def __init__(self, tell: Tell | None) -> None:
        self._limit = wait_seconds()
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
def _of_file(
    settings: Settings, name: str, patience: _Patience, is_inherited: bool
) -> Iterator[None]:
    path = Path(f"{settings.duckdb_path}.writer")
    path.parent.mkdir(parents=True, exist_ok=True)
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    os.set_inheritable(file, is_inherited)
    try:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                patience.wait(os.pread(file, 1000, 0).decode(errors="replace") or "another process")
        since = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC"
        os.ftruncate(file, 0)
        os.pwrite(file, f"{name} (process {os.getpid()}) since {since}".encode(), 0)
        yield
    finally:
        os.close(file)


@contextmanager
def _of_session(
    settings: Settings, name: str, patience: _Patience, is_inherited: bool
) -> Iterator[None]:
    key = lock_key(f"customer_data_platform.writer.{settings.raw_schema}.{settings.schema}")
    # The server shows the name to whoever asks; longer ones it cuts off.
    shown = name.encode()[:_NAMED_BYTES].decode(errors="ignore")
    with psycopg.connect("", autocommit=True, application_name=shown) as session:
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
