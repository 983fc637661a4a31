"""Reads the records to match, and reads and writes models and pairs, in the warehouse.

`<raw schema>.identity_match_models` has one row per model ever trained, the latest by `trained_at`
being the one in use; `<raw schema>.identity_match_pairs` one row per proposed pair of identifiers.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
import pyarrow as pa

from cdp.identity.matching.columns import COLUMNS
from cdp.settings import Settings
from cdp.warehouse.connection import DuckDBConnection, PostgresConnection, Warehouse, quote
from cdp.warehouse.queries import Queries

QUERIES = Queries(Path(__file__).parent / "queries")
RECORDS = "int_identity__match_records"
MODELS = "identity_match_models"
_KEY = ("identifier_type", "identifier_value")
_FRESH_COLUMNS = (
    "identifier_type_a", "identifier_value_a", "identifier_type_b", "identifier_value_b",
    "match_probability", "match_weight",
)  # fmt: skip


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
    """Create what is missing of the schema and the two tables, and one for this session's pairs."""
    warehouse.execute(QUERIES("tables", schema=settings.raw_schema))


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
    _load(warehouse, pairs)
    warehouse.execute(
        QUERIES("write_pairs", schema=settings.raw_schema, model_version=model_version, now=now)
    )


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
