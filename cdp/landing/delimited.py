"""CSV and TSV files into the staging area."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from cdp.landing.contents import TextFacts, count_blank_lines
from cdp.landing.errors import DamagedTextError
from cdp.landing.headers import Header
from cdp.landing.recovery import read_recovered, recover_delimited
from cdp.landing.staged import Staged
from cdp.landing.staging import StagingArea
from cdp.warehouse.queries import Sql


def stage_delimited(
    area: StagingArea, paths: Sequence[Path], header: Header, facts: Sequence[TextFacts]
) -> Staged:
    """Stage files that share a header; their blank lines are not in `line_count`.

    Raises `DamagedTextError` if one of them must be read record by record, and
    `UnreadableFileError` if one cannot be read.
    """
    if any(each.has_long_record for each in facts):
        raise DamagedTextError("a record that is too long")
    if any(each.has_many_short_records for each in facts):
        raise DamagedTextError("many records with too few fields")
    names = _names(header)
    _read(area, paths, header)
    if area.has_open_quote():
        raise DamagedTextError("unterminated quote")
    has_line_end_inside = any(each.has_quote for each in facts) and area.has_line_end_inside(names)
    if has_line_end_inside:
        # A thread that starts inside such a field would read its lines as rows.
        _read(area, paths, header, is_parallel=False)
        if area.has_open_quote():
            raise DamagedTextError("unterminated quote")
    for file_index in area.collect_rejects(header_lines=1):
        # The reader counts blank lines in the position of an error, but not among the rows.
        if len(names) > 1 and count_blank_lines(paths[file_index]):
            raise DamagedTextError("blank lines beside a record that cannot be parsed")
    lines_inside = area.line_ends_inside(names) if has_line_end_inside else {}
    if any(each.has_nul for each in facts):
        area.skip_nul(names, header.delimiter)
    return area.finish(
        header.columns,
        area.kept_rows().select(_values(header)),
        extra_lines={i: lines_inside.get(i, 0) + header.line_count for i in range(len(paths))},
    )


def stage_recovered(area: StagingArea, path: Path, header: Header, folder: Path) -> Staged:
    """Stage a damaged file record by record, with copies in `folder`.

    Raises `UnreadableFileError` if even that fails.
    """
    read_recovered(
        area,
        folder,
        lambda clean, rejects: recover_delimited(path, clean, rejects, header),
        ["position", *_names(header)],
        header.delimiter,
        failure="the file cannot be parsed as CSV",
    )
    position = "rows.position::bigint"
    area.skip_nul(_names(header), header.delimiter, position)
    rows = area.kept_rows()._replace(position=Sql(position))
    return area.finish(header.columns, rows.select(_values(header)))


def _read(
    area: StagingArea, paths: Sequence[Path], header: Header, *, is_parallel: bool = True
) -> None:
    area.read_text(
        paths,
        _names(header),
        header.delimiter,
        has_header=True,
        line_end=header.line_end,
        is_parallel=is_parallel,
    )


def _names(header: Header) -> list[str]:
    return [f"c{i}" for i in range(len(header.columns))]


def _values(header: Header) -> list[str]:
    return [f"rows.{name}" for name in _names(header)]
