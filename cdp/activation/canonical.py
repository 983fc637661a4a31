"""Canonical text of payload rows in SQL: the same characters on every engine.

Ledger keys, row hashes and idempotency keys are made of it, so a change here sends every row of
every sync again.
"""

from __future__ import annotations

from collections.abc import Sequence

from cdp.activation.spec import ColumnKind, PayloadColumn
from cdp.settings import Target

# `{0}` is the column.
_CAST: dict[ColumnKind, str] = {
    "text": "cast({0} as text)",
    "integer": "cast({0} as text)",
    "boolean": "cast({0} as text)",
    "numeric": "cast({0} as text)",
}
_KEY_TEXTS: dict[Target, dict[ColumnKind, str]] = {
    "duckdb": _CAST
    | {
        "date": "strftime({0}, '%Y-%m-%d')",
        "timestamp": "strftime({0}, '%Y-%m-%dT%H:%M:%S.%f')",
    },
    "postgres": _CAST
    | {
        "date": "to_char({0}, 'YYYY-MM-DD')",
        "timestamp": "to_char({0}, 'YYYY-MM-DD\"T\"HH24:MI:SS.US')",
    },
}

# In a hash a time is its microseconds since 1970 and a double its 64 bits as an integer, which
# costs a fraction of writing them out; a million rows are hashed to find the thousand that changed.
_HASHED_TEXTS: dict[Target, dict[ColumnKind, str]] = {
    "duckdb": _KEY_TEXTS["duckdb"]
    | {
        "double": "cast(cast(cast({0} as bit) as bigint) as text)",
        "timestamp": "cast(epoch_us({0}) as text)",
    },
    "postgres": _KEY_TEXTS["postgres"]
    | {
        "double": "cast(cast(cast('x' || encode(float8send({0}), 'hex') as bit(64)) as bigint) "
        "as text)",
        "timestamp": "cast(cast(extract(epoch from {0}) * 1000000 as bigint) as text)",
    },
}
_BYTE_LENGTHS: dict[Target, str] = {"duckdb": "strlen({0})", "postgres": "octet_length({0})"}

# A function takes at most 100 arguments on PostgreSQL.
_MAX_CALL = 90


def key_text(target: Target, kind: ColumnKind, column: str) -> str:
    """SQL for a key column as the ledger and receivers know it; null stays null."""
    return _KEY_TEXTS[target][kind].format(column)


def row_hash(target: Target, columns: Sequence[tuple[PayloadColumn, str]]) -> str:
    """SQL for the hash of a row, given each column with the SQL that reads it.

    Columns go in with their names, in the order of their names, and nulls stay out: moving a
    column or adding one that is null changes no hash, adding a value changes just the rows that
    have it. Of `;amount=12.50;visit_count=3|5;product=boots` the texts come last, each with its
    length in bytes before it, so that no text can imitate another column.
    """
    texts: list[str] = []
    others: list[str] = []
    for column, sql in sorted(columns, key=lambda pair: pair[0].name):
        name = column.name.replace("'", "''")
        name_if_any = f"case when {sql} is not null then ';{name}=' end"
        value = _HASHED_TEXTS[target][column.kind].format(sql)
        if column.kind == "text":
            texts += [_BYTE_LENGTHS[target].format(value), name_if_any, value]
        else:
            others += [name_if_any, value]
    row = _concatenated([*others, "'|'", *texts])
    return f"md5({row})"


def _concatenated(parts: list[str]) -> str:
    while len(parts) > _MAX_CALL:
        groups = [parts[at : at + _MAX_CALL] for at in range(0, len(parts), _MAX_CALL)]
        parts = [f"concat({', '.join(group)})" for group in groups]
    return f"concat({', '.join(parts)})"


def idempotency_key(
    sync_name: str, key: str, operation: str, payload_hash: str, revision: str
) -> str:
    """SQL for the key of a change, given SQL for its parts.

    The free texts are hashed before they are joined, so that none can imitate a separator.
    """
    return (
        f"md5(md5({sync_name}) || md5({key}) || {operation} || ':' || coalesce({payload_hash}, '') "
        f"|| ':' || cast({revision} as text))"
    )
