"""What reports ask a built warehouse; the SQL is in the folder beside this module."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cdp.connectors.errors import ConnectorError
from cdp.dbt.macros import load_macros
from cdp.settings import Settings
from cdp.warehouse.connection import Connection, connected
from cdp.warehouse.queries import Queries

QUERIES = Queries(Path(__file__).parent / "sql")
_LAYERS = ("staging", "identity", "journeys", "profiles", "contacts", "metrics")
_NOT_BUILT = "There is no built warehouse yet: run make demo, or make land and make build."
# Relations that the questions read, of the layers that are built last.
_NEEDED = (("metrics", "unmapped_values"), ("profiles", "contactable_profiles"))


class Warehouse:
    """Answers questions about one warehouse; writes nothing."""

    def __init__(self, connection: Connection, settings: Settings) -> None:
        self.connection = connection
        self.settings = settings
        self.schemas = {layer: f"{settings.schema}_{layer}" for layer in _LAYERS}
        for layer, name in _NEEDED:
            if not connection.table_exists(self.schemas[layer], name):
                raise ConnectorError(_NOT_BUILT)

    def rows(self, query: str, **values: Any) -> list[tuple[Any, ...]]:
        """Rows of a query of the folder."""
        return self.connection.execute(QUERIES(query, **self.schemas, **values))

    def staged(self, connector: str | None = None) -> list[tuple[str, str]]:
        """Connector and name of each base table of the connectors that are on."""
        names = [connector] if connector else list(self.settings.connector_names)
        found = self.connection.execute(
            "select table_name from information_schema.tables where table_schema = $1 order by 1",
            [self.schemas["staging"]],
        )
        tables = [name for (name,) in found if name.startswith("base_")]
        return [
            (name.removeprefix("base_").split("__")[0], name)
            for name in tables
            if name.removeprefix("base_").split("__")[0] in names
        ]

    def contracts(self) -> list[tuple[str, str]]:
        """Each input contract that is a relation, with its schema."""
        found = self.connection.execute(
            "select table_name, table_schema from information_schema.tables "
            "where table_schema in ($1, $2) and table_name like 'input%' order by 1",
            [self.schemas["staging"], self.schemas["contacts"]],
        )
        return [(name.removeprefix("input_"), schema) for name, schema in found]

    def channels(self) -> list[str]:
        """Channels that a person can be reached on, as macro contact_channels lists them."""
        listed: list[str] = []
        macros = load_macros(
            self.settings.target, ["consent/contact_channels"], **{"return": listed.extend}
        )
        macros.contact_channels()
        return listed


@contextmanager
def opened(settings: Settings) -> Iterator[Warehouse]:
    """The built warehouse of the settings; raises `ConnectorError` without one."""
    if settings.target == "duckdb" and not settings.duckdb_path.exists():
        raise ConnectorError(_NOT_BUILT)
    with connected(settings) as connection:
        yield Warehouse(connection, settings)
