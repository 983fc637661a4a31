"""Files of one shape into the staging area, by the fastest reader that can read them."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

from cdp.landing.candidate import Candidate
from cdp.landing.contents import count_blank_lines, is_size_of_lines, text_facts
from cdp.landing.delimited import stage_delimited, stage_recovered
from cdp.landing.errors import DamagedTextError
from cdp.landing.objects import stage_objects, stage_recovered_lines
from cdp.landing.parquet import stage_parquet
from cdp.landing.staged import Staged
from cdp.landing.staging import StagingArea

logger = logging.getLogger(__name__)


def stage_files(area: StagingArea, group: Sequence[Candidate], folder: Path, limit: int) -> Staged:
    """Stage files of one shape.

    Args:
        area: Where to stage them.
        group: The files.
        folder: Temporary directory for cleaned copies.
        limit: How many bytes a Parquet file may hold.

    Raises `UnreadableFileError` if one cannot be read, and `DamagedTextError` if one of several
    has to be read by itself.
    """
    file, header = group[0].file, group[0].header
    paths = [candidate.local for candidate in group]
    if file.file_format == "parquet":
        return stage_parquet(area, paths[0], limit)
    try:
        if header:
            facts = [candidate.facts for candidate in group if candidate.facts]
            staged = stage_delimited(area, paths, header, facts)
        else:
            staged = stage_objects(area, paths)
        if not _is_whole(staged, group):
            raise DamagedTextError("lines that the reader lost")
    except DamagedTextError as damage:
        if len(group) > 1:
            raise
        logger.info("%s is damaged (%s): reading it record by record", file.path, damage)
    else:
        return staged
    if header:
        return stage_recovered(area, paths[0], header, folder)
    return stage_recovered_lines(area, paths[0], folder)


def _is_whole(staged: Staged, group: Sequence[Candidate]) -> bool:
    """Whether every line of the files came out of the reader, as a row or a reject."""
    for found, candidate in zip(staged.files, group, strict=True):
        path = candidate.local
        if found.byte_count is not None and is_size_of_lines(path, found.byte_count):
            continue
        line_count = (candidate.facts or text_facts(path)).line_count
        # The reader does not count blank lines of a CSV. Those inside of quotes are no such lines.
        has_blank = candidate.facts is not None and not candidate.facts.has_quote
        blank_count = count_blank_lines(path) if has_blank and found.line_count != line_count else 0
        if found.line_count + blank_count != line_count:
            return False
    return True
