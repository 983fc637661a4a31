"""Shared by all commands: settings, the writer lock, and errors as one line without a traceback."""

from __future__ import annotations

import errno
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import typer

from cdp.settings import PROJECT_DIR, Runs, SettingError, Settings

_NOT_WRITABLE = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST}
_NO_SPACE = {errno.ENOSPC, errno.EDQUOT}


def say(message: str) -> None:
    """Print a message to standard error, apart from the command's output."""
    print(message, file=sys.stderr, flush=True)


@contextmanager
def failing(status: int = 1, *expected: type[Exception]) -> Iterator[None]:
    """Turn errors that the user can fix into one line and an exit status; others stay bugs."""
    try:
        yield
    except typer.Exit:
        raise
    except Exception as error:
        from cdp.warehouse.connection import WarehouseBusyError, WarehouseUnreachableError
        from cdp.warehouse.writer import WarehouseTakenError

        known = (SettingError, WarehouseBusyError, WarehouseUnreachableError, WarehouseTakenError)
        text = str(error) if isinstance(error, (*expected, *known)) else _of_the_machine(error)
        if text is None:
            raise
        say(f"error: {text}")
        raise typer.Exit(1 if isinstance(error, WarehouseTakenError) else status) from None


@contextmanager
def session(
    writer: str = "", *, status: int = 1, expected: tuple[type[Exception], ...] = ()
) -> Iterator[Settings]:
    """The settings, ready for work on the warehouse; with a name, as its only writer.

    See `failing` for `status` and `expected`.
    """
    with failing(status, *expected):
        settings = Settings.from_environment()
        settings.prepare()
        if not writer:
            yield settings
            return
        from cdp.warehouse.writer import only_writer

        with only_writer(settings, writer, say):
            yield settings


def _of_the_machine(error: Exception) -> str | None:
    """The remedy for an error of the disk or a folder; None for other errors."""
    code = error.errno if isinstance(error, OSError) else None
    text, path = str(error), getattr(error, "filename", None)
    if type(error).__module__.partition(".")[0] in ("duckdb", "_duckdb"):
        code = errno.ENOSPC if "No space left" in text else code
        code = errno.EACCES if "Permission denied" in text else code
        path = Settings.from_environment().duckdb_path
    name = _setting_of(Path(os.fsdecode(path)) if path else None)
    if code in _NO_SPACE:
        return f"There is no space left for {path or name}: free some, or set {name} elsewhere."
    if code in _NOT_WRITABLE:
        reason = os.strerror(code or 0)
        return f"{path} cannot be written ({reason}): set {name} to a place that you may write to."
    return None


def _setting_of(path: Path | None) -> str:
    """The environment variable that sets the location of a file."""
    settings, runs = Settings.from_environment(), Runs.from_environment()
    places = {
        "CDP_DATA_DIR": settings.data_dir,
        "DBT_TARGET_PATH": PROJECT_DIR / runs.target_path,
        "DBT_LOG_PATH": PROJECT_DIR / runs.log_path,
        "CDP_DUCKDB_PATH": settings.duckdb_path.parent,
    }
    path = path.absolute() if path else settings.data_dir
    for name, place in places.items():
        # The error may name the parent in which the folder cannot be made.
        if path.is_relative_to(place) or place.is_relative_to(path):
            return name
    return "CDP_DATA_DIR"


def require_port(host: str, port: int, name: str) -> None:
    """Raise `SettingError` if another program uses the port."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError as error:
            raise SettingError(
                f"{name} is {port}, where nothing can listen on {host} "
                f"({os.strerror(error.errno or 0)}): set it to another port."
            ) from None
