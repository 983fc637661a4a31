"""Temporary tables that files are parsed into before anything is landed.

Errors in a file show up here, outside the transaction that lands it. The table of rows is filled in
parallel but in the order of the file, so its row ids give the positions; DuckDB spills it to disk
if it exceeds the memory limit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from cdp.landing.errors import DamagedTextError
from cdp.landing.faults import named_faults
from cdp.landing.staged import NUL_REASON, Staged, StagedFile
from cdp.warehouse.queries import Queries, Sql, literal

QUERIES = Queries(Path(__file__).parent / "queries")
# Longer lines are quarantined.
MAX_LINE_BYTES = 16 << 20
# DuckDB's default is 16 times the longest line, for each thread.
BUFFER_BYTES = 2 * MAX_LINE_BYTES
# How much of a line is kept in quarantine.
MAX_ORIGINAL_BYTES = 1 << 20
# Rows of each file that types are inferred from.
_SAMPLE_ROWS = 200

_REASONS = {
    "MISSING COLUMNS": "too few fields",
    "TOO MANY COLUMNS": "too many fields",
    "INVALID ENCODING": "not valid UTF-8",
    "UNQUOTED VALUE": "quotes out of place",
    "LINE SIZE OVER MAXIMUM": "line too long",
}
_OPEN_QUOTE_REASON = "unterminated quote"
_IS_OPEN_QUOTE = Sql(
    "(error_type in ('UNQUOTED VALUE', 'LINE SIZE OVER MAXIMUM') and contains(csv_line, chr(10)))"
)
_TABLES = {
    "landing_rows": None,
    "landing_staged_files": "file_index integer, path text, first_id bigint, row_count bigint",
    "landing_rejects": "file_index integer, position bigint, reason text, original_text text",
    "landing_gaps": "file_index integer, rows bigint, shift bigint",
    "landing_skipped": (
        "id bigint, file_index integer, position bigint, reason text, original_text text"
    ),
    "landing_reader_errors": None,
    "landing_reader_scans": None,
}


class Rows(NamedTuple):
    """SQL of a source of rows, of the index of a row's file, and of the row's position."""

    source: Sql
    file_index: Sql
    position: Sql

    def select(self, values: Iterable[str]) -> str:
        """The query of `Staged` for SQL expressions over the source's columns."""
        named = "".join(f", {value} as v{i}" for i, value in enumerate(values))
        return (
            f"select {self.file_index} as file_index, {self.position} as position{named} "
            f"from {self.source}"
        )


def path_list(paths: Sequence[Path]) -> Sql:
    """Paths as a list in SQL."""
    return Sql(f"[{', '.join(map(literal, paths))}]")


class StagingArea:
    """The temporary tables of one DuckDB connection; holds the files of one shape at a time."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._paths: Sequence[Path] = ()

    def execute(self, statement: str) -> list[tuple[Any, ...]]:
        """Run a statement; returns its rows."""
        with named_faults():
            cursor = self._connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def run(self, query: str, /, **values: Any) -> list[tuple[Any, ...]]:
        """Run a statement of the folder `queries`; returns its rows."""
        return self.execute(QUERIES(query, **values))

    def clear(self) -> None:
        """Drop what was staged."""
        for table in _TABLES:
            self.execute(f"drop table if exists temp.{table}")

    def read_text(
        self,
        paths: Sequence[Path],
        names: Sequence[str],
        delimiter: str,
        *,
        has_header: bool,
        line_end: str | None = None,
        quote_character: str = '"',
        is_parallel: bool = True,
    ) -> None:
        """Read delimited files into the table of rows, replacing its contents."""
        query = QUERIES(
            "read_text",
            paths=path_list(paths),
            columns=names,
            types=Sql(", ".join(f"'{name}': 'VARCHAR'" for name in names)),
            is_many=len(paths) > 1,
            has_header=has_header,
            delimiter=delimiter,
            quote_character=quote_character,
            # DuckDB expects the escape sequence with its backslashes.
            new_line=line_end and repr(line_end)[1:-1],
            is_parallel=is_parallel,
            max_line_bytes=MAX_LINE_BYTES,
            buffer_bytes=BUFFER_BYTES,
            max_original_bytes=MAX_ORIGINAL_BYTES,
        )
        self.fill(paths, query)

    def fill(self, paths: Sequence[Path], query: str) -> None:
        """Fill the table of rows; `query` also selects `filename` if there are several files.

        Raises `DamagedTextError` if the reader cannot parse the text of a file and
        `UnreadableFileError` if it cannot read one at all.
        """
        self.clear()
        # Positions depend on it, and other connections of this process may have changed it.
        self.execute("set session preserve_insertion_order = true")
        for table, columns in _TABLES.items():
            if columns:
                self.execute(f"create temp table {table} ({columns})")
        is_damaged = False
        with named_faults():
            try:
                self._connection.execute(f"create temp table landing_rows as {query}")
            except duckdb.InvalidInputException:
                is_damaged = True
        if is_damaged:
            raise DamagedTextError("line ends that differ, or quotes out of place")
        self._paths = paths
        self.run(
            "index_files",
            paths=Sql(", ".join(f"({i}, {literal(path)})" for i, path in enumerate(paths))),
            path="filename" if len(paths) > 1 else literal(paths[0]),
        )

    def has_open_quote(self) -> bool:
        """Whether the reader took lines for a field because a quote was not closed."""
        return self._any("landing_reader_errors", _IS_OPEN_QUOTE)

    def has_line_end_inside(self, names: Sequence[str]) -> bool:
        """Whether a field, or a record that was rejected, spans lines."""
        fields = " or ".join(f"contains({name}, chr(10))" for name in names)
        return self._any("landing_rows", fields) or self._any(
            "landing_reader_errors", "contains(csv_line, chr(10))"
        )

    def _any(self, table: str, condition: str = "true") -> bool:
        return bool(self.execute(f"select 1 from temp.{table} where {condition} limit 1"))

    def line_ends_inside(self, names: Sequence[str]) -> dict[int, int]:
        """How many line ends each file has inside its records."""
        return dict(self.run("line_ends_inside", columns=names, **self.rows()._asdict()))

    def collect_rejects(self, header_lines: int) -> list[int]:
        """Collect what the reader rejected; returns the indices of files with rejects.

        The positions of rows after a reject are shifted, because positions count rejects too.
        """
        self.run(
            "collect_rejects",
            header_lines=header_lines,
            reasons=_REASONS,
            is_open_quote=_IS_OPEN_QUOTE,
            open_quote_reason=_OPEN_QUOTE_REASON,
        )
        self.run("collect_gaps")
        return [i for (i,) in self.execute("select distinct file_index from temp.landing_rejects")]

    def rows(self) -> Rows:
        """All rows."""
        if len(self._paths) == 1:
            source, file_index, position = "temp.landing_rows as rows", "0", "rows.rowid + 1"
        else:
            source = (
                "temp.landing_rows as rows "
                "inner join temp.landing_staged_files as files on rows.filename = files.path"
            )
            file_index, position = "files.file_index", "rows.rowid - files.first_id + 1"
        if self._any("landing_gaps"):
            source += (
                f" asof left join temp.landing_gaps as gaps "
                f"on {file_index} = gaps.file_index and {position} >= gaps.rows"
            )
            position += " + coalesce(gaps.shift, 0)"
        return Rows(Sql(source), Sql(file_index), Sql(position))

    def kept_rows(self) -> Rows:
        """All rows except those that were set aside."""
        rows = self.rows()
        if not self._any("landing_skipped"):
            return rows
        skipped = "anti join temp.landing_skipped as skipped on rows.rowid = skipped.id"
        return rows._replace(source=Sql(f"{rows.source} {skipped}"))

    def skip_nul(self, names: Sequence[str], delimiter: str, position: str = "") -> None:
        """Set aside rows that PostgreSQL could not store; DuckDB leaves them out as well."""
        rows = self.rows()
        if position:
            rows = rows._replace(position=Sql(position))
        self.run(
            "skip_nul", columns=names, delimiter=delimiter, reason=NUL_REASON, **rows._asdict()
        )

    def finish(
        self,
        columns: Sequence[str],
        query: str,
        *,
        own_columns: Mapping[int, Iterable[int]] | None = None,
        types: Sequence[str | None] | None = None,
        extra_lines: Mapping[int, int] | None = None,
    ) -> Staged:
        """Count the rows of each file and infer its types.

        Args:
            columns: Source columns of all files together.
            query: As `Staged.query`.
            own_columns: Indices of the columns that each file has, if it may lack some.
            types: Types of the columns, if the format has them.
            extra_lines: Lines of each file that are neither row nor reject.
        """
        rejected_by_reader = dict(
            self.execute("select file_index, count(*) from temp.landing_rejects group by all")
        )
        self.run("move_skipped")
        counts = self.run("count_rows", query=Sql(query))
        inferred: dict[int, Sequence[str | None]] = {}
        if columns and not types:
            values = [f"v{i}" for i in range(len(columns))]
            for index, *kinds in self.run(
                "infer_types", columns=values, query=Sql(query), sample_rows=_SAMPLE_ROWS
            ):
                inferred[index] = kinds
        files = []
        for index, kept, rejected, read in counts:
            found = types or inferred.get(index) or [None] * len(columns)
            own = own_columns.get(index, ()) if own_columns is not None else range(len(columns))
            lines = read + rejected_by_reader.get(index, 0) + (extra_lines or {}).get(index, 0)
            files.append(StagedFile({i: found[i] for i in own}, kept, rejected, lines))
        return Staged(files=tuple(files), columns=tuple(columns), query=query)
