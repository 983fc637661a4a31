"""The payload in the warehouse: that it is there, has its columns and repeats no key."""

from __future__ import annotations

from cdp.activation.spec import PayloadColumn, Relation, SyncSpec
from cdp.activation.statements import Sql
from cdp.warehouse.connection import Connection, quote

# Columns of the payload's contract, each with its quoted name in the warehouse.
PhysicalColumns = list[tuple[PayloadColumn, Sql]]


class PayloadError(RuntimeError):
    """The payload cannot be sent as it is; the message names the relation and how to mend it."""


def physical_columns(connection: Connection, spec: SyncSpec) -> PhysicalColumns:
    """The payload's columns; raises `PayloadError` if a relation or column is missing."""
    relation, redirects = spec.payload.relation, spec.redirects
    names = connection.columns(relation.schema_name, relation.identifier)
    present = {name.casefold(): name for name in names}
    build = f"run `dbt build --select {spec.payload.name}`."
    if not present:
        raise PayloadError(f"sync {spec.name!r}: {_label(relation)} does not exist: {build}")
    if redirects and not connection.columns(redirects.schema_name, redirects.identifier):
        raise PayloadError(
            f"sync {spec.name!r}: {_label(redirects)}, where merged profiles are looked "
            f"up, does not exist: run `dbt build --select {redirects.identifier}`, or say "
            "`merged_profiles: keep`."
        )
    columns = spec.payload.columns
    missing = [column.name for column in columns if column.name.casefold() not in present]
    if missing:
        raise PayloadError(
            f"sync {spec.name!r}: {_label(relation)} lacks {', '.join(missing)}, which "
            f"its contract lists: {build}"
        )
    return [(column, Sql(quote(present[column.name.casefold()]))) for column in columns]


def checked_row_count(connection: Connection, spec: SyncSpec, key: Sql) -> int:
    """Rows of the payload; raises `PayloadError` for a `key` that is null or repeated."""
    relation = spec.payload.relation
    query = f"select count(*), count({key}), count(distinct {key}) from {relation.sql}"
    ((row_count, key_count, distinct_count),) = connection.execute(query)
    if key_count < row_count:
        raise PayloadError(
            f"sync {spec.name!r}: {row_count - key_count} rows of {_label(relation)} "
            f"have no {spec.key}: filter them out and test the key with not_null."
        )
    if distinct_count < row_count:
        raise PayloadError(
            f"sync {spec.name!r}: {row_count - distinct_count} rows of "
            f"{_label(relation)} repeat a {spec.key}: one row per key, tested with unique."
        )
    return int(row_count)


def _label(relation: Relation) -> str:
    return f"{relation.schema_name}.{relation.identifier}"
