"""The bytes of a file: what they hash to, and how many lines they are."""

from __future__ import annotations

import gzip
import hashlib
import os
import zlib
from pathlib import Path
from typing import IO, cast

from orchestration.landing.errors import CORRUPT_GZIP, UnreadableFileError

CHUNK_BYTES = 1 << 20


def open_text(path: Path) -> IO[bytes]:
    """A file's bytes, decompressed where it is a gzip file whatever its name."""
    with path.open("rb") as content:
        is_gzipped = content.read(2) == b"\x1f\x8b"
    return cast(IO[bytes], gzip.open(path, "rb")) if is_gzipped else path.open("rb")


def content_hash(path: Path) -> str:
    """SHA-256 of a file's bytes as stored, in hex; `UnreadableFileError` if they cannot be had."""
    try:
        with path.open("rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest()
    except OSError as error:
        raise UnreadableFileError(f"the file cannot be opened: {error.strerror}") from None


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


def count_lines(path: Path, is_gzipped: bool) -> int:
    """Lines of a text file, the last one whether or not it ends.

    Reads a gzip file to its end, checksum and all, which DuckDB does not look at; raises
    `UnreadableFileError` if it is bad.
    """
    count, last = 0, b"\n"
    try:
        with gzip.open(path, "rb") if is_gzipped else path.open("rb") as content:
            while chunk := content.read(CHUNK_BYTES):
                count += chunk.count(b"\n")
                last = chunk[-1:]
    except (OSError, EOFError, zlib.error):
        raise UnreadableFileError(CORRUPT_GZIP) from None
    return count + (last != b"\n")


def count_blank_lines(path: Path) -> int:
    """Lines of a file, plain or gzipped, that hold nothing, inside quotes or not."""
    with open_text(path) as content:
        return sum(not line.strip(b"\r\n") for line in content)
