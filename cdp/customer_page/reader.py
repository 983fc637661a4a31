"""Opens the warehouse for a page without making a refresh wait, and without waiting for one.

PostgreSQL lets readers read during a refresh; on DuckDB the page reads a copy of the file.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import psycopg

from cdp.customer_page.copies import CopyReaders
from cdp.customer_page.warehouse import (
    REQUIRED,
    Reader,
    Readers,
    WarehouseMissingError,
    WarehouseUnavailableError,
)
from cdp.settings import Settings
from cdp.warehouse.connection import PostgresConnection

__all__ = [
    "REQUIRED",
    "CopyReaders",
    "PostgresReaders",
    "Reader",
    "Readers",
    "WarehouseMissingError",
    "WarehouseUnavailableError",
    "open_readers",
]
STATEMENT_SECONDS = 20


def open_readers(settings: Settings) -> Readers:
    """Readers that fit the engine."""
    if settings.target == "postgres":
        return PostgresReaders(settings)
    return CopyReaders(settings)


class PostgresReaders:
    """One read-only transaction per page, which sees the state at its start."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @contextmanager
    def open(self) -> Iterator[Reader]:
        """A reader in a transaction of its own."""
        try:
            raw = psycopg.connect("", autocommit=True, connect_timeout=10)
        except psycopg.OperationalError:
            # The driver's message contains address and user.
            raise WarehouseUnavailableError("PostgreSQL does not answer.") from None
        try:
            connection = PostgresConnection(raw)
            connection.execute(f"set statement_timeout = '{STATEMENT_SECONDS}s'")
            connection.execute("begin transaction isolation level repeatable read read only")
            now = datetime.now(UTC).replace(tzinfo=None)
            reader = Reader(connection, self._settings.schema, now)
            reader.check()
            yield reader
        except psycopg.OperationalError:
            raise WarehouseUnavailableError("PostgreSQL disconnected or took too long.") from None
        finally:
            raw.close()
