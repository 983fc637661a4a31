"""A recovery parser for text files that DuckDB's reader gives up on.

An unterminated quote makes a CSV reader read the rest of the file as one field, and differing line
ends make DuckDB refuse the file. Such files are rare, so it may take longer to read them record by
record and to write a clean copy for DuckDB.
"""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from cdp.landing.contents import CHUNK_BYTES
from cdp.landing.headers import Header

# A quote that is not closed within this many lines counts as never closed.
_MAX_LINES_PER_RECORD = 1000


def normalise_line_ends(path: Path, clean: Path) -> None:
    """Copy a file so that each line ends in a line feed; a lone carriage return becomes a space."""
    with path.open("rb") as content, clean.open("wb") as target:
        carried = b""
        while chunk := content.read(CHUNK_BYTES):
            chunk = carried + chunk
            # The next chunk shows whether a carriage return at its end belongs to a line end.
            carried = b"\r" if chunk.endswith(b"\r") else b""
            chunk = chunk[: len(chunk) - len(carried)]
            target.write(chunk.replace(b"\r\n", b"\n").replace(b"\r", b" "))


def recover_delimited(path: Path, clean: Path, rejects: Path, header: Header) -> int:
    """Sort the records of a CSV, each with its position, into a clean copy and rejects.

    Both are CSV files without header; a reject is position, reason and original text. A record is
    rejected as a whole if its quotes are balanced. Otherwise only its first line is rejected, and
    reading continues with the next line. Returns the number of records in the clean copy.
    """
    count = 0
    with (
        path.open("rb") as content,
        clean.open("w", encoding="utf-8", newline="") as clean_text,
        rejects.open("w", encoding="utf-8", newline="") as rejects_text,
    ):
        clean_rows = csv.writer(
            clean_text, delimiter=header.delimiter, lineterminator="\n", quoting=csv.QUOTE_ALL
        )
        reject_rows = csv.writer(rejects_text, lineterminator="\n", quoting=csv.QUOTE_ALL)
        for position, record in enumerate(_records(content, header)):
            if position == 0:
                continue
            if record.reason:
                reject_rows.writerow([position, record.reason, record.original_text])
            else:
                clean_rows.writerow([position, *record.fields])
                count += 1
    return count


@dataclass(frozen=True)
class _Record:
    fields: list[str]
    reason: str | None = None
    original_text: str = ""


def _records(content: IO[bytes], header: Header) -> Iterator[_Record]:
    """The records of a CSV, header first, without blank lines."""
    pending: list[bytes] = []
    while pending or (pending := list(itertools.islice(content, 1))):
        if not pending[0].strip(b"\r\n"):
            pending.pop(0)
            continue
        used, fields, reason = _record(pending, content, header)
        original = b"".join(pending[:used])
        pending = pending[used:]
        if reason:
            text = original.decode(errors="replace").rstrip("\r\n").replace("\0", "\ufffd")
            yield _Record([], reason, text)
        else:
            yield _Record(fields)


def _record(
    pending: list[bytes], lines: Iterable[bytes], header: Header
) -> tuple[int, list[str], str | None]:
    """Lines of the record at the head of `pending`, its fields, and what is wrong with it.

    Appends further lines to `pending` while a quote is open.
    """
    quotes, used = pending[0].count(b'"'), 1
    while quotes % 2 and used < _MAX_LINES_PER_RECORD:
        if used == len(pending):
            more = list(itertools.islice(lines, 1))
            if not more:
                break
            pending += more
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
        return used, [], "a carriage return outside quotes"
    fields, expected = rows[0], len(header.columns)
    # Like DuckDB, accept a delimiter after the last field.
    if len(fields) == expected + 1 and not fields[-1]:
        fields.pop()
    if len(fields) != expected:
        return used, [], "too few fields" if len(fields) < expected else "too many fields"
    return used, fields, None
