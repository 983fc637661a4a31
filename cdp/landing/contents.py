"""The bytes of a file: their hash, without compression, and the lines they make."""

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
    """Tell files that cannot be opened from a disk that is full.

    Raises `UnreadableFileError` for the one and `LandingError` for the other.
    """
    try:
        yield
    except (FileNotFoundError, PermissionError) as error:
        raise UnreadableFileError(f"the file cannot be opened: {error.strerror}") from None
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        raise LandingError(
            "There is no space left for the spool: free some below CDP_DATA_DIR."
        ) from None


def content_hash(path: Path) -> str:
    """SHA-256 of a file's bytes as stored, in hex."""
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def is_size_of_lines(path: Path, byte_count: int) -> bool:
    """Whether lines of so many bytes, each ended by a line feed, are all that a file holds.

    A byte order mark and a last line without its end may make a difference.
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
    """Write what a gzip file holds; raises `UnreadableFileError` where it is not sound.

    DuckDB could read the file as it is, but does not look at its checksum, and one pass through
    the decompressor for both is cheaper than two.
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
    """What one pass over the bytes of a text file tells.

    Attributes:
        line_count: Its lines, the last one whether or not it ends.
        has_quote: Whether a double quote is anywhere in it.
        has_nul: Whether a NUL character is.
    """

    line_count: int
    has_quote: bool
    has_nul: bool


def text_facts(path: Path) -> TextFacts:
    """Look through a file."""
    count, last, has_quote, has_nul = 0, b"\n", False, False
    with path.open("rb") as content:
        while chunk := content.read(CHUNK_BYTES):
            count += chunk.count(b"\n")
            has_quote = has_quote or b'"' in chunk
            has_nul = has_nul or b"\0" in chunk
            last = chunk[-1:]
    return TextFacts(count + (last != b"\n"), has_quote, has_nul)


def count_blank_lines(path: Path) -> int:
    """Lines of a file that hold nothing, inside quotes or not."""
    with path.open("rb") as content:
        return sum(not line.strip(b"\r\n") for line in content)
