"""Loads staged rows into the warehouse by the fastest way of each engine."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import duckdb

from cdp.warehouse.connection import DuckDBConnection, PostgresConnection, Warehouse
from cdp.warehouse.queries import literal, name_list

_CHUNK_BYTES = 1 << 18


class Loader(Protocol):
    """Appends what a query over the staged tables returns to a table of the warehouse."""

    parser: duckdb.DuckDBPyConnection

    def append(self, table: str, columns: Sequence[str], query: str) -> None:
        """Run the query on the parser and append its rows; `table` is a quoted, qualified name."""
        ...


class DuckDBLoader:
    """The warehouse itself parses the files, so that rows never leave the engine."""

    def __init__(self, warehouse: DuckDBConnection) -> None:
        self.parser = warehouse.raw

    def append(self, table: str, columns: Sequence[str], query: str) -> None:  # noqa: D102
        names = name_list(columns)
        # Each row has its position by now, so threads may write the rows in any order.
        self.parser.execute("set session preserve_insertion_order = false")
        # `StagingArea.fill` sets it again.
        self.parser.execute(f"insert into {table} ({names}) {query}")


class PostgresLoader:
    """An in-memory DuckDB parses the files and writes CSV into a pipe that COPY reads."""

    def __init__(self, warehouse: PostgresConnection, parser: duckdb.DuckDBPyConnection) -> None:
        self.parser = parser
        self._warehouse = warehouse

    def append(self, table: str, columns: Sequence[str], query: str) -> None:  # noqa: D102
        names = name_list(columns)
        reading, writing = os.pipe()
        failures: list[Exception] = []

        def write() -> None:
            try:
                self.parser.execute(
                    f"copy ({query}) to {literal(f'/dev/fd/{writing}')} "
                    "(format csv, header false, use_tmp_file false)"
                )
            except Exception as error:
                failures.append(error)
            finally:
                # DuckDB opened the pipe a second time: the reader ends once this end is closed too.
                os.close(writing)

        writer = threading.Thread(target=write, name="landing-copy")
        with os.fdopen(reading, "rb", buffering=0) as pipe:
            writer.start()
            try:
                with (
                    self._warehouse.raw.cursor() as cursor,
                    cursor.copy(f"copy {table} ({names}) from stdin (format csv)".encode()) as copy,
                ):
                    while chunk := pipe.read(_CHUNK_BYTES):
                        copy.write(chunk)
                    writer.join()
                    if failures:
                        raise failures[0]
            except BaseException:
                # Closing the pipe ends the writer, which would otherwise wait for its reader.
                pipe.close()
                raise
            finally:
                writer.join()


@contextmanager
def open_loader(warehouse: Warehouse, folder: Path) -> Iterator[Loader]:
    """The loader of a warehouse; a parser of its own spills to the temporary directory `folder`."""
    if isinstance(warehouse, DuckDBConnection):
        yield DuckDBLoader(warehouse)
        return
    with duckdb.connect(":memory:") as parser:
        parser.execute("set TimeZone = 'UTC'")
        # PostgreSQL may run on this machine and need the rest.
        parser.execute("set memory_limit = '50%'")
        parser.execute(f"set temp_directory = {literal(folder / 'duckdb')}")
        yield PostgresLoader(warehouse, parser)
