"""JSONL files into the staging area: one object a line, its top-level keys the columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from cdp.landing.errors import DamagedTextError, UnreadableFileError
from cdp.landing.salvage import normalise_line_ends
from cdp.landing.staged import (
    MOST_COLUMNS,
    NUL_REASON,
    TOO_MANY_COLUMNS,
    Staged,
    literal,
    storable,
)
from cdp.landing.staging import StagingArea

# Cases, because DuckDB evaluates both sides of an `or`.
_IS_OBJECT = """case
    when rows.line[1] = '{' then true else starts_with(ltrim(rows.line, ' \t'), '{')
end"""
# The escape of a NUL character, and not an escaped backslash before these letters.
_HAS_NUL = r"""case
    when contains(rows.line, '\u0000')
        then regexp_matches(rows.line, '(^|[^\\])(\\\\)*\\u0000')
    else false
end"""
_KEYS = "try(json_keys(rows.line))"
_REASON = f"""
    case
        when trim(rows.line, ' \t') = '' then null
        when not {_IS_OBJECT} then 'not a JSON object'
        when {_KEYS} is null and not ends_with(rtrim(rows.line), '}}')
            then 'malformed JSON: the line ends before the object does'
        when {_KEYS} is null then 'malformed JSON'
        else '{NUL_REASON}'
    end"""


def stage_objects(area: StagingArea, paths: Sequence[Path]) -> Staged:
    """Stage files of JSON objects; blank lines are in `line_count`.

    Raises `DamagedTextError` where line ends differ within a file, and `UnreadableFileError`
    where one cannot be read.
    """
    # Lines are read as a CSV of one column, whose delimiter no JSON can hold.
    area.read_text(paths, ["line"], "\x01", has_header=False, quote_character="")
    has_rejects = bool(area.collect_rejects(header_lines=0))
    keys = _examine(area)
    names = list(dict.fromkeys(name for own in keys.values() for name in own))
    if len(names) > MOST_COLUMNS:
        raise UnreadableFileError(TOO_MANY_COLUMNS)
    index_of = {name: i for i, name in enumerate(names)}
    staged = area.finish(
        names,
        _query(area, names),
        own_columns={index: [index_of[name] for name in own] for index, own in keys.items()},
    )
    if has_rejects:
        return staged
    sizes = _byte_counts(area)
    files = [replace(file, byte_count=sizes.get(i, 0)) for i, file in enumerate(staged.files)]
    return replace(staged, files=tuple(files))


def stage_normalised(area: StagingArea, path: Path, spool: Path) -> Staged:
    """Stage a file whose line ends differ; raises `UnreadableFileError` if even that fails."""
    clean = spool / "clean"
    try:
        normalise_line_ends(path, clean)
        return stage_objects(area, [clean])
    except DamagedTextError as error:
        raise UnreadableFileError(f"the file cannot be read as lines: {error}") from None
    finally:
        clean.unlink(missing_ok=True)


def _byte_counts(area: StagingArea) -> dict[int, int]:
    source, file_index, _ = area.rows()
    return dict(
        area.run(
            f"select {file_index}, sum(coalesce(strlen(rows.line), 0) + 1)::bigint "
            f"from {source} group by all"
        )
    )


def _examine(area: StagingArea) -> dict[int, list[str]]:
    """Find the keys of each file, and set aside the lines that hold no object to be stored."""
    source, file_index, position = area.rows()
    groups = area.run(
        f"""
        select file_index, keys, is_bad, min(id)
        from (
            select
                {file_index} as file_index,
                {_KEYS} as keys,
                not {_IS_OBJECT} or {_HAS_NUL} as is_bad,
                rows.rowid as id
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
        area.run(
            f"""
            insert into landing_skipped
            select rows.rowid, {file_index}, {position}, {_REASON}, {storable("rows.line")}
            from {source}
            where
                rows.line is not null
                and (not {_IS_OBJECT} or {_KEYS} is null or {_HAS_NUL})
            """
        )
    return {index: list(names) for index, names in keys.items()}


def _query(area: StagingArea, names: Sequence[str]) -> str:
    source, file_index, position = area.kept_rows()
    selected = f"{file_index} as file_index, {position} as position"
    if not names:
        return f"select {selected} from {source} where rows.line is not null"
    if _can_be_fields(names):
        fields = ", ".join(f'"{_escaped(name)}": "VARCHAR"' for name in names)
        parsed = f"json_transform(rows.line, {literal('{' + fields + '}')})"
        values = [f"struct_extract(parsed, {literal(name)})" for name in names]
    else:
        pointers = [literal("/" + name.replace("~", "~0").replace("/", "~1")) for name in names]
        parsed = f"json_extract_string(rows.line, [{', '.join(pointers)}])"
        values = [f"parsed[{i}]" for i in range(1, len(names) + 1)]
    # Parsed in a select of its own, so that each line is parsed once for all columns.
    return (
        f"select file_index, position, {', '.join(f'{v} as v{i}' for i, v in enumerate(values))} "
        f"from (select {selected}, {parsed} as parsed from {source} where rows.line is not null)"
    )


def _can_be_fields(names: Sequence[str]) -> bool:
    """Whether a struct can have these fields: none empty, no two differing in case only."""
    folded = {name.lower() for name in names}
    return len(folded) == len(names) and "" not in folded


def _escaped(name: str) -> str:
    """A key inside the quotes of JSON."""
    return "".join(
        f"\\u{ord(character):04x}" if character in '"\\' or ord(character) < 32 else character
        for character in name
    )
