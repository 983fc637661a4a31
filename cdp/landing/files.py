"""Which files lie in the landing path, and their bytes as local files that DuckDB can read."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Literal, Protocol

from cdp.landing.errors import LandingError, UnreadableFileError
from cdp.landing.report import FileProblem

FileFormat = Literal["csv", "tsv", "jsonl", "parquet"]

# Uploads that are still under way, as common tools name them.
PARTIAL_SUFFIXES = (".tmp", ".part", ".partial", ".crdownload", ".filepart")

_FORMATS: dict[str, FileFormat] = {
    "csv": "csv",
    "tsv": "tsv",
    "jsonl": "jsonl",
    "ndjson": "jsonl",
    "parquet": "parquet",
}
_NAME = re.compile(r"[a-z](?:_?[a-z0-9])*")
# A file touched this recently may be written again within the clock's grain, as git has it.
_RACY_SECONDS = 2.0
_CHUNK_BYTES = 1 << 20
_PATTERN_CHARACTERS = frozenset("*?[]{}\\")


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
        mark: Changes when the file is written again; None if the store has nothing that does.
        is_at_rest: False for a file written to just now, which may be written to again without
            the mark changing.
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
        """The mark, once it can be trusted."""
        return self.mark if self.is_at_rest else None

    @property
    def table_name(self) -> str:
        """The raw table it goes to."""
        return f"{self.channel}__{self.entity}"


@dataclass(frozen=True)
class Listing:
    """What lies in the landing path: files of tables, sorted by path, and everything else."""

    files: tuple[SourceFile, ...]
    strays: tuple[FileProblem, ...]


@dataclass(frozen=True)
class _Entry:
    path: str
    address: str
    size_bytes: int
    mark: str | None
    is_at_rest: bool


class FileStore(Protocol):
    """The landing path: a folder, or an address of fsspec."""

    def exists(self) -> bool:
        """Whether there is such a folder; stores that know no folders say so of each."""
        ...

    def entries(self) -> Iterator[_Entry]:
        """Every file below the landing path."""
        ...

    def is_unchanged(self, file: SourceFile) -> bool:
        """Whether what is read of the file now is what was read when its content was hashed."""
        ...

    @contextmanager
    def local(self, file: SourceFile) -> Iterator[Path]:
        """The file's bytes under a local path, which is gone after leaving if it was fetched."""
        ...


class LocalStore:
    """A folder of this machine; its files are read where they lie."""

    def __init__(self, root: Path, spool: Path) -> None:
        self._root = root
        self._spool = spool

    def exists(self) -> bool:  # noqa: D102
        return self._root.is_dir()

    def entries(self) -> Iterator[_Entry]:  # noqa: D102
        now = time.time()
        pending = [str(self._root)]
        linked = set()
        prefix = len(str(self._root)) + 1
        while pending:
            try:
                found = list(os.scandir(pending.pop()))
            except FileNotFoundError:
                continue
            for entry in found:
                if entry.name.startswith("."):
                    continue
                if entry.is_dir():
                    # A link may lead back to a folder above itself.
                    target = os.path.realpath(entry.path) if entry.is_symlink() else entry.path
                    if target not in linked:
                        linked.add(target)
                        pending.append(entry.path)
                    continue
                try:
                    status = entry.stat()
                except FileNotFoundError:
                    continue
                yield _Entry(
                    path=entry.path[prefix:].replace(os.sep, "/"),
                    address=entry.path,
                    size_bytes=status.st_size,
                    mark=str(status.st_mtime_ns),
                    is_at_rest=now - status.st_mtime > _RACY_SECONDS,
                )

    def is_unchanged(self, file: SourceFile) -> bool:  # noqa: D102
        try:
            status = Path(file.address).stat()
        except FileNotFoundError:
            return False
        return status.st_size == file.size_bytes and str(status.st_mtime_ns) == file.mark

    @contextmanager
    def local(self, file: SourceFile) -> Iterator[Path]:  # noqa: D102
        path = Path(file.address)
        if not _PATTERN_CHARACTERS.intersection(file.address):
            yield path
            return
        # DuckDB would take the path for a pattern, and may find other files by it.
        link = self._spool / spool_name(file)
        link.symlink_to(path.resolve())
        try:
            yield link
        finally:
            link.unlink()


class RemoteStore:
    """An address of fsspec; each file is fetched into the spool while it is landed."""

    def __init__(self, address: str, spool: Path) -> None:
        # A third of a second to import, and needed for remote landing paths only.
        import fsspec  # noqa: PLC0415

        try:
            self._filesystem, self._root = fsspec.core.url_to_fs(address)
        except (ImportError, ValueError) as error:
            # The address may hold a password.
            raise LandingError(f"CDP_LANDING_PATH cannot be opened: {error}") from None
        self._spool = spool

    def exists(self) -> bool:  # noqa: D102
        return True

    def entries(self) -> Iterator[_Entry]:  # noqa: D102
        self._filesystem.invalidate_cache()
        root = self._root.rstrip("/")
        try:
            found = self._filesystem.find(root, detail=True)
        except FileNotFoundError:
            return
        except Exception as error:
            # Each store has errors of its own, and their messages may hold signed addresses.
            raise LandingError(
                f"CDP_LANDING_PATH cannot be listed ({type(error).__name__}): "
                "check its address and credentials."
            ) from None
        for address, details in found.items():
            path = address[len(root) :].lstrip("/")
            if any(part.startswith(".") for part in path.split("/")):
                continue
            yield _Entry(
                path=path,
                address=address,
                size_bytes=int(details.get("size") or 0),
                mark=_remote_mark(details),
                is_at_rest=True,
            )

    def is_unchanged(self, file: SourceFile) -> bool:  # noqa: D102
        # What was fetched is what was hashed and landed, whatever the store holds by now.
        return True

    @contextmanager
    def local(self, file: SourceFile) -> Iterator[Path]:  # noqa: D102
        fetched = self._spool / spool_name(file)
        try:
            with fetched.open("wb") as target:
                self._fetch(file, target)
            yield fetched
        finally:
            fetched.unlink(missing_ok=True)

    def _fetch(self, file: SourceFile, target: IO[bytes]) -> None:
        try:
            with self._filesystem.open(file.address, "rb") as source:
                shutil.copyfileobj(source, target, _CHUNK_BYTES)
        except Exception as error:
            if isinstance(error, OSError) and error.errno == errno.ENOSPC:
                raise
            raise UnreadableFileError(f"it cannot be fetched ({type(error).__name__})") from None


def spool_name(file: SourceFile) -> str:
    """A name in the spool, of characters that mean nothing to DuckDB."""
    return hashlib.sha256(file.path.encode()).hexdigest()[:32]


def _remote_mark(details: dict[str, Any]) -> str | None:
    for key in ("ETag", "etag", "md5Hash", "content_md5", "mtime", "LastModified", "updated"):
        if details.get(key):
            return f"{key}={details[key]}"
    created = details.get("created")
    return f"created={created}" if created else None


def open_store(landing_path: str, spool: Path) -> FileStore:
    """The store behind a landing path; raises `LandingError` if its address cannot be opened."""
    if "://" in landing_path and not landing_path.startswith("file://"):
        return RemoteStore(landing_path, spool)
    root = Path(landing_path.removeprefix("file://"))
    if root.exists() and not root.is_dir():
        raise LandingError(f"CDP_LANDING_PATH {landing_path!r} is a file: set it to a folder.")
    return LocalStore(root, spool)


def list_files(store: FileStore) -> Listing:
    """Sort what lies in the landing path into files of tables and strays."""
    files: list[SourceFile] = []
    strays: list[FileProblem] = []
    if not store.exists():
        strays.append(FileProblem("CDP_LANDING_PATH", "there is no such folder", is_error=False))
    for entry in store.entries():
        if entry.path.lower().endswith(PARTIAL_SUFFIXES):
            continue
        file = _source_file(entry)
        if isinstance(file, SourceFile):
            files.append(file)
        else:
            printable = entry.path.encode(errors="backslashreplace").decode()
            strays.append(FileProblem(printable, file, is_error=False))
    files.sort(key=lambda file: file.path)
    strays.sort(key=lambda stray: stray.file)
    return Listing(tuple(files), tuple(strays))


def _source_file(entry: _Entry) -> SourceFile | str:
    """The entry as a file of a table, or why it is none."""
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
    extension = name.removesuffix(".gz").rpartition(".")[2]
    file_format = _FORMATS.get(extension)
    if file_format is None or (is_gzipped and file_format == "parquet"):
        return "unknown extension: csv, tsv, jsonl or ndjson (each also .gz) and parquet are read"
    return SourceFile(
        channel=channel,
        entity=entity,
        path=entry.path,
        address=entry.address,
        file_format=file_format,
        is_gzipped=is_gzipped,
        size_bytes=entry.size_bytes,
        mark=entry.mark,
        is_at_rest=entry.is_at_rest,
    )
