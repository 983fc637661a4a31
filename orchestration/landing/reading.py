"""Files of one shape into the staging area, by the fastest reader that does them justice."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from orchestration.landing.candidate import Candidate
from orchestration.landing.contents import count_blank_lines, count_lines, is_size_of_lines
from orchestration.landing.delimited import stage_delimited, stage_salvaged
from orchestration.landing.errors import DamagedTextError
from orchestration.landing.headers import Header
from orchestration.landing.objects import stage_normalised, stage_objects
from orchestration.landing.parquet import stage_parquet
from orchestration.landing.staged import Staged
from orchestration.landing.staging import StagingArea

logger = logging.getLogger(__name__)


def stage_files(area: StagingArea, group: Sequence[Candidate], spool: Path) -> Staged:
    """Stage files of one shape.

    Raises `UnreadableFileError` where one cannot be read, and `DamagedTextError` where one of
    several has to be read by itself.
    """
    file, header = group[0].file, group[0].header
    paths = [candidate.local for candidate in group]
    if file.file_format == "parquet":
        return stage_parquet(area, paths[0])
    damage: str | None = None
    with ThreadPoolExecutor(1, "landing-lines") as pool:
        # Of a gzip file the checksum is looked at as well, which DuckDB does not.
        counts = [
            pool.submit(count_lines, path, file.is_gzipped)
            for path in paths
            if header or file.is_gzipped
        ]
        try:
            staged = _stage_text(area, paths, header)
        except DamagedTextError as error:
            damage = str(error)
        finally:
            # A corrupt gzip explains whatever else went wrong.
            line_counts = [count.result() for count in counts]
    if damage is None:
        if _is_whole(staged, paths, line_counts):
            return staged
        damage = "lines that came out as nothing"
    if len(group) > 1:
        raise DamagedTextError(damage)
    logger.info("%s is damaged (%s): reading it record by record", file.path, damage)
    if header:
        return stage_salvaged(area, paths[0], header, spool)
    return stage_normalised(area, paths[0], spool)


def _stage_text(area: StagingArea, paths: Sequence[Path], header: Header | None) -> Staged:
    if header:
        return stage_delimited(area, paths, header)
    return stage_objects(area, paths)


def _is_whole(staged: Staged, paths: Sequence[Path], line_counts: Sequence[int]) -> bool:
    """Whether every line of the files came out of the reader, as a row or a reject."""
    for i, (found, path) in enumerate(zip(staged.files, paths, strict=True)):
        if (
            not line_counts
            and found.byte_count is not None
            and is_size_of_lines(path, found.byte_count)
        ):
            continue
        line_count = line_counts[i] if line_counts else count_lines(path, is_gzipped=False)
        if found.line_count != line_count and (
            found.line_count + count_blank_lines(path) != line_count
        ):
            return False
    return True
