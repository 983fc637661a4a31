"""Canonical text of payload values in SQL: the same characters on every engine.

Hashes and keys are made of it, so a change here sends every row of every sync again.
"""

from __future__ import annotations

from collections.abc import Sequence

from orchestration.manifest import ColumnKind, PayloadColumn
from orchestration.settings import Target

# `{0}` is the column. Text is bounded by its length in bytes, the others cannot hold a separator.
_DUCKDB: dict[ColumnKind, str] = {
    "text": "cast({0} as text)",
    "integer": "cast({0} as text)",
    "boolean": "cast({0} as text)",
    "numeric": "cast({0} as text)",
    "double": "format('{{:.16e}}', {0})",
    "date": "strftime({0}, '%Y-%m-%d')",
    "timestamp": "strftime({0}, '%Y-%m-%dT%H:%M:%S.%f')",
}
_POSTGRES: dict[ColumnKind, str] = _DUCKDB | {
    "double": "trim(to_char({0}, '9.9999999999999999EEEE'))",
    "date": "to_char({0}, 'YYYY-MM-DD')",
    "timestamp": "to_char({0}, 'YYYY-MM-DD\"T\"HH24:MI:SS.US')",
}
_FORMS = {"duckdb": _DUCKDB, "postgres": _POSTGRES}
_LARGEST_CALL = 90
_BYTE_LENGTH = {"duckdb": "strlen({0})", "postgres": "octet_length({0})"}


def text_of(target: Target, kind: ColumnKind, column: str) -> str:
    """SQL for the canonical text of a column; null stays null."""
    return _FORMS[target][kind].format(column)


def row_hash(target: Target, columns: Sequence[tuple[PayloadColumn, str]]) -> str:
    """SQL for the hash of a row, given each column with the SQL that reads it.

    Columns go in by name, in the order of their names, and nulls stay out: moving a column or
    adding one that is null changes no hash, adding a value changes just the rows that have it.
    """
    parts = []
    for column, sql in sorted(columns, key=lambda pair: pair[0].name):
        text = text_of(target, column.kind, sql)
        name = column.name.replace("'", "''")
        if column.kind == "text":
            length = _BYTE_LENGTH[target].format(text)
            parts.append(f"'{name}:' || {length} || ':' || {text}")
        else:
            parts.append(f"'{name}=' || {text}")
    return f"md5({_joined(parts)})"


def _joined(parts: list[str]) -> str:
    # A function takes 100 arguments on PostgreSQL; an empty group must not leave a separator.
    while len(parts) > _LARGEST_CALL:
        groups = [parts[at : at + _LARGEST_CALL] for at in range(0, len(parts), _LARGEST_CALL)]
        parts = [f"nullif(concat_ws(';', {', '.join(group)}), '')" for group in groups]
    return f"concat_ws(';', {', '.join(parts)})"


def idempotency_key(key: str, operation: str, payload_hash: str, revision: str) -> str:
    """SQL for the key of a change, given SQL for its parts; `$1` is the sync's name.

    The free texts are hashed before they are joined, so that none can imitate a separator.
    """
    return (
        f"md5(md5($1) || md5({key}) || {operation} || ':' || coalesce({payload_hash}, '') "
        f"|| ':' || cast({revision} as text))"
    )
