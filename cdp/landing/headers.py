"""The header of a delimited file: its delimiter and column names, read without DuckDB.

DuckDB's sniffer guesses header and delimiter from the data, so it may read two files of one export
differently. Landing requires a header and finds the delimiter in it.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from cdp.landing.errors import UnreadableFileError
from cdp.landing.files import FileFormat

_DELIMITERS = (",", ";", "\t", "|")
_MAX_HEADER_BYTES = 1 << 20


@dataclass(frozen=True)
class Header:
    """The first record of a delimited file.

    Attributes:
        delimiter: Separates its fields.
        line_end: Ends its line; DuckDB's detection would be misled by line ends inside quotes.
        columns: Names of the columns.
    """

    delimiter: str
    line_end: Literal["\n", "\r\n"]
    columns: tuple[str, ...]

    @property
    def line_count(self) -> int:
        """Lines that it spans in its file."""
        return 1 + sum(name.count("\n") for name in self.columns)


def read_header(path: Path, file_format: FileFormat) -> Header:
    """The header of a file; raises `UnreadableFileError` if there is none."""
    record = _header_record(path)
    text = record.rstrip("\r\n")
    if not text.strip():
        raise UnreadableFileError("empty header: the first line must name the columns")
    delimiter = "\t" if file_format == "tsv" else _delimiter_of(text)
    columns = next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    if not any(name.strip() for name in columns):
        raise UnreadableFileError("empty header: the first line must name the columns")
    return Header(delimiter, "\r\n" if record.endswith("\r\n") else "\n", tuple(columns))


def _header_record(path: Path) -> str:
    """The first record, which may span lines inside quotes, with its line end."""
    with path.open("rb") as content:
        start = content.read(4096)
        while not (end := _record_end(start)) and len(start) < _MAX_HEADER_BYTES:
            more = content.read(len(start))
            if not more:
                end = len(start)
                break
            start += more
    if not start:
        raise UnreadableFileError("empty file: a header line was expected")
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UnreadableFileError("the file is UTF-16: export it as UTF-8")
    if not end:
        raise UnreadableFileError("no end of the header line within a megabyte: not a text file?")
    if start[:end].endswith(b"\r") and end < len(start):
        raise UnreadableFileError("lines end in a carriage return alone: export with line feeds")
    try:
        return start[:end].decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UnreadableFileError("the header is not UTF-8: export the file as UTF-8") from None


def _record_end(start: bytes) -> int:
    """Offset after the first line end outside quotes; 0 if there is none."""
    offset = 0
    is_quoted = False
    for line in start.splitlines(keepends=True):
        offset += len(line)
        is_quoted ^= line.count(b'"') % 2 == 1
        if not is_quoted and line.endswith((b"\n", b"\r")):
            return offset
    return 0


def _delimiter_of(header: str) -> str:
    unquoted = "".join(header.split('"')[::2])
    return max(_DELIMITERS, key=unquoted.count)
