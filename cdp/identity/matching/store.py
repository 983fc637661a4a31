"""Reads the records to match, and reads and writes models and pairs, in the warehouse.

`<raw schema>.identity_match_models` has one row per model ever trained, the latest by `trained_at`
being the one in use; `<raw schema>.identity_match_pairs` one row per proposed pair of identifiers.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import psycopg
import pyarrow as pa

from cdp.identity.matching.columns import COLUMNS
from cdp.settings import Settings
from cdp.warehouse.connection import DuckDBConnection, PostgresConnection, quote

RECORDS, MODELS, PAIRS = (
    "int_identity__match_records",
    "identity_match_models",
    "identity_match_pairs",
)
_KEY = ("identifier_type", "identifier_value")
_FRESH_COLUMNS = (
    "identifier_type_a", "identifier_value_a", "identifier_type_b", "identifier_value_b",
    "match_probability", "match_weight",
)  # fmt: skip

Warehouse = DuckDBConnection | PostgresConnection


def read_records(warehouse: Warehouse, schema: str) -> pa.Table | None:
    """Identifiers and attributes of the records to match; None if dbt has not built them."""
    present = warehouse.columns(schema, RECORDS)
    if not present:
        return None
    attributes = [name for name in COLUMNS if name in present]
    names = [*_KEY, *attributes]
    items = ", ".join([f"cast({name} as text) as {name}" for name in names])
    query = f"select {items} from {quote(schema)}.{RECORDS}"
    if isinstance(warehouse, DuckDBConnection):
        return warehouse.raw.sql(query).to_arrow_table()
    kinds = pa.schema([(name, pa.string()) for name in names])
    batches = (
        pa.record_batch([list(column) for column in zip(*rows, strict=True)], schema=kinds)
        for rows in warehouse.stream(query, batch_size=10_000)
    )
    return pa.Table.from_batches(batches, schema=kinds)


def create_tables(warehouse: Warehouse, settings: Settings) -> None:
    """Create the schema and the two tables if they do not exist."""
    schema = quote(settings.raw_schema)
    warehouse.execute(f"create schema if not exists {schema}")
    warehouse.execute(
        f"create table if not exists {schema}.{MODELS} "
        "(model_version text, trained_at timestamp, parameters text)"
    )
    warehouse.execute(
        f"create table if not exists {schema}.{PAIRS} (identifier_type_a text, "
        "identifier_value_a text, identifier_type_b text, identifier_value_b text, "
        "match_probability double precision, match_weight double precision, "
        "matched_at timestamp, model_version text)"
    )


def read_parameters(warehouse: Warehouse, settings: Settings) -> str | None:
    """Parameters of the latest model; None if no model was trained yet."""
    if not warehouse.table_exists(settings.raw_schema, MODELS):
        return None
    rows = warehouse.execute(
        f"select parameters from {quote(settings.raw_schema)}.{MODELS} "
        "order by trained_at desc, model_version limit 1"
    )
    return str(rows[0][0]) if rows else None


def write_parameters(
    warehouse: Warehouse, settings: Settings, model_version: str, parameters: str, now: datetime
) -> None:
    """Make a model the latest."""
    table = f"{quote(settings.raw_schema)}.{MODELS}"
    warehouse.execute(f"delete from {table} where model_version = $1", (model_version,))
    warehouse.execute(f"insert into {table} values ($1, $2, $3)", (model_version, now, parameters))


def write_pairs(
    warehouse: Warehouse,
    settings: Settings,
    pairs: Sequence[tuple[Any, ...]],
    model_version: str,
    now: datetime,
) -> None:
    """Replace all pairs. A pair that was proposed before keeps its `matched_at`."""
    table = f"{quote(settings.raw_schema)}.{PAIRS}"
    warehouse.execute("drop table if exists fresh_match_pairs")
    warehouse.execute(
        "create temporary table fresh_match_pairs (identifier_type_a text, "
        "identifier_value_a text, identifier_type_b text, identifier_value_b text, "
        "match_probability double precision, match_weight double precision, matched_at timestamp)"
    )
    _load(warehouse, pairs)
    warehouse.execute(
        f"""
        update fresh_match_pairs set matched_at = earlier.matched_at
        from {table} as earlier
        where
            fresh_match_pairs.identifier_type_a = earlier.identifier_type_a
            and fresh_match_pairs.identifier_value_a = earlier.identifier_value_a
            and fresh_match_pairs.identifier_type_b = earlier.identifier_type_b
            and fresh_match_pairs.identifier_value_b = earlier.identifier_value_b
        """
    )
    warehouse.execute(f"delete from {table}")
    columns = ", ".join(_FRESH_COLUMNS)
    warehouse.execute(
        f"insert into {table} ({columns}, matched_at, model_version) "
        f"select {columns}, coalesce(matched_at, cast($1 as timestamp)), $2 "
        f"from fresh_match_pairs order by {columns}",
        (now, model_version),
    )
    warehouse.execute("drop table fresh_match_pairs")


def _load(warehouse: Warehouse, pairs: Sequence[tuple[Any, ...]]) -> None:
    columns = ", ".join(_FRESH_COLUMNS)
    if isinstance(warehouse, PostgresConnection):
        statement = f"copy fresh_match_pairs ({columns}) from stdin"
        with psycopg.Cursor(warehouse.raw) as cursor, cursor.copy(statement.encode()) as copy:
            for pair in pairs:
                copy.write_row(pair)
        return
    if not pairs:
        return
    arrived = pa.table(dict(zip(_FRESH_COLUMNS, zip(*pairs, strict=True), strict=True)))
    warehouse.raw.register("arrived_match_pairs", arrived)
    warehouse.execute(
        f"insert into fresh_match_pairs ({columns}) select {columns} from arrived_match_pairs"
    )
    warehouse.raw.unregister("arrived_match_pairs")
