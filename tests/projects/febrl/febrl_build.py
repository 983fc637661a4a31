"""FEBRL sets built through the project beside this file: records in, profile of each record out."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
from dbt.cli.main import dbtRunner

from cdp.settings import Settings
from cdp.warehouse.connection import DuckDBConnection, connected

PROJECT = Path(__file__).parent


def load(settings: Settings, records: list[dict[str, str]]) -> None:
    """Write records as the raw table, and rules without an override."""
    names = list(records[0])
    with connected(settings) as warehouse:
        warehouse.execute("create schema if not exists raw")
        warehouse.execute(f"create schema if not exists {settings.schema}")
        warehouse.execute(f"create table raw.records ({', '.join(f'{n} text' for n in names)})")
        if isinstance(warehouse, DuckDBConnection):
            warehouse.raw.register("arrived", pa.Table.from_pylist(records))
            warehouse.execute(f"insert into raw.records select {', '.join(names)} from arrived")
            warehouse.raw.unregister("arrived")
        else:
            with (
                warehouse.raw.cursor() as cursor,
                cursor.copy("copy raw.records from stdin") as copy,
            ):
                for record in records:
                    copy.write_row([record[name] for name in names])
        warehouse.execute(
            f"create table {settings.schema}.test_link_overrides ("
            "override_id text, decision text, identifier_type_a text, identifier_value_a text, "
            "identifier_type_b text, identifier_value_b text, decided_at timestamp)"
        )


def dbt(*arguments: str) -> None:
    """Run a command of dbt in the project; raises RuntimeError where it fails."""
    places = ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT.parents[2])]
    result = dbtRunner().invoke(["--quiet", *arguments, *places])
    if not result.success:
        raise RuntimeError(f"dbt {arguments[0]} failed: {result.exception or result.result}")


def profiles(settings: Settings) -> dict[str, str]:
    """Profile id of each record."""
    with connected(settings) as warehouse:
        return dict(
            warehouse.execute(
                "select identifier_value, profile_id "
                f"from {settings.schema}.profile_identifiers where identifier_type = 'record'"
            )
        )
