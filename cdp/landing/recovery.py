"""A recovery parser for text files that DuckDB's reader gives up on.

An unterminated quote makes a CSV reader read the rest of the file as one field, differing line ends
make DuckDB refuse the file, and a line that is far too long makes it lose lines. Such files are
rare, so it may take longer to read them record by record and to write a clean copy for DuckDB.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from cdp.landing import staging
from cdp.landing.contents import CHUNK_BYTES
from cdp.landing.errors import DamagedTextError, UnreadableFileError
from cdp.landing.headers import Header

_TOO_LONG = "line too long"


@dataclass(frozen=True)
class Recovered:
    """Number of records in the clean copy, and number of rejects."""

    record_count: int
    reject_count: int


def read_recovered(
    area: staging.StagingArea,
    folder: Path,
    recover: Callable[[Path, Path], Recovered],
    names: Sequence[str],
    delimiter: str,
    *,
    quote_character: str = '"',
    failure: str,
) -> None:
    """Read what a parser makes of a damaged file into the tables of rows and of rejects.

    Args:
        area: Where to stage them.
        folder: Temporary directory for the parser's two files.
        recover: Writes the clean copy and the rejects.
        names: Columns of the clean copy.
        delimiter: Its delimiter.
        quote_character: Its quote; empty for none.
        failure: Begins the message of `UnreadableFileError`, raised if DuckDB cannot read the copy.

    `UnreadableFileError` is also raised if a record or a reject was lost.
    """
    clean, rejects = folder / "clean", folder / "rejects"
    try:
        recovered = recover(clean, rejects)
        area.read_text(
            [clean],
            names,
            delimiter,
            has_header=False,
            line_end="\n",
            quote_character=quote_character,
            is_parallel=False,
        )
        if recovered.reject_count:
            area.run("recovered_rejects", path=rejects, buffer_bytes=2 * staging.BUFFER_BYTES)
    except DamagedTextError as error:
        raise UnreadableFileError(f"{failure}: {error}") from None
    finally:
        clean.unlink(missing_ok=True)
        rejects.unlink(missing_ok=True)
    for table, count in (
        ("landing_rows", recovered.record_count),
        ("landing_rejects", recovered.reject_count),
    ):
        if area.execute(f"select count(*) from temp.{table}") != [(count,)]:
            raise UnreadableFileError("not every line of the file came through")


def recover_lines(path: Path, clean: Path, rejects: Path) -> Recovered:
    """Sort the lines of a JSONL file into a clean copy, with line feeds, and rejects.

    The clean copy has a blank line in the place of a reject, so that line numbers stay. A carriage
    return within a line becomes a space.
    """
    count = reject_count = 0
    with path.open("rb") as content, clean.open("wb") as target, _rejects(rejects) as rows:
        while line := _Line.read(content):
            count += 1
            text = line.text.rstrip(b"\r\n").replace(b"\r", b" ")
            if reason := line.reason:
                rows.writerow([count, reason, _original(text)])
                reject_count += 1
                text = b""
            target.write(text + b"\n")
    return Recovered(count, reject_count)


def recover_delimited(path: Path, clean: Path, rejects: Path, header: Header) -> Recovered:
    """Sort the records of a CSV, each with its position, into a clean copy and rejects.

    Both are CSV files without header; a reject is position, reason and original text. A record is
    rejected as a whole if its quotes are balanced. Otherwise only its first line is rejected, and
    reading continues with the next line.
    """
    csv.field_size_limit(max(csv.field_size_limit(), staging.MAX_LINE_BYTES))
    count = reject_count = 0
    with (
        path.open("rb") as content,
        clean.open("w", encoding="utf-8", newline="") as clean_text,
        _rejects(rejects) as reject_rows,
    ):
        clean_rows = csv.writer(
            clean_text, delimiter=header.delimiter, lineterminator="\n", quoting=csv.QUOTE_ALL
        )
        for position, record in enumerate(_records(content, header)):
            if position == 0:
                continue
            if record.reason:
                reject_rows.writerow([position, record.reason, record.original_text])
                reject_count += 1
            else:
                clean_rows.writerow([position, *record.fields])
                count += 1
    return Recovered(count, reject_count)


@contextmanager
def _rejects(path: Path) -> Iterator[Any]:
    with path.open("w", encoding="utf-8", newline="") as text:
        yield csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL)


def _original(text: bytes) -> str:
    """What quarantine keeps of a line or record."""
    kept = text[: staging.MAX_ORIGINAL_BYTES].decode(errors="replace")
    return kept.rstrip("\r\n").replace("\0", "\ufffd")


@dataclass(frozen=True)
class _Line:
    """A line, of which `text` is the beginning if it is too long."""

    text: bytes
    quote_count: int
    is_too_long: bool = False

    @classmethod
    def read(cls, content: IO[bytes]) -> _Line | None:
        """The next line; None at the end of the file."""
        part = text = content.readline(staging.MAX_LINE_BYTES)
        if not text:
            return None
        quotes, is_too_long = text.count(b'"'), False
        while not part.endswith(b"\n") and (part := content.readline(CHUNK_BYTES)):
            is_too_long = True
            quotes += part.count(b'"')
        if is_too_long:
            text = text[: staging.MAX_ORIGINAL_BYTES]
        return cls(text, quotes, is_too_long)

    @property
    def reason(self) -> str | None:
        """Why it cannot be a line of JSON; None if DuckDB has to find out."""
        if self.is_too_long:
            return _TOO_LONG
        try:
            self.text.decode()
        except UnicodeDecodeError:
            return "not valid UTF-8"
        return "too many fields" if b"\x01" in self.text else None


@dataclass(frozen=True)
class _Record:
    fields: list[str]
    reason: str | None = None
    original_text: str = ""


def _records(content: IO[bytes], header: Header) -> Iterator[_Record]:
    """The records of a CSV, header first, without blank lines."""
    while first := _Line.read(content):
        if not first.text.strip(b"\r\n"):
            continue
        next_line = content.tell() if first.quote_count % 2 else None
        text, reason = _extent(first, content)
        fields: list[str] = []
        if not reason:
            fields, reason = _fields(text, header)
        if next_line is not None and reason in _OF_FIRST_LINE:
            # A quote may be opened in one line and another one closed far below: each line is read
            # twice at most, because a search ends where the next one begins.
            content.seek(next_line)
            text = first.text
        yield _Record(fields, reason, _original(text) if reason else "")


_OF_FIRST_LINE = ("unterminated quote", "quotes out of place")


def _extent(first: _Line, content: IO[bytes]) -> tuple[bytes, str | None]:
    """The text of the record that begins with a line, and what is wrong with its extent."""
    lines, size, is_too_long = [first.text], len(first.text), first.is_too_long
    if first.quote_count % 2 == 0:
        return first.text, _TOO_LONG if is_too_long else None
    while line := _Line.read(content):
        size += len(line.text)
        is_too_long = is_too_long or line.is_too_long or size > staging.MAX_LINE_BYTES
        if not is_too_long or size <= staging.MAX_ORIGINAL_BYTES:
            lines.append(line.text)
        if line.quote_count % 2:
            text = b"".join(lines)
            if not is_too_long:
                return text, None
            return text, _TOO_LONG if _closes(line) else "unterminated quote"
    return first.text, "unterminated quote"


def _closes(line: _Line) -> bool:
    """Whether the line can be the last one of a record that began with an open quote."""
    if line.is_too_long:
        return True
    behind = line.text.replace(b'""', b"").partition(b'"')[2]
    return not behind or behind[:1] in b",;\t|\r\n"


def _fields(record: bytes, header: Header) -> tuple[list[str], str | None]:
    """The fields of a record, and what is wrong with it."""
    try:
        text = record.decode()
    except UnicodeDecodeError:
        return [], "not valid UTF-8"
    lines = io.StringIO(text.rstrip("\r\n"), newline="")
    try:
        rows = list(csv.reader(lines, delimiter=header.delimiter, strict=True))
    except csv.Error:
        is_long = "\n" in text.rstrip("\r\n")
        return [], "unterminated quote" if is_long else "quotes out of place"
    if len(rows) != 1:
        return [], "a carriage return outside quotes"
    fields, expected = rows[0], len(header.columns)
    # Like DuckDB, accept a delimiter after the last field.
    if len(fields) == expected + 1 and not fields[-1]:
        fields.pop()
    if len(fields) != expected:
        return [], "too few fields" if len(fields) < expected else "too many fields"
    return fields, None
