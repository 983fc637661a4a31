"""JSONL files into the staging area: one object per line, its top-level keys the columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from cdp.landing.errors import UnreadableFileError
from cdp.landing.recovery import read_recovered, recover_lines
from cdp.landing.staged import MAX_COLUMNS, NUL_REASON, TOO_MANY_COLUMNS, Staged
from cdp.landing.staging import StagingArea
from cdp.warehouse.queries import literal


def stage_objects(area: StagingArea, paths: Sequence[Path]) -> Staged:
    """Stage files of JSON objects; blank lines are in `line_count`.

    Raises `DamagedTextError` if line ends differ within a file, and `UnreadableFileError` if
    one cannot be read.
    """
    # Lines are read as a CSV of one column; JSON cannot contain its delimiter.
    area.read_text(paths, ["line"], "\x01", has_header=False, quote_character="")
    has_rejects = bool(area.collect_rejects(header_lines=0))
    staged = _stage(area)
    if has_rejects:
        return staged
    sizes = _byte_counts(area)
    files = [replace(file, byte_count=sizes.get(i, 0)) for i, file in enumerate(staged.files)]
    return replace(staged, files=tuple(files))


def _stage(area: StagingArea) -> Staged:
    keys = _examine(area)
    names = list(dict.fromkeys(name for own in keys.values() for name in own))
    if len(names) > MAX_COLUMNS:
        raise UnreadableFileError(TOO_MANY_COLUMNS)
    index_of = {name: i for i, name in enumerate(names)}
    return area.finish(
        names,
        _query(area, names),
        own_columns={index: [index_of[name] for name in own] for index, own in keys.items()},
    )


def stage_recovered_lines(area: StagingArea, path: Path, folder: Path) -> Staged:
    """Stage a damaged file line by line, with copies in `folder`.

    Raises `UnreadableFileError` if even that fails.
    """
    read_recovered(
        area,
        folder,
        lambda clean, rejects: recover_lines(path, clean, rejects),
        ["line"],
        "\x01",
        quote_character="",
        failure="the file cannot be read as lines",
    )
    return _stage(area)


def _byte_counts(area: StagingArea) -> dict[int, int]:
    source, file_index, _ = area.rows()
    return dict(
        area.execute(
            f"select {file_index}, sum(coalesce(strlen(rows.line), 0) + 1)::bigint "
            f"from {source} group by all"
        )
    )


def _examine(area: StagingArea) -> dict[int, list[str]]:
    """Find the keys of each file, and set aside lines that cannot be stored as an object."""
    rows = area.rows()._asdict()
    groups = area.run("json_lines", skips=False, **rows)
    keys: dict[int, dict[str, None]] = {}
    for index, names, is_bad in groups:
        if names is not None and not is_bad:
            keys.setdefault(index, {}).update(dict.fromkeys(names))
    if any(is_bad or names is None for _, names, is_bad in groups):
        area.run("json_lines", skips=True, nul_reason=NUL_REASON, **rows)
    return {index: list(names) for index, names in keys.items()}


def _query(area: StagingArea, names: Sequence[str]) -> str:
    rows = area.kept_rows()
    is_line = "where rows.line is not null"
    if not names:
        return f"{rows.select([])} {is_line}"
    if _can_be_fields(names):
        fields = ", ".join(f'"{_escaped(name)}": "VARCHAR"' for name in names)
        parsed = f"json_transform(rows.line, {literal(f'{{{fields}}}')})"
        values = [f"struct_extract(v0, {literal(name)})" for name in names]
    else:
        pointers = [literal("/" + name.replace("~", "~0").replace("/", "~1")) for name in names]
        parsed = f"json_extract_string(rows.line, [{', '.join(pointers)}])"
        values = [f"v0[{i}]" for i in range(1, len(names) + 1)]
    # A subquery, so that each line is parsed once for all columns.
    named = ", ".join(f"{value} as v{i}" for i, value in enumerate(values))
    return f"select file_index, position, {named} from ({rows.select([parsed])} {is_line})"


def _can_be_fields(names: Sequence[str]) -> bool:
    """Whether a struct can have these fields: none empty, no two that differ in case only."""
    folded = {name.lower() for name in names}
    return len(folded) == len(names) and "" not in folded


def _escaped(name: str) -> str:
    """A key inside the quotes of JSON."""
    return "".join(
        f"\\u{ord(character):04x}" if character in '"\\' or ord(character) < 32 else character
        for character in name
    )
