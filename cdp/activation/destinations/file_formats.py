"""The content of a file of changes: CSV, JSON lines or Parquet."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from cdp.activation.spec import ColumnKind, PayloadColumn, SyncSpec
from cdp.activation.types import Change, Value

OWN_COLUMNS = ("_operation", "_key", "_revision", "_idempotency_key")

# A spreadsheet reads a cell that begins with one of these characters as a formula.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def own_columns(spec: SyncSpec) -> tuple[str, ...]:
    """Columns of ours that come before the payload's; none in mode `full`."""
    return () if spec.mode == "full" else OWN_COLUMNS


def _own_values(change: Change) -> tuple[str, str, int, str]:
    return change.operation, change.key, change.revision, change.idempotency_key


def _jsonl(changes: Sequence[Change], spec: SyncSpec, _: bool) -> bytes:
    lines = []
    if spec.mode == "full":
        return ("\n".join(change.values_json for change in changes) + "\n").encode()
    for change in changes:
        own = json.dumps(
            dict(zip(OWN_COLUMNS, _own_values(change), strict=True)), ensure_ascii=False
        )
        values = change.values_json.strip()
        lines.append(own if values == "{}" else f"{own[:-1]}, {values[1:]}")
    return ("\n".join(lines) + "\n").encode()


def _csv(changes: Sequence[Change], spec: SyncSpec, is_safe: bool) -> bytes:
    columns = spec.payload.columns
    key = spec.payload.column(spec.key)
    key_kind = key.kind if key else "text"
    lines = [",".join(_quoted(name) for name in (*own_columns(spec), *(c.name for c in columns)))]
    for change in changes:
        values = change.values
        cells = [_cell(values.get(c.name), c.kind, c.scale, is_safe) for c in columns]
        if spec.mode != "full":
            # The canonical text of all other types contains only characters that are safe.
            key_cell = _cell(change.key, "text", 0, is_safe) if key_kind == "text" else change.key
            own = (change.operation, key_cell, str(change.revision), change.idempotency_key)
            cells = [*own, *cells]
        lines.append(",".join(cells))
    return ("\n".join(lines) + "\n").encode()


def _cell(value: Value, kind: ColumnKind, scale: int, is_safe: bool) -> str:
    """A null is an empty cell, an empty text is two quotes."""
    if value is None:
        return ""
    if kind == "text":
        text = str(value)
        return _quoted("'" + text if is_safe and text.startswith(_FORMULA_STARTS) else text)
    if kind == "boolean":
        return "true" if value else "false"
    if kind == "numeric":
        return f"{Decimal(str(value)):.{scale}f}"
    return repr(float(value)) if kind == "double" else str(value)


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _parquet(changes: Sequence[Change], spec: SyncSpec, _: bool) -> bytes:
    own = own_columns(spec)
    kinds = (pa.string(), pa.string(), pa.int64(), pa.string())
    columns = zip(*map(_own_values, changes), strict=True) if own else ()
    arrays = [pa.array(list(column), kind) for column, kind in zip(columns, kinds, strict=False)]
    rows = [change.values for change in changes]
    for column in spec.payload.columns:
        convert = _CONVERSIONS.get(column.kind)
        values = [row.get(column.name) for row in rows]
        if convert:
            values = [None if value is None else convert(value) for value in values]
        arrays.append(pa.array(values, _arrow_type(column)))
    names = [*own, *(column.name for column in spec.payload.columns)]
    sink = BytesIO()
    pq.write_table(pa.Table.from_arrays(arrays, names=names), sink)
    return sink.getvalue()


_CONVERSIONS: dict[ColumnKind, Callable[[Any], Any]] = {
    "numeric": lambda number: Decimal(str(number)),
    "double": float,
    "date": date.fromisoformat,
    "timestamp": datetime.fromisoformat,
}


def _arrow_type(column: PayloadColumn) -> pa.DataType:
    types: dict[ColumnKind, pa.DataType] = {
        "text": pa.string(),
        "integer": pa.int64(),
        "boolean": pa.bool_(),
        "numeric": pa.decimal128(38, column.scale),
        "double": pa.float64(),
        "date": pa.date32(),
        "timestamp": pa.timestamp("us", tz="UTC"),
    }
    return types[column.kind]


# By `format`: the content of a file of changes, given whether cells must be safe from formulas.
WRITERS: dict[str, Callable[[Sequence[Change], SyncSpec, bool], bytes]] = {
    "csv": _csv,
    "jsonl": _jsonl,
    "parquet": _parquet,
}
