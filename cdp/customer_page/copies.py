"""Reads a copy of the DuckDB file, so that the page and a refresh do not wait for each other.

While a process writes a DuckDB file, nobody else can open it. The page reads a copy, made without a
lock while nobody writes; during a refresh it keeps the last copy.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import struct
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from cdp.customer_page.options import page_folder
from cdp.customer_page.warehouse import Reader, WarehouseMissingError, WarehouseUnavailableError
from cdp.settings import Settings
from cdp.warehouse.connection import DuckDBConnection

# How often the file is checked, and how long the first look-up waits for a refresh to end.
CHECK_EVERY_SECONDS = 2.0
FIRST_WAIT_SECONDS = 10.0
MEMORY_LIMIT = "512MB"


@dataclass(frozen=True)
class _Copy:
    stamp: tuple[int, ...]
    root: duckdb.DuckDBPyConnection
    taken_at: datetime


class CopyReaders:
    """Readers of a copy of the DuckDB file, renewed when the file has changed and nobody writes.

    The copy contains direct identifiers, so its folder is closed to other users of the machine. It
    has the file's own name, which views use to find their tables.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._source = settings.duckdb_path
        self._folder = page_folder(settings.data_dir) / f"copy-{os.getpid()}"
        self._copy: _Copy | None = None
        self._checked_at = float("-inf")
        self._lock = threading.Lock()
        for left in self._folder.parent.glob("copy-*"):
            if not _is_running(int(left.name.removeprefix("copy-"))):
                shutil.rmtree(left, ignore_errors=True)

    @contextmanager
    def open(self) -> Iterator[Reader]:
        """A reader of the latest state that is not being written."""
        copy = self._current()
        cursor = copy.root.cursor()
        try:
            reader = Reader(DuckDBConnection(cursor), self._settings.schema, copy.taken_at)
            reader.check()
            yield reader
        finally:
            cursor.close()

    def close(self) -> None:
        """Remove the copy."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _current(self) -> _Copy:
        copy = self._copy
        if copy is not None:
            is_due = time.monotonic() > self._checked_at + CHECK_EVERY_SECONDS
            # The first page that finds a change copies it; others read the old copy meanwhile.
            if not is_due or not self._lock.acquire(blocking=False):
                return copy
        else:
            self._lock.acquire()
        try:
            deadline = time.monotonic() + FIRST_WAIT_SECONDS
            renewed = self._renewed()
            while renewed is None and self._copy is None and time.monotonic() < deadline:
                time.sleep(0.2)
                renewed = self._renewed()
            self._checked_at = time.monotonic()
            self._copy = renewed or self._copy
            if self._copy is None:
                raise WarehouseUnavailableError("A refresh is writing the warehouse.")
            return self._copy
        finally:
            self._lock.release()

    def _renewed(self) -> _Copy | None:
        """The copy, a new one if the file has changed; None while another process writes it."""
        if not self._source.exists():
            raise WarehouseMissingError
        stamp = _stamp(self._source)
        if self._copy is not None and self._copy.stamp == stamp:
            return self._copy
        if is_being_written(self._source):
            return None
        folder = self._folder / str(time.time_ns())
        folder.mkdir(mode=0o700, parents=True)
        file = folder / self._source.name
        for name in (self._source, _log_of(self._source)):
            with suppress(FileNotFoundError):
                shutil.copyfile(name, folder / name.name)
        # A writer that started meanwhile may have left the copy incomplete.
        if is_being_written(self._source) or _stamp(self._source) != stamp:
            shutil.rmtree(folder)
            return None
        options: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": MEMORY_LIMIT,
            "threads": 2,
            "enable_external_access": False,
        }
        if _log_of(file).exists():
            duckdb.connect(str(file)).close()
        root = duckdb.connect(str(file), read_only=True, config=options)
        changed_at = datetime.fromtimestamp(stamp[0] / 1e9, UTC).replace(tzinfo=None)
        # Pages that still read an older copy have it open, so its files can be removed.
        for older in self._folder.iterdir():
            if older != folder:
                shutil.rmtree(older)
        return _Copy(stamp, root, changed_at)


def is_being_written(file: Path) -> bool:
    """Whether another process has DuckDB's lock for writing.

    The system is asked without taking a lock: a refresh that starts while it is held would fail.
    """
    with file.open("rb") as opened:
        if sys.platform != "linux":
            try:
                fcntl.lockf(opened, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except OSError:
                return True
            return False
        # struct flock: type, whence, start, length, process.
        asked = struct.pack("hhqqi4x", fcntl.F_RDLCK, os.SEEK_SET, 0, 0, 0)
        answer = fcntl.fcntl(opened, fcntl.F_GETLK, asked)
        return bool(struct.unpack("hhqqi4x", answer)[0] != fcntl.F_UNLCK)


def _stamp(file: Path) -> tuple[int, ...]:
    """Changes whenever the file or its log does; starts with the time of the last change."""
    found = [each.stat() for each in (file, _log_of(file)) if each.exists()]
    sizes = [number for each in found for number in (each.st_mtime_ns, each.st_size, each.st_ino)]
    return (max(each.st_mtime_ns for each in found), *sizes)


def _log_of(file: Path) -> Path:
    return file.with_name(f"{file.name}.wal")


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
