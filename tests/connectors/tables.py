"""Tables in the warehouse as another tool keeps them, from CSV files.

A folder holds `tables.json`, the columns of each table with their types, and one `<table>.csv` per
table that has rows. An empty field is null, and empty text where it is quoted.

    python -m tests.connectors.tables FOLDER SCHEMA
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Mapping
from pathlib import Path

from cdp.settings import Settings
from cdp.warehouse.connection import DuckDBConnection, Warehouse, connected, quote

# Without a scale, DuckDB rounds to thousandths.
_DUCKDB_TYPES = {"numeric": "decimal(38, 9)"}


def create_tables(settings: Settings, folder: Path, schema: str) -> None:
    """Replace the rows of the folder's tables in a schema, which gets what tables it lacks."""
    tables: dict[str, dict[str, str]] = json.loads((folder / "tables.json").read_text("utf-8"))
    with connected(settings) as warehouse:
        warehouse.execute(f"create schema if not exists {quote(schema)}")
        for table, columns in tables.items():
            with warehouse.transaction():
                _fill_table(warehouse, f"{quote(schema)}.{quote(table)}", columns, folder, table)


def _fill_table(
    warehouse: Warehouse, relation: str, columns: Mapping[str, str], folder: Path, table: str
) -> None:
    if isinstance(warehouse, DuckDBConnection):
        columns = {name: _DUCKDB_TYPES.get(kind, kind) for name, kind in columns.items()}
    definitions = [f"{quote(name)} {kind}" for name, kind in columns.items()]
    warehouse.execute(f"create table if not exists {relation} ({', '.join(definitions)})")
    for definition in definitions:
        warehouse.execute(f"alter table {relation} add column if not exists {definition}")
    # Not dropped, since views of the project may read it.
    warehouse.execute(f"delete from {relation}")
    path = folder / f"{table}.csv"
    if not path.exists():
        return
    with path.open(encoding="utf-8", newline="") as file:
        header = next(csv.reader(file))
    names = ", ".join(map(quote, header))
    if isinstance(warehouse, DuckDBConnection):
        types = ", ".join(f"'{name.replace(chr(39), chr(39) * 2)}': 'varchar'" for name in header)
        values = ", ".join(f"cast({quote(name)} as {columns[name]})" for name in header)
        warehouse.execute(
            f"insert into {relation} ({names}) select {values} from read_csv("
            f"$1, auto_detect = false, header = true, columns = {{{types}}}, nullstr = '', "
            "allow_quoted_nulls = false, delim = ',', quote = '\"', escape = '\"')",
            (str(path),),
        )
        return
    statement = f"copy {relation} ({names}) from stdin (format csv, header true)"
    with warehouse.raw.cursor() as cursor, cursor.copy(statement.encode()) as copy:
        copy.write(path.read_bytes())


def main(folder: str, schema: str) -> None:
    """Create the tables in the warehouse that the environment names."""
    settings = Settings.from_environment()
    settings.prepare()
    create_tables(settings, Path(folder), schema)


if __name__ == "__main__":
    main(*sys.argv[1:])
