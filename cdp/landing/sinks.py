"""Staged rows into the warehouse, each engine by its fastest road."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import duckdb

from cdp.landing.registry import Warehouse
from cdp.landing.staged import literal
from cdp.warehouse.connection import DuckDBConnection, PostgresConnection, quote

_CHUNK_BYTES = 1 << 18


class Sink(Protocol):
    """Appends what a query over the staged tables returns to a table of the warehouse."""

    parser: duckdb.DuckDBPyConnection

    def append(self, table: str, columns: Sequence[str], query: str) -> None:
        """Run the query on the parser and append its rows; `table` is quoted and qualified."""
        ...


class DuckDBSink:
    """The warehouse parses by itself, so that rows never leave the engine."""

    def __init__(self, warehouse: DuckDBConnection) -> None:
        self.parser = warehouse.raw

    def append(self, table: str, columns: Sequence[str], query: str) -> None:  # noqa: D102
        names = ", ".join(quote(name) for name in columns)
        # The rows carry their positions by now, so that threads may write them in any order.
        self.parser.execute("set session preserve_insertion_order = false")
        try:
            self.parser.execute(f"insert into {table} ({names}) {query}")
        finally:
            self.parser.execute("set session preserve_insertion_order = true")


class PostgresSink:
    """An in-memory DuckDB parses, and writes CSV into a pipe that COPY reads."""

    def __init__(self, warehouse: PostgresConnection, parser: duckdb.DuckDBPyConnection) -> None:
        self.parser = parser
        self._warehouse = warehouse

    def append(self, table: str, columns: Sequence[str], query: str) -> None:  # noqa: D102
        names = ", ".join(quote(name) for name in columns)
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
                # DuckDB has opened the pipe anew: without this end the reader never ends.
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
                # A closed pipe ends the writer, which would wait for its reader for ever.
                pipe.close()
                raise
            finally:
                writer.join()


@contextmanager
def open_sink(warehouse: Warehouse, spool: Path) -> Iterator[Sink]:
    """The sink of a warehouse; a parser of its own spills to the spool."""
    if isinstance(warehouse, DuckDBConnection):
        yield DuckDBSink(warehouse)
        return
    with duckdb.connect(":memory:") as parser:
        parser.execute("set TimeZone = 'UTC'")
        # PostgreSQL may run on this machine and needs the rest.
        parser.execute("set memory_limit = '50%'")
        parser.execute(f"set temp_directory = {literal(str(spool / 'duckdb'))}")
        yield PostgresSink(warehouse, parser)
