"""Temporary tables that files are parsed into before anything of them is landed.

Whatever is wrong with a file shows here, outside the transaction that lands it. The table of rows
is filled in parallel and yet in the order of the file, so that its row ids give the positions;
DuckDB spills it to disk where it does not fit its memory limit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from cdp.landing.errors import (
    DamagedTextError,
    LandingError,
    UnreadableFileError,
)
from cdp.landing.inference import SAMPLE_ROWS, type_of
from cdp.landing.staged import (
    NUL_REASON,
    Staged,
    StagedFile,
    literal,
    path_list,
    storable,
)

# Longer lines are quarantined.
LONGEST_LINE_BYTES = 16 << 20
# DuckDB's own choice is 16 times the longest line, for each thread.
BUFFER_BYTES = 2 * LONGEST_LINE_BYTES
# How much of a line goes to quarantine.
_LONGEST_ORIGINAL_BYTES = 1 << 20

_REASONS = {
    "MISSING COLUMNS": "too few fields",
    "TOO MANY COLUMNS": "too many fields",
    "INVALID ENCODING": "not valid UTF-8",
    "UNQUOTED VALUE": "quotes out of place",
    "LINE SIZE OVER MAXIMUM": "line too long",
}
OPEN_QUOTE_REASON = "unterminated quote"
# Of a quote that is closed on its own line, the lines behind do not suffer.
_IS_OPEN_QUOTE = (
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


class StagingArea:
    """The temporary tables of one DuckDB connection; holds the files of one shape at a time."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._paths: Sequence[Path] = ()

    def run(self, statement: str) -> list[tuple[Any, ...]]:
        """Run a statement; returns its rows."""
        cursor = self._connection.execute(statement)
        return cursor.fetchall() if cursor.description else []

    def clear(self) -> None:
        """Drop what was staged."""
        for table in _TABLES:
            self.run(f"drop table if exists temp.{table}")

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
        """Read delimited files into the table of rows, in place of what was there."""
        # Written as DuckDB wants it, with the backslashes.
        new_line = "" if line_end is None else f"new_line = {literal(repr(line_end)[1:-1])},"
        columns = ", ".join(f"'{name}': 'VARCHAR'" for name in names)
        is_many = len(paths) > 1
        self.fill(
            paths,
            f"""
            select {", ".join([*names, "filename"] if is_many else names)}
            from read_csv(
                {path_list(paths)}, columns = {{{columns}}}, auto_detect = false,
                header = {has_header}, delim = {literal(delimiter)},
                quote = {literal(quote_character)}, escape = {literal(quote_character)}, {new_line}
                filename = {is_many}, hive_partitioning = false, parallel = {is_parallel},
                max_line_size = {LONGEST_LINE_BYTES}, buffer_size = {BUFFER_BYTES},
                store_rejects = true, rejects_limit = 0,
                rejects_line_size_limit = {_LONGEST_ORIGINAL_BYTES},
                rejects_table = 'landing_reader_errors', rejects_scan = 'landing_reader_scans'
            )
            """,
        )

    def fill(self, paths: Sequence[Path], query: str) -> None:
        """Fill the table of rows from files; `query` selects `filename` too where they are many.

        Raises `DamagedTextError` where the reader stumbles over the text of a file and
        `UnreadableFileError` where it cannot read one at all.
        """
        self.clear()
        # Positions rest on it, and other connections of this process may have set it otherwise.
        self.run("set session preserve_insertion_order = true")
        for table, columns in _TABLES.items():
            if columns:
                self.run(f"create temp table {table} ({columns})")
        try:
            self.run(f"create temp table landing_rows as {query}")
        except duckdb.InvalidInputException:
            raise DamagedTextError("line ends that differ, or quotes out of place") from None
        except duckdb.Error as error:
            raise _as_unreadable(error) from None
        self._paths = paths
        self._index_files()

    def _index_files(self) -> None:
        """Where in the table of rows each file begins."""
        values = ", ".join(f"({i}, {literal(str(path))})" for i, path in enumerate(self._paths))
        path = "filename" if len(self._paths) > 1 else literal(str(self._paths[0]))
        self.run(
            f"""
            insert into landing_staged_files
            select paths.file_index, paths.path, found.first_id, coalesce(found.row_count, 0)
            from (values {values}) as paths (file_index, path)
            left join (
                select {path} as path, min(rowid) as first_id, count(*) as row_count
                from temp.landing_rows group by all
            ) as found on paths.path = found.path
            """
        )

    def has_open_quote(self) -> bool:
        """Whether the reader took lines for a field because a quote was not closed."""
        found = f"select 1 from temp.landing_reader_errors where {_IS_OPEN_QUOTE} limit 1"
        return bool(self.run(found))

    def has_line_end_inside(self, names: Sequence[str]) -> bool:
        """Whether a field, or a record that was rejected, spans lines."""
        fields = " or ".join(f"contains({name}, chr(10))" for name in names)
        rejects = "contains(csv_line, chr(10))"
        return bool(
            self.run(f"select 1 from temp.landing_rows where {fields} limit 1")
            or self.run(f"select 1 from temp.landing_reader_errors where {rejects} limit 1")
        )

    def line_ends_inside(self, names: Sequence[str]) -> dict[int, int]:
        """How many line ends each file has inside its records."""
        source, file_index, _ = self.rows()
        fields = " || ".join(f"coalesce(rows.{name}, '')" for name in names)
        has_any = " or ".join(f"contains(rows.{name}, chr(10))" for name in names)
        return dict(
            self.run(
                f"""
                select file_index, sum(length(text) - length(replace(text, chr(10), '')))::bigint
                from (
                    select {file_index} as file_index, {fields} as text
                    from {source} where {has_any}
                    union all
                    select file_index, original_text from temp.landing_rejects
                )
                group by file_index
                """
            )
        )

    def collect_rejects(self, header_lines: int) -> list[int]:
        """Take over what the reader rejected; returns the indices of files with rejects.

        Rows behind a reject are shifted by it, as their positions count it too.
        """
        cases = " ".join(f"when '{kind}' then '{text}'" for kind, text in _REASONS.items())
        self.run(
            f"""
            insert into landing_rejects
            select
                files.file_index,
                errors.line - {header_lines},
                case
                    when bool_or({_IS_OPEN_QUOTE}) then '{OPEN_QUOTE_REASON}'
                    else min(case errors.error_type::text {cases} else 'cannot be parsed' end)
                end,
                {storable("any_value(errors.csv_line)")}
            from temp.landing_reader_errors as errors
            inner join temp.landing_reader_scans as scans
                on errors.scan_id = scans.scan_id and errors.file_id = scans.file_id
            inner join temp.landing_staged_files as files on scans.file_path = files.path
            group by files.file_index, errors.line
            """
        )
        # The reject at position p, the n-th of its file, stands behind p - n rows.
        self.run(
            """
            insert into landing_gaps
            select file_index, rows, max(shift)
            from (
                select
                    file_index,
                    position - row_number() over by_position + 1 as rows,
                    row_number() over by_position as shift
                from temp.landing_rejects
                window by_position as (partition by file_index order by position)
            )
            group by file_index, rows
            """
        )
        return [i for (i,) in self.run("select distinct file_index from temp.landing_rejects")]

    def rows(self) -> tuple[str, str, str]:
        """SQL for the source of all rows, the index of a row's file, and the row's position."""
        if len(self._paths) == 1:
            source, file_index, position = "temp.landing_rows as rows", "0", "rows.rowid + 1"
        else:
            source = (
                "temp.landing_rows as rows "
                "inner join temp.landing_staged_files as files on rows.filename = files.path"
            )
            file_index, position = "files.file_index", "rows.rowid - files.first_id + 1"
        if self.run("select 1 from temp.landing_gaps limit 1"):
            source += (
                f" asof left join temp.landing_gaps as gaps "
                f"on {file_index} = gaps.file_index and {position} >= gaps.rows"
            )
            position += " + coalesce(gaps.shift, 0)"
        return source, file_index, position

    def kept_rows(self) -> tuple[str, str, str]:
        """As `rows`, without those that were set aside."""
        source, file_index, position = self.rows()
        if self.run("select 1 from temp.landing_skipped limit 1"):
            source += " anti join temp.landing_skipped as skipped on rows.rowid = skipped.id"
        return source, file_index, position

    def skip_nul(self, names: Sequence[str], delimiter: str, position: str = "") -> None:
        """Set aside rows that PostgreSQL could not store; DuckDB leaves them out alike."""
        found = " or ".join(f"contains(rows.{name}, chr(0))" for name in names)
        fields = ", ".join(f"coalesce(rows.{name}, '')" for name in names)
        original = f"concat_ws({literal(delimiter)}, {fields})"
        source, file_index, counted_position = self.rows()
        self.run(
            f"""
            insert into landing_skipped
            select
                rows.rowid, {file_index}, {position or counted_position}, '{NUL_REASON}',
                {storable(original)}
            from {source}
            where {found}
            """
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
            own_columns: Indices of the columns that each file has, where it may lack some.
            types: Types of the columns, where the format has them.
            extra_lines: Lines of each file that are neither row nor reject.
        """
        rejects_of_reader = dict(
            self.run("select file_index, count(*) from temp.landing_rejects group by all")
        )
        self.run(
            "insert into landing_rejects select file_index, position, reason, original_text "
            "from temp.landing_skipped where reason is not null"
        )
        counts = self.run(
            f"""
            select
                files.file_index, coalesce(kept.n, 0), coalesce(rejected.n, 0), files.row_count
            from temp.landing_staged_files as files
            left join (
                select file_index, count(*) as n from ({query}) group by all
            ) as kept on files.file_index = kept.file_index
            left join (
                select file_index, count(*) as n from temp.landing_rejects group by all
            ) as rejected on files.file_index = rejected.file_index
            order by files.file_index
            """
        )
        inferred = {} if types else self._infer(query, len(columns))
        files = []
        for index, kept, rejected, read in counts:
            found = types or inferred.get(index) or [None] * len(columns)
            own = own_columns.get(index, ()) if own_columns is not None else range(len(columns))
            lines = read + rejects_of_reader.get(index, 0) + (extra_lines or {}).get(index, 0)
            files.append(StagedFile({i: found[i] for i in own}, kept, rejected, lines))
        return Staged(files=tuple(files), columns=tuple(columns), query=query)

    def _infer(self, query: str, column_count: int) -> dict[int, Sequence[str | None]]:
        """The type of each column from the first rows of each file."""
        if not column_count:
            return {}
        kinds = ", ".join(type_of(f"v{i}") for i in range(column_count))
        rows = self.run(
            f"""
            select file_index, {kinds}
            from ({query}) where position <= {SAMPLE_ROWS}
            group by file_index
            """
        )
        return {index: types for index, *types in rows}


def _as_unreadable(error: duckdb.Error) -> UnreadableFileError:
    """The reader's error without whatever it quotes of the file."""
    message = str(error).lower()
    if "no space left" in message or isinstance(error, duckdb.OutOfMemoryException):
        raise LandingError("DuckDB ran out of memory or disk space while reading a file.") from None
    kind = re.sub(r"(?<!^)([A-Z])", r" \1", type(error).__name__.removesuffix("Exception"))
    return UnreadableFileError(f"DuckDB cannot read the file ({kind.lower()} error)")
