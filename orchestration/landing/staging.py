"""Files parsed by DuckDB's readers into temporary tables, before anything of them is landed.

Whatever is wrong with a file shows here, outside the transaction that lands it. The table of rows
is filled in parallel and yet in the order of the file, so that its row ids give the positions;
DuckDB spills it to disk where it does not fit its memory limit.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from orchestration.landing.errors import DamagedTextError, LandingError, UnreadableFileError
from orchestration.landing.headers import Header
from orchestration.landing.salvage import has_blank_line
from orchestration.warehouse import quote

# Longer lines are quarantined.
LONGEST_LINE_BYTES = 16 << 20
# DuckDB's own choice is 16 times the longest line, for each thread.
_BUFFER_BYTES = 2 * LONGEST_LINE_BYTES
# How much of a line goes to quarantine.
_LONGEST_ORIGINAL_BYTES = 1 << 20
# Rows of each file that its column types are inferred from.
_SAMPLE_ROWS = 200

_NUL_REASON = "holds a NUL character, which a text column cannot store"
_REASONS = {
    "MISSING COLUMNS": "too few fields",
    "TOO MANY COLUMNS": "too many fields",
    "INVALID ENCODING": "not valid UTF-8",
    "UNQUOTED VALUE": "quotes out of place",
    "LINE SIZE OVER MAXIMUM": "line too long",
}
_TABLES = (
    "landing_rows",
    "landing_staged_files",
    "landing_rejects",
    "landing_gaps",
    "landing_skipped",
    "landing_reader_errors",
    "landing_reader_scans",
)


@dataclass(frozen=True)
class StagedFile:
    """What staging found in one file.

    Attributes:
        types: Type of each of its columns, by index in `Staged.columns` and in the file's order;
            None where the sample held no value.
        row_count: Rows to be landed.
        quarantined_row_count: Rows that cannot be parsed.
    """

    types: dict[int, str | None]
    row_count: int
    quarantined_row_count: int


@dataclass(frozen=True)
class Staged:
    """Files of one shape in the temporary tables of the connection, ready to be landed.

    Attributes:
        files: What was found in each file, in the order given.
        columns: Source columns of all files together.
        expressions: SQL for each column.
        file_index: SQL for the index in `files` of the file that a row is of.
        position: SQL for the row's position in its file.
        source: What follows `from`.
        condition: What follows it to leave out blank lines; may be empty.
    """

    files: tuple[StagedFile, ...]
    columns: tuple[str, ...]
    expressions: tuple[str, ...]
    file_index: str
    position: str
    source: str
    condition: str


def literal(value: str) -> str:
    """A text as SQL literal of DuckDB."""
    return "'" + value.replace("'", "''") + "'"


class Staging:
    """Stages files through one DuckDB connection; each call replaces what was staged before."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def clear(self) -> None:
        """Drop what was staged."""
        for table in _TABLES:
            self._run(f"drop table if exists temp.{table}")

    def stage_delimited(self, paths: Sequence[Path], header: Header) -> Staged:
        """Stage CSV or TSV files that share a header.

        Raises `DamagedTextError` where one of them must be read record by record, and
        `UnreadableFileError` where nothing can be read.
        """
        names = [f"c{i}" for i in range(len(header.columns))]
        self._begin()
        self._read_text(paths, names, header.delimiter, has_header=True)
        if self._has_line_end_inside(names):
            # Threads that start in the middle of such a field take its lines for rows.
            self._begin()
            self._read_text(paths, names, header.delimiter, has_header=True, is_parallel=False)
        self._collect_rejects(header_lines=1)
        rejected = self._run(
            "select file_index, bool_or(reason = 'unterminated quote') "
            "from temp.landing_rejects group by file_index"
        )
        for file_index, has_open_quote in rejected:
            if has_open_quote:
                raise DamagedTextError("unterminated quote")
            # The reader counts blank lines in the position of an error, but not among the rows.
            if len(names) > 1 and has_blank_line(paths[file_index]):
                raise DamagedTextError("blank lines beside a line that cannot be parsed")
        self._skip_nul(names, header.delimiter)
        return self._finish(len(paths), list(header.columns), [f"rows.{name}" for name in names])

    def stage_salvaged(self, clean: Path, rejects: Path, header: Header) -> Staged:
        """Stage what `salvage_delimited` made of a damaged file."""
        self._begin()
        names = [f"c{i}" for i in range(len(header.columns))]
        self._read_text(
            [clean], ["position", *names], header.delimiter, has_header=False, is_parallel=False
        )
        if self._run("select 1 from temp.landing_reader_errors limit 1"):
            raise UnreadableFileError("the file cannot be parsed as CSV")
        if rejects.stat().st_size:
            self._run(
                f"""
                insert into landing_rejects
                select 0, position, reason, {_storable("original_text")}
                from read_csv(
                    {literal(str(rejects))}, auto_detect = false, header = false, delim = ',',
                    quote = '"', escape = '"', parallel = false,
                    max_line_size = {_BUFFER_BYTES}, columns = {{
                        'position': 'BIGINT', 'reason': 'VARCHAR', 'original_text': 'VARCHAR'
                    }}
                )
                """
            )
        self._skip_nul(names, header.delimiter, position="rows.position::bigint")
        return self._finish(
            1,
            list(header.columns),
            [f"rows.{name}" for name in names],
            position="rows.position::bigint",
        )

    def stage_lines(self, paths: Sequence[Path]) -> Staged:
        """Stage JSONL files, whose every line is an object.

        Raises `DamagedTextError` where line ends differ within a file, and `UnreadableFileError`
        where nothing can be read.
        """
        self._begin()
        self._read_text(paths, ["line"], "\x01", has_header=False, quote_character="")
        self._collect_rejects(header_lines=0)
        keys = self._examine_objects()
        names = list(dict.fromkeys(name for names in keys.values() for name in names))
        return self._finish(len(paths), names, _json_expressions(names), keys=keys)

    def stage_parquet(self, paths: Sequence[Path]) -> Staged:
        """Stage Parquet files of one schema; raises `UnreadableFileError` where one is bad."""
        self._begin()
        source = f"read_parquet({_paths(paths)}"
        try:
            described = self._run(f"describe select * from {source}, hive_partitioning = false)")
            columns = [(name, kind) for name, kind, *_ in described]
            casts = [
                f"{_parquet_text(quote(name), kind)} as c{i}"
                for i, (name, kind) in enumerate(columns)
            ]
            filename = ", _landing_path as filename" if len(paths) > 1 else ""
            self._run(
                f"create temp table landing_rows as select {', '.join(casts)}{filename} "
                f"from {source}, filename = '_landing_path', hive_partitioning = false)"
            )
        except duckdb.Error as error:
            raise _as_unreadable(error) from None
        self._index_files(paths)
        names = [f"c{i}" for i in range(len(columns))]
        self._skip_nul(names, ",")
        return self._finish(
            len(paths),
            [name for name, _ in columns],
            [f"rows.{name}" for name in names],
            types=[kind for _, kind in columns],
        )

    def _run(self, statement: str) -> list[tuple[Any, ...]]:
        cursor = self._connection.execute(statement)
        return cursor.fetchall() if cursor.description else []

    def _begin(self) -> None:
        self.clear()
        # Row ids give the positions of rows. Other connections of this process may set it globally.
        self._run("set session preserve_insertion_order = true")
        self._run(
            "create temp table landing_rejects "
            "(file_index integer, position bigint, reason text, original_text text)"
        )
        self._run("create temp table landing_gaps (file_index integer, rows bigint, shift bigint)")
        self._run(
            "create temp table landing_skipped "
            "(id bigint, file_index integer, position bigint, reason text, original_text text)"
        )

    def _read_text(
        self,
        paths: Sequence[Path],
        names: Sequence[str],
        delimiter: str,
        *,
        has_header: bool,
        quote_character: str = '"',
        is_parallel: bool = True,
    ) -> None:
        columns = ", ".join(f"'{name}': 'VARCHAR'" for name in names)
        is_many = len(paths) > 1
        try:
            self._run(
                f"""
                create temp table landing_rows as
                select {", ".join([*names, "filename"] if is_many else names)}
                from read_csv(
                    {_paths(paths)}, columns = {{{columns}}}, auto_detect = false,
                    header = {has_header}, delim = {literal(delimiter)},
                    quote = {literal(quote_character)}, escape = {literal(quote_character)},
                    filename = {is_many}, hive_partitioning = false, parallel = {is_parallel},
                    max_line_size = {LONGEST_LINE_BYTES}, buffer_size = {_BUFFER_BYTES},
                    store_rejects = true, rejects_limit = 0,
                    rejects_line_size_limit = {_LONGEST_ORIGINAL_BYTES},
                    rejects_table = 'landing_reader_errors', rejects_scan = 'landing_reader_scans'
                )
                """
            )
        except duckdb.InvalidInputException:
            raise DamagedTextError("mixed line ends or quotes out of place") from None
        except duckdb.Error as error:
            raise _as_unreadable(error) from None
        self._index_files(paths)

    def _index_files(self, paths: Sequence[Path]) -> None:
        """Where in the table of rows each file begins."""
        self._run(
            "create temp table landing_staged_files "
            "(file_index integer, path text, first_id bigint, row_count bigint)"
        )
        values = ", ".join(f"({i}, {literal(str(path))})" for i, path in enumerate(paths))
        grouped = "filename as path," if len(paths) > 1 else f"{literal(str(paths[0]))} as path,"
        self._run(
            f"""
            insert into landing_staged_files
            select paths.file_index, paths.path, found.first_id, coalesce(found.row_count, 0)
            from (values {values}) as paths (file_index, path)
            left join (
                select {grouped} min(rowid) as first_id, count(*) as row_count
                from temp.landing_rows group by all
            ) as found on paths.path = found.path
            """
        )
        self._is_single = len(paths) == 1

    def _has_line_end_inside(self, names: Sequence[str]) -> bool:
        """Whether a field, or a line that was rejected, spans lines."""
        fields = " or ".join(f"contains({name}, chr(10))" for name in names)
        return bool(
            self._run(
                f"""
                (select 1 from temp.landing_rows where {fields} limit 1)
                union all
                (
                    select 1 from temp.landing_reader_errors
                    where contains(csv_line, chr(10)) limit 1
                )
                """
            )
        )

    def _collect_rejects(self, header_lines: int) -> None:
        """Take over what the reader rejected, and by how much that shifts the rows behind it."""
        cases = " ".join(f"when '{kind}' then '{text}'" for kind, text in _REASONS.items())
        # Of a quote that is closed on its own line, the rows behind do not suffer.
        self._run(
            f"""
            insert into landing_rejects
            select
                files.file_index,
                errors.line - {header_lines},
                case
                    when bool_or(
                        errors.error_type in ('UNQUOTED VALUE', 'LINE SIZE OVER MAXIMUM')
                        and contains(errors.csv_line, chr(10))
                    )
                        then 'unterminated quote'
                    else min(case errors.error_type::text {cases} else 'cannot be parsed' end)
                end,
                {_storable("any_value(errors.csv_line)")}
            from landing_reader_errors as errors
            inner join landing_reader_scans as scans
                on errors.scan_id = scans.scan_id and errors.file_id = scans.file_id
            inner join landing_staged_files as files on scans.file_path = files.path
            group by files.file_index, errors.line
            """
        )
        # The reject at position p, the n-th of its file, stands behind p - n rows.
        self._run(
            """
            insert into landing_gaps
            select file_index, rows, max(shift)
            from (
                select
                    file_index,
                    position - row_number() over by_position + 1 as rows,
                    row_number() over by_position as shift
                from landing_rejects
                window by_position as (partition by file_index order by position)
            )
            group by file_index, rows
            """
        )

    def _from(self) -> tuple[str, str, str]:
        """SQL for the source of all rows, the index of a row's file, and the row's position."""
        if self._is_single:
            source, file_index, position = "temp.landing_rows as rows", "0", "rows.rowid + 1"
        else:
            source = (
                "temp.landing_rows as rows "
                "inner join temp.landing_staged_files as files on rows.filename = files.path"
            )
            file_index, position = "files.file_index", "rows.rowid - files.first_id + 1"
        if self._run("select 1 from temp.landing_gaps limit 1"):
            source += (
                f" asof left join temp.landing_gaps as gaps "
                f"on {file_index} = gaps.file_index and {position} >= gaps.rows"
            )
            position += " + coalesce(gaps.shift, 0)"
        return source, file_index, position

    def _skip_nul(self, names: Sequence[str], delimiter: str, position: str = "") -> None:
        """Set aside rows that PostgreSQL could not store; DuckDB leaves them out alike."""
        found = " or ".join(f"contains(rows.{name}, chr(0))" for name in names)
        fields = ", ".join(f"coalesce(rows.{name}, '')" for name in names)
        original = f"concat_ws({literal(delimiter)}, {fields})"
        source, file_index, counted_position = self._from()
        self._run(
            f"""
            insert into landing_skipped
            select
                rows.rowid, {file_index}, {position or counted_position}, '{_NUL_REASON}',
                {_storable(original)}
            from {source}
            where {found}
            """
        )

    def _examine_objects(self) -> dict[int, list[str]]:
        """Find the keys of each file, and set aside the lines that are no object."""
        source, file_index, position = self._from()
        is_object = "(rows.line[1] = '{' or starts_with(ltrim(rows.line, ' \t'), '{'))"
        nul = r"regexp_matches(rows.line, '(^|[^\\])(\\\\)*\\u0000')"
        reason = f"""
            case
                when trim(rows.line, ' \t') = '' then null
                when not {is_object} then 'not a JSON object'
                when try(json_keys(rows.line)) is null and not ends_with(rtrim(rows.line), '}}')
                    then 'malformed JSON: the line ends before the object does'
                when try(json_keys(rows.line)) is null then 'malformed JSON'
                else '{_NUL_REASON}'
            end"""
        groups = self._run(
            f"""
            select file_index, keys, is_bad, min(id)
            from (
                select
                    {file_index} as file_index,
                    rows.rowid as id,
                    try(json_keys(rows.line)) as keys,
                    not {is_object} or contains(rows.line, '\\u0000') as is_bad
                from {source}
                where rows.line is not null
            )
            group by all
            order by 1, 4
            """
        )
        keys: dict[int, dict[str, None]] = {}
        for index, names, is_bad, _ in groups:
            if names is not None and not is_bad:
                keys.setdefault(index, {}).update(dict.fromkeys(names))
        if any(is_bad or names is None for _, names, is_bad, _ in groups):
            self._run(
                f"""
                insert into landing_skipped
                select
                    rows.rowid, {file_index}, {position}, {reason}, {_storable("rows.line")}
                from {source}
                where
                    rows.line is not null
                    and (
                        not {is_object}
                        or try(json_keys(rows.line)) is null
                        or (contains(rows.line, '\\u0000') and {nul})
                    )
                """
            )
            keys_of_kept = self._run(
                f"""
                select distinct {file_index}, json_keys(rows.line), min(rows.rowid)
                from {source}
                where
                    contains(rows.line, '\\u0000')
                    and not exists (
                        select 1 from temp.landing_skipped as skipped where skipped.id = rows.rowid
                    )
                group by all order by 1, 3
                """
            )
            for index, names, _ in keys_of_kept:
                keys.setdefault(index, {}).update(dict.fromkeys(names))
        return {index: list(names) for index, names in keys.items()}

    def _finish(
        self,
        file_count: int,
        columns: list[str],
        expressions: list[str],
        *,
        position: str | None = None,
        keys: dict[int, list[str]] | None = None,
        types: list[str] | None = None,
    ) -> Staged:
        source, file_index, counted_position = self._from()
        condition = "where rows.line is not null" if keys is not None else ""
        if self._run("select 1 from temp.landing_skipped limit 1"):
            source += " anti join temp.landing_skipped as skipped on rows.rowid = skipped.id"
        self._run(
            "insert into landing_rejects select file_index, position, reason, original_text "
            "from landing_skipped where reason is not null"
        )
        counts = {
            index: (kept, rejected)
            for index, kept, rejected in self._run(
                f"""
                select files.file_index, coalesce(kept.n, 0), coalesce(rejected.n, 0)
                from temp.landing_staged_files as files
                left join (
                    select {file_index} as file_index, count(*) as n
                    from {source} {condition} group by all
                ) as kept on files.file_index = kept.file_index
                left join (
                    select file_index, count(*) as n from temp.landing_rejects group by all
                ) as rejected on files.file_index = rejected.file_index
                """
            )
        }
        inferred = {} if types else self._infer(f"{source} {condition}", file_index, expressions)
        index_of = {name: i for i, name in enumerate(columns)}
        files = []
        for index in range(file_count):
            found: Sequence[str | None] = types or inferred.get(index) or [None] * len(columns)
            names = columns if keys is None else keys.get(index, [])
            own = range(len(columns)) if keys is None else [index_of[name] for name in names]
            files.append(StagedFile({i: found[i] for i in own}, *counts[index]))
        return Staged(
            files=tuple(files),
            columns=tuple(columns),
            expressions=tuple(expressions),
            file_index=file_index,
            position=position or counted_position,
            source=source,
            condition=condition,
        )

    def _infer(
        self, source: str, file_index: str, expressions: Sequence[str]
    ) -> dict[int, tuple[str | None, ...]]:
        """The type of each column from the first rows of each file."""
        if not expressions:
            return {}
        first = "" if self._is_single else "- files.first_id"
        joiner = "and" if " where " in source else "where"
        sampled = ", ".join(f"{text} as v{i}" for i, text in enumerate(expressions))
        kinds = ", ".join(_type_of(f"v{i}") for i in range(len(expressions)))
        rows = self._run(
            f"""
            select file_index, {kinds}
            from (
                select {file_index} as file_index, {sampled}
                from {source} {joiner} rows.rowid {first} < {_SAMPLE_ROWS}
            )
            group by file_index
            """
        )
        return {row[0]: row[1:] for row in rows}


def _paths(paths: Sequence[Path]) -> str:
    return "[" + ", ".join(literal(str(path)) for path in paths) + "]"


def _storable(text: str) -> str:
    """Original text as far as a text column can hold it."""
    return f"replace({text}, chr(0), '\ufffd')"


def _json_expressions(names: Sequence[str]) -> list[str]:
    """SQL that takes each top-level key out of `rows.line` as text."""
    folded = {name.lower() for name in names}
    if len(folded) == len(names) and "" not in folded:
        structure = "{" + ", ".join(f'"{_json_escaped(name)}": "VARCHAR"' for name in names) + "}"
        # One expression for all columns, so that DuckDB parses each line once.
        parsed = f"json_transform(rows.line, {literal(structure)})"
        return [f"struct_extract({parsed}, {literal(name)})" for name in names]
    # A struct cannot have fields that differ in case only.
    pointers = [literal("/" + name.replace("~", "~0").replace("/", "~1")) for name in names]
    extracted = f"json_extract_string(rows.line, [{', '.join(pointers)}])"
    return [f"({extracted})[{i}]" for i in range(1, len(names) + 1)]


def _json_escaped(name: str) -> str:
    return "".join(
        f"\\u{ord(character):04x}" if character in '"\\' or ord(character) < 32 else character
        for character in name
    )


def _type_of(value: str) -> str:
    """SQL that aggregates the type of all values of a column; null where there is none."""
    number = rf"regexp_matches({value}, '^[-+]?[0-9]*\.?[0-9]+([eE][-+]?[0-9]+)?$')"
    return f"""
        case max(
            case
                when {value} is null then null
                when {number} then
                    case
                        when try_cast({value} as bigint) is null or contains({value}, '.') then 2
                        else 1
                    end
                when regexp_matches({value}, '^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}') then
                    case
                        when length({value}) = 10 and try_cast({value} as date) is not null then 4
                        when try_cast({value} as timestamptz) is not null then 8
                        else 64
                    end
                when {value} in ('true', 'false') then 16
                when {value}[1] in ('{{', '[') and json_valid({value}) then 32
                else 64
            end
        )
            when 1 then 'BIGINT' when 2 then 'DOUBLE' when 4 then 'DATE' when 8 then 'TIMESTAMP'
            when 16 then 'BOOLEAN' when 32 then 'JSON' when 64 then 'VARCHAR'
        end"""


def _parquet_text(column: str, kind: str) -> str:
    """SQL that turns a Parquet column into text without losing anything."""
    if kind.endswith("]") or kind.startswith(("STRUCT", "MAP", "UNION")):
        return f"to_json({column})::varchar"
    return f"{column}::varchar"


def _as_unreadable(error: duckdb.Error) -> UnreadableFileError:
    """The reader's error without whatever it quotes of the file."""
    message = str(error)
    lowered = message.lower()
    if "no space left" in lowered or isinstance(error, duckdb.OutOfMemoryException):
        raise LandingError("DuckDB ran out of memory or disk space while reading a file.") from None
    if "gzip" in lowered:
        return UnreadableFileError("corrupt gzip: the stream ends early or is not gzip at all")
    if "parquet" in lowered or "magic bytes" in lowered or "thrift" in lowered:
        return UnreadableFileError("not a Parquet file, or a damaged one")
    kind = re.sub(r"(?<!^)([A-Z])", r" \1", type(error).__name__.removesuffix("Exception"))
    return UnreadableFileError(f"DuckDB cannot read the file ({kind.lower()} error)")
