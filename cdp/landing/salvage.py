"""What can be saved of text files that DuckDB's reader gives up on.

An unterminated quote makes a CSV reader take the rest of the file for one field, and differing
line ends make DuckDB refuse the file. Such files are rare, so they may take longer: they are read
here record by record, and a clean copy is written for DuckDB to read.
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

# A quote that is not closed within so many lines counts as never closed.
_MOST_LINES_OF_A_RECORD = 1000


def normalise_line_ends(path: Path, clean: Path) -> None:
    """Copy a file of lines so that each ends in a line feed; a lone carriage return is a space."""
    with path.open("rb") as content, clean.open("wb") as target:
        carried = b""
        while chunk := content.read(CHUNK_BYTES):
            chunk = carried + chunk
            # Whether a carriage return at the border belongs to a line end shows next time.
            carried = b"\r" if chunk.endswith(b"\r") else b""
            chunk = chunk[: len(chunk) - len(carried)]
            target.write(chunk.replace(b"\r\n", b"\n").replace(b"\r", b" "))


def salvage_delimited(path: Path, clean: Path, rejects: Path, header: Header) -> int:
    """Sort the records of a CSV, each behind its position, into a clean copy and rejects.

    Both are CSV without header; a reject is position, reason and original text. Returns how many
    records the clean copy has. A record is
    blamed as a whole where its quotes are sound. Where they are not, its first line alone is, and
    reading goes on with the next line.
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
    """The records of a CSV, header first, blank lines left out."""
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

    Takes further lines into `pending` while a quote is open.
    """
    quotes, used = pending[0].count(b'"'), 1
    while quotes % 2 and used < _MOST_LINES_OF_A_RECORD:
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
    # As DuckDB does, a delimiter behind the last field is forgiven.
    if len(fields) == expected + 1 and not fields[-1]:
        fields.pop()
    if len(fields) != expected:
        return used, [], "too few fields" if len(fields) < expected else "too many fields"
    return used, fields, None
