"""The JSON of a payload row, made in SQL: Python hands it on without looking inside."""

from __future__ import annotations

from collections.abc import Sequence

from cdp.activation.spec import PayloadColumn
from cdp.settings import Target
from cdp.warehouse.connection import quote

# Digits that every JSON reader keeps, since it may read numbers as doubles.
_EXACT_DIGITS = 15

_DATES: dict[Target, str] = {
    "duckdb": "strftime({0}, '%Y-%m-%d')",
    "postgres": "to_char({0}, 'YYYY-MM-DD')",
}
_TIMESTAMPS: dict[Target, str] = {
    "duckdb": "strftime({0}, '%Y-%m-%dT%H:%M:%S.%fZ')",
    "postgres": 'to_char({0}, \'YYYY-MM-DD"T"HH24:MI:SS.US"Z"\')',
}


def row_json(target: Target, columns: Sequence[tuple[PayloadColumn, str]]) -> str:
    """SQL for a row as a JSON object, given each column with the SQL that reads it.

    Dates and times are ISO 8601 in UTC, exact numbers are JSON numbers.
    """
    fields = [(quote(column.name), _json_value(target, column, sql)) for column, sql in columns]
    if target == "duckdb":
        packed = ", ".join(f"{name} := {value}" for name, value in fields)
        return f"cast(to_json(struct_pack({packed})) as text)"
    selected = ", ".join(f"{value} as {name}" for name, value in fields)
    return f"cast((select row_to_json(sent) from (select {selected}) as sent) as text)"


def _json_value(target: Target, column: PayloadColumn, sql: str) -> str:
    if column.kind == "date":
        return _DATES[target].format(sql)
    if column.kind == "timestamp":
        return _TIMESTAMPS[target].format(sql)
    if column.kind == "numeric":
        return f"cast({sql} as double precision)"
    if column.kind == "double":
        return f"case when {_is_finite(sql)} then {sql} end"
    return sql


def column_without_json(columns: Sequence[tuple[PayloadColumn, str]]) -> str:
    """SQL for the name of a column whose value JSON would not keep; null where all is well."""
    cases = ""
    for column, sql in columns:
        name = column.name.replace("'", "''")
        if column.kind == "numeric":
            limit = 10 ** max(0, _EXACT_DIGITS - column.scale)
            cases += f" when abs({sql}) >= {limit} then '{name}'"
        elif column.kind == "double":
            cases += f" when not {_is_finite(sql)} then '{name}'"
    return f"case{cases} end" if cases else "cast(null as text)"


def _is_finite(sql: str) -> str:
    # Both engines order NaN above infinity.
    return f"abs({sql}) < cast('infinity' as double precision)"
