"""Which files of the landing path belong to which raw table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from cdp.landing.errors import LandingError
from cdp.landing.report import FileProblem

FileFormat = Literal["csv", "tsv", "jsonl", "parquet"]

# Unfinished uploads, as common tools name them.
PARTIAL_SUFFIXES = (".tmp", ".part", ".partial", ".crdownload", ".filepart")

_FORMATS: dict[str, FileFormat] = {
    "csv": "csv",
    "tsv": "tsv",
    "jsonl": "jsonl",
    "ndjson": "jsonl",
    "json": "jsonl",
    "parquet": "parquet",
}
# What a compressed file of another format ends in before its `.gz`.
_OTHER_EXTENSION = re.compile(r"[a-z]{1,5}|7z|mp[34]")
_NAME = re.compile(r"[a-z](?:_?[a-z0-9])*")


@dataclass(frozen=True)
class SourceFile:
    """One file of the landing path.

    Attributes:
        channel: First folder below the landing path.
        entity: Second folder below the landing path.
        path: Path relative to the landing path, with forward slashes.
        address: Where the store finds it.
        file_format: How it is read.
        is_gzipped: Whether its name ends in `.gz`.
        size_bytes: Its size as stored.
        mark: Changes when the file is written again; None if the store has no such mark.
        is_at_rest: False for a file that was just written, since its mark may stay the same when
            it is written again.
    """

    channel: str
    entity: str
    path: str
    address: str
    file_format: FileFormat
    is_gzipped: bool
    size_bytes: int
    mark: str | None
    is_at_rest: bool

    @property
    def modified(self) -> str | None:
        """The mark, if it is reliable."""
        return self.mark if self.is_at_rest else None

    @property
    def table_name(self) -> str:
        """The raw table that it is landed in."""
        return f"{self.channel}__{self.entity}"


@dataclass(frozen=True)
class Listing:
    """Contents of the landing path: files of tables, sorted by path, and all other files."""

    files: tuple[SourceFile, ...]
    strays: tuple[FileProblem, ...]


@dataclass(frozen=True)
class Entry:
    """A file below the landing path; attributes as of `SourceFile`."""

    path: str
    address: str
    size_bytes: int
    mark: str | None
    is_at_rest: bool


class FileStore(Protocol):
    """The landing path: a folder, or an address that fsspec opens."""

    def exists(self) -> bool:
        """Whether the folder exists, or the bucket of a store without folders."""
        ...

    def entries(self) -> Iterator[Entry | FileProblem]:
        """Every file, and everything that cannot be read as one, below the landing path."""
        ...

    def is_unchanged(self, file: SourceFile) -> bool:
        """Whether the file still has the content that was hashed."""
        ...

    def local(self, file: SourceFile) -> AbstractContextManager[Path]:
        """A local path of the file; a fetched copy is removed on leaving."""
        ...


def list_files(store: FileStore) -> Listing:
    """Sort the files of the landing path into files of tables and strays."""
    files: list[SourceFile] = []
    strays: list[FileProblem] = []
    if not store.exists():
        raise LandingError(
            "CDP_LANDING_PATH names a folder that does not exist: make it, or set the variable to "
            "the folder of the channel files."
        )
    for entry in store.entries():
        if isinstance(entry, FileProblem):
            strays.append(entry)
            continue
        if entry.path.lower().endswith(PARTIAL_SUFFIXES):
            continue
        file = _source_file(entry)
        if isinstance(file, SourceFile):
            files.append(file)
        else:
            strays.append(FileProblem(printable(entry.path), file, is_error=False))
    files.sort(key=lambda file: file.path)
    strays.sort(key=lambda stray: stray.file)
    return Listing(tuple(files), tuple(strays))


def printable(path: str) -> str:
    """A path whose name may not be UTF-8."""
    return path.encode(errors="backslashreplace").decode()


def _source_file(entry: Entry) -> SourceFile | str:
    """The entry as a file of a table, or the reason why it is not one."""
    if "\\udc" in ascii(entry.path):
        return "its name is not UTF-8: rename it"
    parts = entry.path.split("/")
    if len(parts) < 3:
        return "not in <channel>/<entity>/: move it there"
    channel, entity = parts[0], parts[1]
    for folder in (channel, entity):
        if not _NAME.fullmatch(folder):
            return (
                f"folder {folder!r} cannot name a table: "
                "use lower-case letters, digits and single underscores"
            )
    if len(f"{channel}__{entity}") > 63:
        return "the folder names make a table name of more than 63 characters: shorten them"
    name = parts[-1].lower()
    is_gzipped = name.endswith(".gz")
    stem, _, extension = name.removesuffix(".gz").rpartition(".")
    file_format = _FORMATS.get(extension)
    # Tracking tools write JSON lines to files that are named `<id>.gz`.
    if is_gzipped and not (stem and _OTHER_EXTENSION.fullmatch(extension)):
        file_format = file_format or "jsonl"
    if file_format is None or (is_gzipped and file_format == "parquet"):
        return (
            "unknown extension: csv, tsv, jsonl, ndjson or json (each also .gz), parquet, and .gz"
            " alone for JSON lines are read"
        )
    return SourceFile(
        channel=channel,
        entity=entity,
        file_format=file_format,
        is_gzipped=is_gzipped,
        **vars(entry),
    )
