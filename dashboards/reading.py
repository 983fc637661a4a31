"""Runs the queries of the dashboards: on DuckDB on the published copy, else on the marts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import psycopg

from cdp.publishing import published_path
from cdp.settings import Settings

QUERIES = Path(__file__).with_name("queries")


class NothingToReadError(RuntimeError):
    """There is nothing to show yet; the message says what to run."""


def query_text(name: str, schema: str = "cdp") -> str:
    """The SQL of a chart, `<page>/<chart>`, with the prefix that this warehouse's schemas have."""
    text = (QUERIES / f"{name}.sql").read_text()
    return re.sub(r"\bcdp_(?=[a-z]+\.)", f"{schema}_", text)


@dataclass(frozen=True)
class Reader:
    """One state of the marts, for as long as a page is drawn.

    Attributes:
        raw: The driver's connection, which only reads.
        settings: Where the marts are.
        published_at: When the copy was made (UTC); None where marts are read in place.
    """

    raw: Any
    settings: Settings
    published_at: datetime | None

    def read(self, name: str) -> pd.DataFrame:
        """The rows of a chart; raises `NothingToReadError` where a mart was not built yet."""
        try:
            cursor = self.raw.execute(query_text(name, self.settings.schema))
            columns = [column[0] for column in cursor.description]
            rows = cursor.fetchall()
        except (duckdb.CatalogException, psycopg.errors.UndefinedTable) as error:
            if self.settings.target == "postgres":
                self.raw.rollback()
            raise NothingToReadError(
                "What this shows has not been built yet: run make demo, or make dbt ARGS=build "
                "and make publish."
            ) from error
        frame = pd.DataFrame(rows, columns=columns)
        for column in frame.columns:
            if any(isinstance(value, Decimal) for value in frame[column]):
                frame[column] = frame[column].astype(float)
        return frame


@contextmanager
def reader(settings: Settings) -> Iterator[Reader]:
    """Open the marts for one page; raises `NothingToReadError` where there are none."""
    if settings.target == "postgres":
        with psycopg.connect("") as raw:
            # All charts of a page show the same state of the warehouse.
            raw.execute("set transaction isolation level repeatable read read only")
            yield Reader(raw, settings, None)
        return
    path = published_path(settings)
    if not path.exists():
        raise NothingToReadError(
            f"{path} does not exist yet: run make demo, or make publish once models are built."
        )
    # Each connection opens its own database: a shared one would keep an earlier copy open.
    with duckdb.connect() as connection:
        connection.execute("attach $$" + str(path) + "$$ as published (read_only)")
        connection.execute("use published")
        ((published_at,),) = connection.execute(
            "select published_at from publication.publications"
        ).fetchall()
        yield Reader(connection, settings, published_at)
