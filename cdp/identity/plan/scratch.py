"""The copy of a warehouse that a plan works on; it is always removed afterwards.

On DuckDB it is a copy of the file, in `<CDP_DATA_DIR>/identity_plan`. On PostgreSQL it is a set of
schemas named `identity_plan_<CDP_SCHEMA>…` with copies of the tables that the plan builds and views
of the tables that it only reads. If the process dies, `sweeper` removes the copy; if the machine
dies, the next plan does.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import duckdb

from cdp.identity.plan.errors import IdentityPlanError
from cdp.settings import PROJECT_DIR, Settings
from cdp.warehouse.connection import Connection, connected, once_unlocked, quote, try_session_lock

T = TypeVar("T")
FOLDER = "identity_plan"
# Layers whose tables a plan changes, and those that it only reads.
BUILT_LAYERS = ("identity", "journeys", "profiles", "contacts", "audiences")
READ_LAYERS = ("staging", "rules", "activation")
# How long locks may outlive the process that held them.
_RELEASE_SECONDS = 10.0
_BUSY = "Another identity plan is being made here: wait for it to finish, and run again."


@dataclass(frozen=True)
class Scratch:
    """A copy of the warehouse.

    Attributes:
        settings: Settings of the warehouse, changed to point at the copy.
        notes: Schema in the copy for tables of the plan itself.
        folder: Folder for files of the plan.
        inherited: Descriptors that a child process keeps open, so that the copy is not removed
            while it runs.
    """

    settings: Settings
    notes: str
    folder: Path
    inherited: tuple[int, ...]

    def environment(self) -> dict[str, str]:
        """Environment variables of a dbt that works on the copy."""
        return os.environ | {
            "CDP_DUCKDB_PATH": str(self.settings.duckdb_path),
            "CDP_SCHEMA": self.settings.schema,
            "DBT_TARGET_PATH": str(self.folder / "target"),
            "DBT_LOG_PATH": str(self.folder / "logs"),
        }

    def table(self, layer: str, name: str) -> str:
        """A model or seed of the copy, quoted."""
        return f"{quote(f'{self.settings.schema}_{layer}')}.{quote(name)}"

    def note(self, name: str) -> str:
        """A table of the plan itself, quoted."""
        return f"{quote(self.notes)}.{quote(name)}"


@contextmanager
def scratch_copy(settings: Settings) -> Iterator[Scratch]:
    """Copy the warehouse, and remove the copy on leaving.

    Raises:
        IdentityPlanError: Another plan is running, or the copy does not fit on the disk.
        WarehouseBusyError: Another process wrote the DuckDB file for too long.
    """
    with ExitStack() as stack:
        folder, lock = stack.enter_context(_only_plan(settings))
        sweeper = stack.enter_context(_sweeper())
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        notes = f"{FOLDER}_{settings.schema}"
        if settings.target == "duckdb":
            _copy_file(settings.duckdb_path, folder)
            copied = settings.model_copy(update={"duckdb_path": folder / settings.duckdb_path.name})
        else:
            copied = settings.model_copy(update={"schema": notes})
            stack.callback(drop_schemas, settings)
            drop_schemas(settings)
            with connected(settings) as warehouse:
                _copy_schemas(warehouse, settings.schema, notes)
        with connected(copied) as warehouse:
            warehouse.execute(f"create schema if not exists {quote(notes)}")
        yield Scratch(copied, notes, folder, (lock, sweeper))


@contextmanager
def _only_plan(settings: Settings) -> Iterator[tuple[Path, int]]:
    """The plan's folder, emptied, and the descriptor of its lock."""
    folder = settings.data_dir / FOLDER
    with ExitStack() as stack:
        lock = lock_folder(folder)
        if lock is None:
            raise IdentityPlanError(_BUSY)
        stack.callback(os.close, lock)
        if settings.target == "postgres":
            warehouse = stack.enter_context(connected(settings))
            if not try_lock(warehouse, settings):
                shutil.rmtree(folder, ignore_errors=True)
                raise IdentityPlanError(_BUSY)
        for left in folder.iterdir():
            shutil.rmtree(left) if left.is_dir() else left.unlink()
        yield folder, lock


def lock_folder(folder: Path) -> int | None:
    """Create the folder and lock it; None if another process has the lock."""
    while True:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return None
        # Another plan may have removed the folder between the two.
        if folder.exists() and os.path.samestat(os.fstat(descriptor), folder.stat()):
            return descriptor
        os.close(descriptor)


def try_lock(warehouse: Connection, settings: Settings) -> bool:
    """Lock plans of a schema on PostgreSQL for as long as the session lasts."""
    return try_session_lock(warehouse, f"identity plan {settings.schema}")


@contextmanager
def _sweeper() -> Iterator[int]:
    """A process that removes the copy if this one dies; yields the pipe that ends it."""
    read_end, write_end = os.pipe()
    process = subprocess.Popen(
        [sys.executable, "-m", "cdp.identity.plan.sweeper"],
        cwd=PROJECT_DIR,
        stdin=read_end,
        start_new_session=True,
    )
    os.close(read_end)
    try:
        yield write_end
    finally:
        os.write(write_end, b"done")
        os.close(write_end)
        process.wait()


def _copy_file(path: Path, folder: Path) -> None:
    needed, free = path.stat().st_size, shutil.disk_usage(folder).free
    if needed * 1.2 > free:
        raise IdentityPlanError(
            f"The copy of the warehouse needs {needed * 1.2 / 2**20:,.0f} MiB and {folder.parent} "
            f"has {free / 2**20:,.0f} MiB: free some, or set CDP_DATA_DIR to a larger disk."
        )
    # While a reader has the file open, nobody can write it.
    with once_unlocked(path, lambda: duckdb.connect(str(path), read_only=True)):
        for part in (path, path.with_name(f"{path.name}.wal")):
            if part.exists():
                shutil.copyfile(part, folder / part.name)


def _copy_schemas(warehouse: Connection, schema: str, copied: str) -> None:
    """Copy the tables that are built and create views of the others, all of one state."""
    with warehouse.transaction():
        warehouse.execute("set transaction isolation level repeatable read")
        for layer in (*READ_LAYERS, *BUILT_LAYERS):
            warehouse.execute(f"create schema {quote(f'{copied}_{layer}')}")
            for name, is_table in warehouse.execute(
                "select table_name, table_type = 'BASE TABLE' from information_schema.tables "
                "where table_schema = $1 order by table_name",
                (f"{schema}_{layer}",),
            ):
                original = f"{quote(f'{schema}_{layer}')}.{quote(name)}"
                copy = f"{quote(f'{copied}_{layer}')}.{quote(name)}"
                if is_table and layer in BUILT_LAYERS:
                    warehouse.execute(
                        f"create unlogged table {copy} (like {original} including all)"
                    )
                    warehouse.execute(f"insert into {copy} select * from {original}")
                    warehouse.execute(f"analyze {copy}")
                elif layer != "identity":
                    # Views of the graph would still read the original tables.
                    warehouse.execute(f"create view {copy} as select * from {original}")


def drop_schemas(settings: Settings) -> None:
    """Drop the schemas of a plan on PostgreSQL."""
    with connected(settings) as warehouse:
        copied = f"{FOLDER}_{settings.schema}"
        # One by one: a statement locks everything that it drops.
        for schema in (copied, *(f"{copied}_{layer}" for layer in (*BUILT_LAYERS, *READ_LAYERS))):
            warehouse.execute(f"drop schema if exists {quote(schema)} cascade")


def sweep(settings: Settings, variables: Mapping[str, str] = os.environ) -> None:
    """Remove what a dead plan left, unless a new plan is running: that has removed it already.

    The kernel and the server may release the locks of a dead process later than its pipe, so wait
    for both.
    """
    folder = settings.data_dir / FOLDER
    if settings.target == "postgres" and ("PGHOST" in variables or "DATABASE_URL" in variables):
        with connected(settings) as warehouse:
            if _soon(lambda: try_lock(warehouse, settings)):
                drop_schemas(settings)
    if folder.exists() and (lock := _soon(lambda: lock_folder(folder))) is not None:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def _soon(attempt: Callable[[], T]) -> T:
    """The result of trying to lock, repeated for a while if another process has the lock."""
    deadline = time.monotonic() + _RELEASE_SECONDS
    while True:
        found = attempt()
        if (found is not None and found is not False) or time.monotonic() > deadline:
            return found
        time.sleep(0.1)
