"""The bytes of a file: hash, decompression, and facts about its lines."""

from __future__ import annotations

import gzip
import hashlib
import os
import shutil
import zlib
from dataclasses import dataclass
from pathlib import Path

from cdp.landing import staging
from cdp.landing.errors import UnreadableFileError

CHUNK_BYTES = 1 << 20
TOO_LARGE = "its content is larger than CDP_LANDING_MAX_CONTENT or a fifth of the free space"
# The rows of a file are staged and written to the warehouse beside its content.
_SHARE_OF_FREE_SPACE = 5
# The part of each chunk that is looked at first, and samples it.
_HEAD_BYTES = 4096
_MANY_LINES = 500_000


def content_hash(path: Path) -> str:
    """SHA-256 of a file's bytes as stored, in hex."""
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def is_size_of_lines(path: Path, byte_count: int) -> bool:
    """Whether a file consists of lines with this many bytes, each including a line feed.

    A byte order mark and a missing line feed at the end are allowed for.
    """
    size = path.stat().st_size
    if not size:
        return byte_count == 0
    with path.open("rb") as content:
        mark = 3 if content.read(3) == b"\xef\xbb\xbf" else 0
        content.seek(-1, os.SEEK_END)
        is_ended = content.read(1) == b"\n"
    return size - mark == byte_count - (0 if is_ended else 1)


def content_limit(folder: Path, max_bytes: int | None) -> int:
    """How many bytes a compressed file may hold: as set, and a share of the free space at most."""
    free = shutil.disk_usage(folder).free // _SHARE_OF_FREE_SPACE
    return free if max_bytes is None else min(free, max_bytes)


def decompress(path: Path, plain: Path, limit: int) -> None:
    """Decompress a gzip file; raises `UnreadableFileError` if it is damaged or too large.

    DuckDB could read the file itself, but does not verify its checksum.
    """
    size = 0
    try:
        with gzip.open(path, "rb") as content, plain.open("wb") as target:
            while chunk := content.read(CHUNK_BYTES):
                size += len(chunk)
                if size > limit:
                    raise UnreadableFileError(TOO_LARGE)
                target.write(chunk)
    except (gzip.BadGzipFile, EOFError, zlib.error):
        raise UnreadableFileError(
            "corrupt gzip: the stream ends early, fails its checksum or is not gzip at all"
        ) from None


@dataclass(frozen=True)
class TextFacts:
    """Facts about a text file from one pass over its bytes.

    Attributes:
        line_count: Its lines, including a last one without line end.
        has_quote: Whether it contains a double quote.
        has_nul: Whether it contains a NUL character.
        has_long_record: Whether a record is about as long as DuckDB reads at most, or longer.
        has_many_short_records: Whether a large part of many records lack fields. DuckDB keeps a
            kilobyte of memory for each.
    """

    line_count: int
    has_quote: bool
    has_nul: bool
    has_long_record: bool
    has_many_short_records: bool


def text_facts(path: Path, delimiter: str = ",", column_count: int = 1) -> TextFacts:
    """Read a file once to find its facts."""
    sampled_lines, sampled_delimiters = 0, 0
    count, last, quotes, has_nul = 0, b"\n", 0, False
    without_end, longest = 0, 0
    with path.open("rb") as content:
        while chunk := content.read(CHUNK_BYTES):
            is_quoted = quotes % 2 == 1
            head = chunk[:_HEAD_BYTES]
            sampled_lines += head.count(b"\n")
            sampled_delimiters += head.count(delimiter.encode())
            has_end = _ends_record(head, is_quoted) or _ends_record(chunk, is_quoted)
            without_end = 0 if has_end else without_end + len(chunk)
            longest = max(longest, without_end)
            count += chunk.count(b"\n")
            quotes += chunk.count(b'"')
            has_nul = has_nul or b"\0" in chunk
            last = chunk[-1:]
    is_long = longest > max(CHUNK_BYTES, staging.MAX_LINE_BYTES - 2 * CHUNK_BYTES)
    is_short = count > _MANY_LINES and sampled_delimiters < 0.9 * sampled_lines * (column_count - 1)
    return TextFacts(
        line_count=count + (last != b"\n"),
        has_quote=quotes > 0,
        has_nul=has_nul,
        has_long_record=is_long,
        has_many_short_records=is_short and not quotes,
    )


def _ends_record(chunk: bytes, is_quoted: bool) -> bool:
    """Whether a line ends outside of quotes."""
    return b"\n" in chunk and any(b"\n" in part for part in chunk.split(b'"')[is_quoted::2])


def count_blank_lines(path: Path) -> int:
    """Empty lines of a file, inside quotes or not."""
    count, is_start = 0, True
    with path.open("rb") as content:
        while line := content.readline(CHUNK_BYTES):
            count += is_start and not line.strip(b"\r\n")
            is_start = line.endswith(b"\n")
    return count
