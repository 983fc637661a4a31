"""The table that the destination `postgres` writes to, and the statements that write it."""

from __future__ import annotations

from typing import Any

import psycopg

from cdp.activation.destinations.base import DestinationSettingError
from cdp.activation.spec import SyncSpec
from cdp.activation.statements import Sql, render
from cdp.warehouse.connection import quote

ROWS_TABLE = "cdp_sync_rows"


class Table:
    """The table of one sync, `schema.table`."""

    def __init__(self, spec: SyncSpec) -> None:
        self._name, self._sync, self.key = spec.object, spec.name, spec.key
        self._schema_name, self._table_name = spec.object.split(".")
        self.columns = [column.name for column in spec.payload.columns]
        schema = quote(self._schema_name)
        values = {column: f"value_{at}" for at, column in enumerate(self.columns)}
        changed = [column for column in self.columns if column != self.key] or self.columns
        self._context = {
            "sync_name": spec.name,
            "table_name": spec.object,
            "target": Sql(f"{schema}.{quote(self._table_name)}"),
            "rows": Sql(f"{schema}.{ROWS_TABLE}"),
            "columns": [Sql(quote(column)) for column in self.columns],
            "values": [Sql(value) for value in values.values()],
            "key": Sql(quote(self.key)),
            "key_value": Sql(values[self.key]),
            "set_staged": Sql(", ".join(f"{quote(c)} = staged.{values[c]}" for c in changed)),
            "set_excluded": Sql(", ".join(f"{quote(c)} = excluded.{quote(c)}" for c in changed)),
        }

    def sql(self, template: str, **context: object) -> bytes:
        """The SQL of a template of `sql/` for this table."""
        return render(template, **(self._context | context)).encode()

    def copy_statement(self) -> bytes:
        """Copies rows of key, operation, revision and values to the staging table."""
        values = ", ".join(f"value_{at}" for at in range(len(self.columns)))
        return f"copy cdp_staging (sync_key, operation, revision, {values}) from stdin".encode()

    async def prepare(self, connection: psycopg.AsyncConnection[Any]) -> None:
        """Check that the table can take the payload, and make the table of written rows.

        Raises `DestinationSettingError`, which says what to change, if it cannot. If the table of
        written rows exists, no right to create one is needed.
        """
        query = render(
            "postgres_table.sql",
            schema_name=self._schema_name,
            table_name=self._table_name,
            rows_table=ROWS_TABLE,
            key_name=self.key,
        )
        found = await (await connection.execute(query.encode())).fetchone()
        if found is None:
            raise DestinationSettingError(
                f"sync {self._sync!r}: there is no table {self._name}: create it."
            )
        column_names, has_unique_key, has_rows_table = found
        missing = [column for column in self.columns if column not in column_names]
        if missing:
            raise DestinationSettingError(
                f"sync {self._sync!r}: table {self._name} lacks {', '.join(missing)}: add the "
                "columns, or take them out of the payload."
            )
        if not has_unique_key:
            raise DestinationSettingError(
                f"sync {self._sync!r}: {self.key} is not a unique key of table {self._name}: "
                f"alter table {self._name} add unique ({self.key})."
            )
        if has_rows_table:
            return
        try:
            async with connection.transaction():
                await connection.execute(self.sql("postgres_rows.sql", rows_table=ROWS_TABLE))
        except psycopg.errors.InsufficientPrivilege as error:
            raise DestinationSettingError(
                f"{self._schema_name}.{ROWS_TABLE} does not exist and the user may not create it: "
                "see docs/destinations/postgres.md."
            ) from error
