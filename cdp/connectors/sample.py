"""Columns of a sample file or of a table in the warehouse, with the form that their values have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import duckdb
import pyarrow as pa

from cdp.connectors.errors import ConnectorError
from cdp.landing.errors import UnreadableFileError
from cdp.landing.files import FileFormat
from cdp.landing.headers import read_header
from cdp.landing.naming import name_columns
from cdp.warehouse.connection import Connection, quote
from cdp.warehouse.queries import Queries

QUERIES = Queries(Path(__file__).parent / "sql")
SAMPLE_ROWS = 10_000
# A column has a form if this share of its values has it; the others are read as null.
MOST = 0.95
# Shared mailboxes, notes and dashes stand in columns of addresses and numbers.
MANY = 0.5

Kind = Literal["text", "email", "phone", "timestamp", "date", "integer", "number", "boolean"]
_FORMATS: dict[str, FileFormat] = {
    "csv": "csv",
    "tsv": "tsv",
    "jsonl": "jsonl",
    "ndjson": "jsonl",
    "parquet": "parquet",
}


@dataclass(frozen=True)
class Column:
    """A column of the sample.

    Attributes:
        name: Name in the raw table.
        kind: What its values are read as.
        filled: Number of rows with a value.
        different: Number of different values.
        rows: Number of rows of the sample.
        is_flag: Whether its values are yes and no, also as 1 and 0.
        is_dialled: Whether its values may be telephone numbers, as people write them.
        examples: Some different values.
    """

    name: str
    kind: Kind
    filled: int
    different: int
    rows: int
    is_flag: bool
    is_dialled: bool
    examples: tuple[str, ...]

    @property
    def is_unique(self) -> bool:
        """Whether it could be a key: never empty, and no value twice."""
        return self.rows > 0 and self.different == self.filled == self.rows


@dataclass(frozen=True)
class Sample:
    """Columns, and how many different combinations of values some of them have."""

    columns: tuple[Column, ...]
    connection: duckdb.DuckDBPyConnection

    def are_unique(self, names: Sequence[str]) -> bool:
        """Whether the columns together are a key of the sample."""
        listed = ", ".join(map(quote, names))
        (found,) = self.connection.execute(
            f"select count(distinct ({listed})) = count(*) from sample"
        ).fetchall()
        return bool(found[0])


def sample_of_file(path: Path) -> Sample:
    """Read the first rows of a CSV, JSONL or Parquet file; raises `ConnectorError`."""
    suffixes = [suffix.lstrip(".").lower() for suffix in path.suffixes if suffix.lower() != ".gz"]
    file_format = _FORMATS.get(suffixes[-1] if suffixes else "")
    if file_format is None:
        raise ConnectorError(f"{path} is not a .csv, .tsv, .jsonl or .parquet file.")
    if not path.is_file():
        raise ConnectorError(f"There is no file {path}.")
    connection = duckdb.connect()
    try:
        if file_format == "parquet":
            relation = connection.read_parquet(str(path))
        elif file_format == "jsonl":
            relation = connection.read_json(
                str(path), format="newline_delimited", maximum_depth=1, ignore_errors=True
            )
        else:
            is_packed = path.suffix.lower() == ".gz"
            separator = None if is_packed else read_header(path, file_format).delimiter
            relation = connection.read_csv(
                str(path), header=True, sep=separator, all_varchar=True, ignore_errors=True
            )
        names = [column.name for column in name_columns(relation.columns, ())]
        texts = [
            f"{quote(old)} ->> '$'" if str(kind) == "JSON" else f"cast({quote(old)} as varchar)"
            for old, kind in zip(relation.columns, relation.types, strict=True)
        ]
        items = ", ".join(f"{text} as {quote(new)}" for text, new in zip(texts, names, strict=True))
        relation.limit(SAMPLE_ROWS).project(items).create("sample")
    except (duckdb.Error, UnreadableFileError) as error:
        reason = str(error).strip().splitlines()[0]
        raise ConnectorError(f"{path} cannot be read: {reason}") from None
    return _sample(connection, names)


def sample_of_table(warehouse: Connection, schema: str, table: str) -> Sample:
    """Read rows of a table in the warehouse; raises `ConnectorError`."""
    names = warehouse.columns(schema, table)
    if not names:
        raise ConnectorError(f"There is no table {schema}.{table} in the warehouse.")
    items = ", ".join(f"cast({quote(name)} as text)" for name in names)
    statement = f"select {items} from {quote(schema)}.{quote(table)} limit {SAMPLE_ROWS}"
    rows = warehouse.execute(statement)
    connection = duckdb.connect()
    columns = [[row[place] for row in rows] for place in range(len(names))]
    values = pa.table(
        {name: pa.array(c, pa.string()) for name, c in zip(names, columns, strict=True)}
    )
    connection.register("given", values)
    connection.execute("create table sample as select * from given")
    return _sample(connection, names)


def _sample(connection: duckdb.DuckDBPyConnection, names: Sequence[str]) -> Sample:
    ((rows,),) = connection.execute("select count(*) from sample").fetchall()
    cursor = connection.execute(QUERIES("column_forms", columns=list(names)))
    labels = [column[0] for column in cursor.description]
    forms = {row[0]: dict(zip(labels, row, strict=True)) for row in cursor.fetchall()}
    columns = [_column(name, rows, forms.get(name, {})) for name in names]
    return Sample(tuple(columns), connection)


def _column(name: str, rows: int, forms: dict[str, Any]) -> Column:
    filled = forms.get("filled", 0)

    def share(form: str) -> float:
        return float(forms[form] / filled) if filled else 0

    kind: Kind = "text"
    if share("emails") >= MANY:
        kind = "email"
    elif share("international_phones") >= MANY:
        kind = "phone"
    elif share("timestamps") >= MOST:
        kind = "timestamp"
    elif share("dates") >= MOST:
        kind = "date"
    elif share("booleans") >= MOST and share("bits") < MOST:
        kind = "boolean"
    elif share("integers") >= MOST:
        kind = "integer"
    elif share("numbers") >= MOST:
        kind = "number"
    return Column(
        name=name,
        kind=kind,
        filled=filled,
        different=forms.get("different", 0),
        rows=rows,
        is_flag=share("booleans") >= MOST,
        is_dialled=share("phones") >= MANY,
        examples=tuple(forms.get("examples", ())),
    )
