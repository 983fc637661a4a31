"""Migrations: `.sql` files that change state which a rebuild cannot recompute.

Each is a Jinja template. Templates run once, in the order of their numbers. A migration checks the
warehouse first and renders to nothing if there is nothing to change. Version and progress of a
warehouse are one row of `<schema>_activation.warehouse_version`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import duckdb
import jinja2
import psycopg

from cdp.settings import Settings
from cdp.warehouse.connection import Connection, quote

FOLDER = Path(__file__).parent / "migrations"
_RECORD = Path(__file__).with_name("record_version.sql")
_TABLE = "warehouse_version"


class UpgradeError(RuntimeError):
    """The warehouse cannot be upgraded, or must be upgraded before use; the message says why."""


class Version(NamedTuple):
    """Version of a warehouse.

    Attributes:
        number: Number of the last applied migration; 0 before the first.
        is_rebuilt: Whether the full refresh after the migrations succeeded.
    """

    number: int
    is_rebuilt: bool


@dataclass(frozen=True)
class Names:
    """Names and functions that a migration's template can use.

    A layer is a schema without its prefix, such as `identity`, or `raw`.
    """

    connection: Connection
    settings: Settings

    def schema(self, layer: str) -> str:
        """Name of a layer's schema."""
        return self.settings.raw_schema if layer == "raw" else f"{self.settings.schema}_{layer}"

    def relation(self, layer: str, name: str) -> str:
        """A relation, qualified and quoted."""
        return f"{quote(self.schema(layer))}.{quote(name)}"

    def exists(self, layer: str, name: str) -> bool:
        """Whether the relation exists."""
        return self.connection.table_exists(self.schema(layer), name)

    def has_column(self, layer: str, name: str, column: str) -> bool:
        """Whether the column exists."""
        return column in self.connection.columns(self.schema(layer), name)

    def rename_table(self, layer: str, old: str, new: str) -> str:
        """A statement that renames a table; empty if it was renamed before."""
        if not self.exists(layer, old):
            return ""
        if self.exists(layer, new):
            raise UpgradeError(
                f"{self.schema(layer)} has both {old} and {new}, which takes its place: newer code "
                f"has built the warehouse before it was upgraded. Drop {new} if nothing was sent "
                "since, and upgrade again."
            )
        return f"alter table {self.relation(layer, old)} rename to {quote(new)};"

    def rename_column(self, layer: str, table: str, old: str, new: str) -> str:
        """A statement that renames a column; empty if it was renamed before."""
        if not self.has_column(layer, table, old):
            return ""
        table = self.relation(layer, table)
        return f"alter table {table} rename column {quote(old)} to {quote(new)};"


class Migrations:
    """The migrations of a folder, applied to one warehouse."""

    def __init__(
        self, connection: Connection, settings: Settings, folder: Path | None = None
    ) -> None:
        self._connection = connection
        self._names = Names(connection, settings)
        files = sorted((folder or FOLDER).glob("*.sql"))
        self._files = {int(file.name.split("_")[0]): file for file in files}
        self._templates = jinja2.Environment(undefined=jinja2.StrictUndefined)  # noqa: S701 SQL

    @property
    def newest(self) -> int:
        """Version of a warehouse after all migrations."""
        return max(self._files, default=0)

    def recorded(self) -> Version | None:
        """The version of the warehouse; None if it was never upgraded."""
        if not self._names.exists("activation", _TABLE):
            return None
        ((number, is_rebuilt),) = self._connection.execute(
            f"select version_number, is_rebuilt from {self._names.relation('activation', _TABLE)}"
        )
        return Version(number, is_rebuilt)

    def record(self, version: Version) -> None:
        """Record the version in the warehouse."""
        self._execute(self._render(_RECORD, version=version))

    def pending(self) -> list[Path]:
        """Migrations that were not applied yet, in order.

        Raises:
            UpgradeError: Newer code has upgraded the warehouse.
        """
        recorded = self.recorded()
        number = recorded.number if recorded else 0
        if number > self.newest:
            raise UpgradeError(
                f"The warehouse has version {number} and this code knows versions up to "
                f"{self.newest}: use the code that upgraded it, or newer."
            )
        return [file for key, file in self._files.items() if key > number]

    def statements(self, file: Path) -> str:
        """The statements that a migration would run now; empty if there is nothing to change."""
        rendered = self._render(file)
        return rendered if re.sub(r"--[^\n]*", "", rendered).strip() else ""

    def apply(self, file: Path) -> bool:
        """Run a migration; returns whether there was anything to change."""
        statements = self.statements(file)
        try:
            if statements:
                self._execute(statements)
        except (duckdb.Error, psycopg.Error) as error:
            raise UpgradeError(f"Migration {file.stem} failed: {_without_values(error)}") from None
        return bool(statements)

    def _render(self, file: Path, **variables: object) -> str:
        names = self._names
        return self._templates.from_string(file.read_text(encoding="utf-8")).render(
            target=self._connection.target,
            relation=names.relation,
            schema=names.schema,
            exists=names.exists,
            has_column=names.has_column,
            rename_table=names.rename_table,
            rename_column=names.rename_column,
            **variables,
        )

    def _execute(self, statements: str) -> None:
        self._connection.execute(statements)


def require_upgraded(connection: Connection, settings: Settings) -> None:
    """Check that the state of a warehouse has the form that this code expects.

    Raises:
        UpgradeError: The warehouse must be upgraded first, or newer code has upgraded it.
    """
    migrations = Migrations(connection, settings)
    version = migrations.recorded()
    if version == Version(migrations.newest, True):
        return
    is_halfway = version is not None and not version.is_rebuilt
    if is_halfway or any(migrations.statements(file) for file in migrations.pending()):
        raise UpgradeError("The warehouse is of an earlier version: run make upgrade first.")


def _without_values(error: Exception) -> str:
    """The engine's message if it is about names; other messages may contain values of rows."""
    about_names = (
        duckdb.BinderException,
        duckdb.CatalogException,
        duckdb.ParserException,
        psycopg.ProgrammingError,
    )
    return str(error).splitlines()[0] if isinstance(error, about_names) else type(error).__name__
