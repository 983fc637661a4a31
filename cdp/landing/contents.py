"""The bytes of a file: hash, decompression, and facts about its lines."""

from __future__ import annotations

import errno
import gzip
import hashlib
import os
import shutil
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cdp.landing.errors import LandingError, UnreadableFileError

CHUNK_BYTES = 1 << 20


@contextmanager
def reading() -> Iterator[None]:
    """Raise `UnreadableFileError` for an unreadable file, `LandingError` for a full disk."""
    try:
        yield
    except (FileNotFoundError, PermissionError) as error:
        raise UnreadableFileError(f"the file cannot be opened: {error.strerror}") from None
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        raise LandingError(
            "There is no space left for temporary files: free some below CDP_DATA_DIR."
        ) from None


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


def decompress(path: Path, plain: Path) -> None:
    """Decompress a gzip file; raises `UnreadableFileError` if it is damaged.

    DuckDB could read the file itself, but does not verify its checksum.
    """
    try:
        with gzip.open(path, "rb") as content, plain.open("wb") as target:
            shutil.copyfileobj(content, target, CHUNK_BYTES)
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
    """

    line_count: int
    has_quote: bool
    has_nul: bool


def text_facts(path: Path) -> TextFacts:
    """Read a file once to find its facts."""
    count, last, has_quote, has_nul = 0, b"\n", False, False
    with path.open("rb") as content:
        while chunk := content.read(CHUNK_BYTES):
            count += chunk.count(b"\n")
            has_quote = has_quote or b'"' in chunk
            has_nul = has_nul or b"\0" in chunk
            last = chunk[-1:]
    return TextFacts(count + (last != b"\n"), has_quote, has_nul)


def count_blank_lines(path: Path) -> int:
    """Empty lines of a file, inside quotes or not."""
    with path.open("rb") as content:
        return sum(not line.strip(b"\r\n") for line in content)
