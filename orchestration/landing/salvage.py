"""What can be saved of text files that DuckDB's reader gives up on.

An unterminated quote makes a CSV reader take the rest of the file for one field, and differing
line ends make DuckDB refuse the file. Such files are rare, so they may take longer: they are read
here record by record, and a clean copy is written for DuckDB to read.
"""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from orchestration.landing.errors import UnreadableFileError
from orchestration.landing.headers import Header

# A quote that is not closed within so many lines counts as never closed.
_MOST_LINES_OF_A_RECORD = 1000
_CHUNK_BYTES = 1 << 20


@dataclass(frozen=True)
class Reject:
    """A record that cannot be parsed: its position among the records, why, and its text."""

    position: int
    reason: str
    original_text: str


def _open(path: Path) -> IO[bytes]:
    with path.open("rb") as content:
        is_gzipped = content.read(2) == b"\x1f\x8b"
    return gzip.open(path, "rb") if is_gzipped else path.open("rb")  # type: ignore[return-value]


def has_blank_line(path: Path) -> bool:
    """Whether two line ends follow each other anywhere in a file, plain or gzipped."""
    tail = b""
    with _open(path) as content:
        while chunk := content.read(_CHUNK_BYTES):
            window = (tail + chunk).replace(b"\r", b"")
            if b"\n\n" in window:
                return True
            tail = (tail + chunk)[-3:]
    return False


def normalise_line_ends(path: Path, clean: Path) -> None:
    """Copy a file of lines so that each ends in a line feed; a lone carriage return is a space."""
    try:
        with _open(path) as content, clean.open("wb") as target:
            carried = b""
            while chunk := content.read(_CHUNK_BYTES):
                chunk = carried + chunk
                # Whether a carriage return at the border belongs to a line end shows next time.
                carried = b"\r" if chunk.endswith(b"\r") else b""
                chunk = chunk.removesuffix(carried) if carried else chunk
                target.write(chunk.replace(b"\r\n", b"\n").replace(b"\r", b" "))
    except (OSError, EOFError) as error:
        raise UnreadableFileError(f"corrupt gzip: {error}") from None


def salvage_delimited(path: Path, clean: Path, header: Header) -> list[Reject]:
    """Copy the sound records of a CSV, each behind its position; returns the others.

    A record is blamed as a whole where its quotes are sound. Where they are not, its first line
    alone is, and reading goes on with the next line.
    """
    rejects: list[Reject] = []
    try:
        with _open(path) as content, clean.open("w", encoding="utf-8", newline="") as target:
            writer = csv.writer(target, delimiter=header.delimiter, lineterminator="\n")
            for position, fields, reject in _records(content, header):
                if reject:
                    rejects.append(reject)
                elif position:
                    writer.writerow([position, *fields])
    except (OSError, EOFError) as error:
        raise UnreadableFileError(f"corrupt gzip: {error}") from None
    return rejects


def _records(content: IO[bytes], header: Header) -> Iterator[tuple[int, list[str], Reject | None]]:
    position = -1
    pending: list[bytes] = []
    lines = _lines(content)
    while True:
        if not pending:
            line = next(lines, None)
            if line is None:
                return
            pending = [line]
        if not pending[0].strip(b"\r\n"):
            pending.pop(0)
            continue
        position += 1
        used, fields, reason = _record(pending, lines, header)
        original, pending = b"".join(pending[:used]), pending[used:]
        if position == 0:
            continue
        if reason:
            text = original.decode(errors="replace").rstrip("\r\n")
            yield position, [], Reject(position, reason, text.replace("\0", "\ufffd"))
        else:
            yield position, fields, None


def _record(
    pending: list[bytes], lines: Iterator[bytes], header: Header
) -> tuple[int, list[str], str | None]:
    """Lines of the record at the head of `pending`, its fields, and what is wrong with it.

    Takes further lines into `pending` while a quote is open.
    """
    quotes, used = pending[0].count(b'"'), 1
    while quotes % 2 and used < _MOST_LINES_OF_A_RECORD:
        if used == len(pending):
            line = next(lines, None)
            if line is None:
                break
            pending.append(line)
        quotes += pending[used].count(b'"')
        used += 1
    if quotes % 2:
        return 1, [], "unterminated quote"
    try:
        text = b"".join(pending[:used]).decode()
    except UnicodeDecodeError:
        return used, [], "not valid UTF-8"
    try:
        rows = list(
            csv.reader(
                io.StringIO(text.rstrip("\r\n"), newline=""),
                delimiter=header.delimiter,
                strict=True,
            )
        )
    except csv.Error:
        return 1, [], "unterminated quote" if used > 1 else "quotes out of place"
    if len(rows) != 1:
        return 1, [], "unterminated quote"
    count = len(rows[0])
    if count != len(header.columns):
        return used, [], "too few fields" if count < len(header.columns) else "too many fields"
    return used, rows[0], None


def _lines(content: IO[bytes]) -> Iterator[bytes]:
    yield from content
