"""Runs the page's queries on one consistent state of the warehouse."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol

from cdp.warehouse.connection import Connection, quote
from cdp.warehouse.queries import Queries

QUERIES = Queries(Path(__file__).parent / "queries")
LAYERS = (
    "identity", "profiles", "contacts", "journeys", "audiences", "staging", "rules", "activation"
)  # fmt: skip
REQUIRED = (
    ("identity", "profile_identifiers"),
    ("identity", "profile_links"),
    ("identity", "profile_redirects"),
    ("identity", "identity_changes"),
    ("identity", "identity_suspects"),
    ("rules", "identifier_types"),
    ("rules", "phone_countries"),
    ("profiles", "profiles"),
    ("profiles", "profile_traits"),
    ("profiles", "profile_consents"),
    ("profiles", "suppressions"),
    ("profiles", "lifecycle_transitions"),
    ("contacts", "profile_contacts"),
    ("contacts", "profile_devices"),
    ("journeys", "events"),
    ("journeys", "order_lines"),
    ("audiences", "audience_memberships"),
    ("audiences", "audience_nearby_offers"),
    ("staging", "stg_catalog__products"),
    ("staging", "stg_catalog__stores"),
)


class WarehouseMissingError(RuntimeError):
    """There is no warehouse, or some of its `tables` have not been built."""

    def __init__(self, tables: tuple[str, ...] = ()) -> None:
        super().__init__("tables that the page reads are missing")
        self.tables = tables


class WarehouseUnavailableError(RuntimeError):
    """A refresh is running and nothing could be read yet, or the server does not answer."""


@dataclass(frozen=True)
class Reader:
    """Runs the page's queries on one consistent state of the warehouse.

    Attributes:
        connection: Read-only.
        schema: Prefix of the schemas that dbt builds.
        read_at: Time of the state that is read (UTC).
    """

    connection: Connection
    schema: str
    read_at: datetime

    def rows(
        self, query: str, *parameters: Any, values: Mapping[str, Any] = MappingProxyType({})
    ) -> list[tuple[Any, ...]]:
        """The rows of `queries/<query>.sql`; `values` are inserted beside the layers' schemas."""
        schemas = {layer: f"{self.schema}_{layer}" for layer in LAYERS}
        return self.connection.execute(QUERIES(query, **schemas, **values), parameters)

    def record(self, layer: str, table: str, profile_id: str) -> dict[str, Any]:
        """A profile's row of a table by column; empty if it has none."""
        schema = f"{self.schema}_{layer}"
        rows = self.connection.execute(
            f"select * from {quote(schema)}.{quote(table)} where profile_id = $1", (profile_id,)
        )
        names = self.connection.columns(schema, table)
        return dict(zip(names, rows[0], strict=True)) if rows else {}

    def has(self, layer: str, table: str) -> bool:
        """Whether a table has been built."""
        return self.connection.table_exists(f"{self.schema}_{layer}", table)

    def check(self) -> None:
        """Raise `WarehouseMissingError` if tables that the page reads are missing."""
        built = set(
            self.connection.execute(
                "select table_schema, table_name from information_schema.tables"
            )
        )
        missing = tuple(
            f"{self.schema}_{layer}.{table}"
            for layer, table in REQUIRED
            if (f"{self.schema}_{layer}", table) not in built
        )
        if missing:
            raise WarehouseMissingError(missing)


class Readers(Protocol):
    """Opens readers."""

    def open(self) -> AbstractContextManager[Reader]:
        """A reader for one page.

        Raises:
            WarehouseMissingError: Nothing has been built yet.
            WarehouseUnavailableError: Nothing can be read now; later it can.
        """
        ...
