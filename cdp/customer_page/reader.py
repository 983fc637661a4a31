"""Reading the warehouse without keeping a refresh waiting, and without waiting for one.

PostgreSQL lets readers read. DuckDB lets one process write and then nobody else in, so there the
page reads a copy of the file, taken while nobody writes and without taking a lock; during a
refresh it goes on with the last one. `Readers` is the one place to change for another copy.
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
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import duckdb
import psycopg

from cdp.customer_page.options import page_folder
from cdp.settings import Settings
from cdp.warehouse.connection import Connection, DuckDBConnection, PostgresConnection, quote

QUERIES = Path(__file__).parent / "queries"
# How often the file is looked at, and how long a first look-up waits for a refresh to end.
LOOK_EVERY_SECONDS = 2.0
FIRST_WAIT_SECONDS = 10.0
MEMORY_LIMIT = "512MB"
STATEMENT_SECONDS = 20
LAYERS = (
    "identity",
    "profiles",
    "contacts",
    "journeys",
    "audiences",
    "staging",
    "rules",
    "activation",
)
REQUIRED = (
    ("identity", "profile_identifiers"),
    ("identity", "profile_links"),
    ("identity", "profile_redirects"),
    ("identity", "identity_changes"),
    ("identity", "identity_suspects"),
    ("rules", "identifier_types"),
    ("rules", "phone_countries"),
    ("profiles", "profiles"),
    ("profiles", "profile_traits"),
    ("profiles", "profile_consents"),
    ("profiles", "suppressions"),
    ("profiles", "lifecycle_transitions"),
    ("contacts", "profile_contacts"),
    ("contacts", "profile_devices"),
    ("journeys", "events"),
    ("journeys", "order_lines"),
    ("audiences", "audience_memberships"),
    ("audiences", "audience_nearby_offers"),
    ("staging", "stg_catalog__products"),
    ("staging", "stg_catalog__stores"),
)


class WarehouseMissingError(RuntimeError):
    """There is no warehouse, or tables of it have not been built; `tables` names those."""

    def __init__(self, tables: tuple[str, ...] = ()) -> None:
        super().__init__("the warehouse lacks what the page reads")
        self.tables = tables


class WarehouseUnavailableError(RuntimeError):
    """A refresh is writing and nothing could be read yet, or the server does not answer."""


@dataclass(frozen=True)
class Reader:
    """Runs the page's queries on one consistent state of the warehouse.

    Attributes:
        connection: Read-only.
        schema: Prefix of the schemas that dbt builds.
        read_at: State of the warehouse that is read (UTC).
    """

    connection: Connection
    schema: str
    read_at: datetime

    def schemas(self) -> dict[str, str]:
        """Schema of each layer, quoted, as query files name them."""
        return {layer: quote(f"{self.schema}_{layer}") for layer in LAYERS}

    def rows(self, query: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """What `queries/<query>.sql` returns."""
        return self.connection.execute(query_text(query).format(**self.schemas()), parameters)

    def has(self, layer: str, table: str) -> bool:
        """Whether a table has been built."""
        return self.connection.table_exists(f"{self.schema}_{layer}", table)

    def check(self) -> None:
        """Raise `WarehouseMissingError` where tables that the page reads are lacking."""
        built = set(
            self.connection.execute(
                "select table_schema, table_name from information_schema.tables"
            )
        )
        lacking = tuple(
            f"{self.schema}_{layer}.{table}"
            for layer, table in REQUIRED
            if (f"{self.schema}_{layer}", table) not in built
        )
        if lacking:
            raise WarehouseMissingError(lacking)


@cache
def query_text(name: str) -> str:
    """A query file, in which `{layer}` stands for the schema of a layer."""
    return (QUERIES / f"{name}.sql").read_text()


class Readers(Protocol):
    """Opens readers."""

    def open(self) -> AbstractContextManager[Reader]:
        """A reader for one page.

        Raises:
            WarehouseMissingError: Nothing has been built yet.
            WarehouseUnavailableError: Nothing can be read now; later it can.
        """
        ...


def open_readers(settings: Settings) -> Readers:
    """Readers that fit the engine."""
    if settings.target == "postgres":
        return PostgresReaders(settings)
    return CopyReaders(settings)


class PostgresReaders:
    """One read-only transaction a page, which sees what was there when it began."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @contextmanager
    def open(self) -> Iterator[Reader]:
        """A reader in a transaction of its own."""
        try:
            raw = psycopg.connect("", autocommit=True, connect_timeout=10)
        except psycopg.OperationalError:
            # The driver's message repeats address and user.
            raise WarehouseUnavailableError("PostgreSQL does not answer.") from None
        try:
            connection = PostgresConnection(raw)
            connection.execute(f"set statement_timeout = '{STATEMENT_SECONDS}s'")
            connection.execute("begin transaction isolation level repeatable read read only")
            reader = Reader(connection, self._settings.schema, _utc_now())
            reader.check()
            yield reader
        except psycopg.OperationalError:
            raise WarehouseUnavailableError("PostgreSQL broke off or took too long.") from None
        finally:
            raw.close()


@dataclass(frozen=True)
class _Copy:
    stamp: tuple[int, ...]
    root: duckdb.DuckDBPyConnection
    taken_at: datetime


class CopyReaders:
    """Readers of a copy of the DuckDB file, renewed when the file has changed and nobody writes.

    The copy holds direct identifiers: its folder is closed to other users of the machine. It has
    the file's own name, by which views find their tables.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._source = settings.duckdb_path
        self._folder = page_folder(settings.data_dir) / f"copy-{os.getpid()}"
        self._copy: _Copy | None = None
        self._looked_at = float("-inf")
        self._lock = threading.Lock()
        for left in self._folder.parent.glob("copy-*"):
            if not _is_running(int(left.name.removeprefix("copy-"))):
                shutil.rmtree(left, ignore_errors=True)

    @contextmanager
    def open(self) -> Iterator[Reader]:
        """A reader of the newest state that is not being written."""
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
            is_due = time.monotonic() > self._looked_at + LOOK_EVERY_SECONDS
            # Whoever finds that there is something new copies it; others read on meanwhile.
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
            self._looked_at = time.monotonic()
            self._copy = renewed or self._copy
            if self._copy is None:
                raise WarehouseUnavailableError("A refresh is writing the warehouse.")
            return self._copy
        finally:
            self._lock.release()

    def _renewed(self) -> _Copy | None:
        """The copy, a new one if there is anything new; None where a writer is in the way."""
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
        # Whoever began to write meanwhile may have left half of it in the copy.
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
        # Pages that still read an older copy have it open; its name may go.
        for older in self._folder.iterdir():
            if older != folder:
                shutil.rmtree(older)
        return _Copy(stamp, root, changed_at)


def is_being_written(file: Path) -> bool:
    """Whether another process holds DuckDB's lock for writing.

    Asked of the system without taking a lock, if only for an instant: a refresh that starts in
    that instant would fail.
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
    """Changes whenever the file or its log does; begins with the time of the last change."""
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


def _utc_now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
