"""Relations that no model makes any more."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import duckdb
import psycopg

from cdp.settings import Settings
from cdp.upgrade.migrations import Names
from cdp.warehouse.connection import Connection, quote

Relation = tuple[str, str]


def removed_relations(connection: Connection, settings: Settings, target: Path) -> list[Relation]:
    """Schema and name of relations in the schemas of models that belong to no model, sorted.

    `target` is the folder of dbt's manifest. A table named `<model>__<anything>` beside a model
    belongs to that model, as its state.
    """
    parsed = json.loads((target / "manifest.json").read_text(encoding="utf-8"))
    made = {
        (node["schema"], node["alias"])
        for node in parsed["nodes"].values()
        if node["resource_type"] in ("model", "seed", "snapshot")
    }
    # A hook makes it, and models write it.
    made.add((f"{settings.schema}_journeys", "incremental_manifest"))
    read = {(node["schema"], node["identifier"]) for node in parsed["sources"].values()}
    kept = {Names(connection, settings).schema(layer) for layer in ("raw", "activation", "audit")}
    present = connection.execute("select table_schema, table_name from information_schema.tables")
    return sorted(
        (schema, name)
        for schema, name in set(present) - made - read
        if schema in {schema for schema, _ in made} - kept
        and not any((schema, model) in made for model in _owners(name))
    )


def drop_relations(connection: Connection, relations: list[Relation]) -> list[Relation]:
    """Drop relations, dependants first; returns those that another relation still reads."""
    left = list(relations)
    while True:
        refused = [relation for relation in left if not _drop(connection, relation)]
        if not refused or len(refused) == len(left):
            return refused
        left = refused


def _owners(name: str) -> Iterator[str]:
    parts = name.split("__")
    return ("__".join(parts[:count]) for count in range(1, len(parts)))


def _drop(connection: Connection, relation: Relation) -> bool:
    schema, name = relation
    ((kind,),) = connection.execute(
        "select table_type from information_schema.tables "
        "where table_schema = $1 and table_name = $2",
        relation,
    )
    statement = "drop view" if kind == "VIEW" else "drop table"
    try:
        connection.execute(f"{statement} {quote(schema)}.{quote(name)}")
    except (duckdb.DependencyException, psycopg.errors.DependentObjectsStillExist):
        return False
    return True
