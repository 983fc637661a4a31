"""The landing path as a folder or a remote store: what it contains, as local files for DuckDB."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from cdp.landing.errors import LandingError, UnreadableFileError
from cdp.landing.files import Entry, FileStore, SourceFile

# Within the resolution of the clock, a file can change without a new modification time.
_RACY_SECONDS = 2.0
_CHUNK_BYTES = 1 << 20
_PATTERN_CHARACTERS = frozenset("*?[]{}\\")


class LocalStore:
    """A folder of this machine, whose files are read in place."""

    def __init__(self, root: Path, folder: Path) -> None:
        self._root = root
        self._folder = folder

    def exists(self) -> bool:  # noqa: D102
        return self._root.is_dir()

    def entries(self) -> Iterator[Entry]:  # noqa: D102
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
                yield Entry(
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
        # DuckDB would read the path as a pattern, which may match other files.
        link = self._folder / temporary_name(file)
        link.symlink_to(path.resolve())
        try:
            yield link
        finally:
            link.unlink()


class RemoteStore:
    """An address of fsspec; each file is fetched into a temporary directory while it is landed."""

    def __init__(self, address: str, folder: Path) -> None:
        # A third of a second to import, and needed for remote landing paths only.
        import fsspec  # noqa: PLC0415

        try:
            self._filesystem, self._root = fsspec.core.url_to_fs(address)
        except (ImportError, ValueError) as error:
            # The address may contain a password.
            raise LandingError(f"CDP_LANDING_PATH cannot be opened: {error}") from None
        self._folder = folder

    def exists(self) -> bool:  # noqa: D102
        return True

    def entries(self) -> Iterator[Entry]:  # noqa: D102
        self._filesystem.invalidate_cache()
        root = self._root.rstrip("/")
        try:
            found = self._filesystem.find(root, detail=True)
        except FileNotFoundError:
            return
        except Exception as error:
            # Each store has its own errors, and their messages may contain signed addresses.
            raise LandingError(
                f"CDP_LANDING_PATH cannot be listed ({type(error).__name__}): "
                "check its address and credentials."
            ) from None
        for address, details in found.items():
            path = address[len(root) :].lstrip("/")
            if any(part.startswith(".") for part in path.split("/")):
                continue
            yield Entry(
                path=path,
                address=address,
                size_bytes=int(details.get("size") or 0),
                mark=_remote_mark(details),
                is_at_rest=True,
            )

    def is_unchanged(self, file: SourceFile) -> bool:  # noqa: D102
        # The fetched copy was hashed and is landed, whatever the store contains by now.
        return True

    @contextmanager
    def local(self, file: SourceFile) -> Iterator[Path]:  # noqa: D102
        fetched = self._folder / temporary_name(file)
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


def _remote_mark(details: dict[str, Any]) -> str | None:
    for key in ("ETag", "etag", "md5Hash", "content_md5", "mtime", "LastModified", "updated"):
        if details.get(key):
            return f"{key}={details[key]}"
    created = details.get("created")
    return f"created={created}" if created else None


def open_store(landing_path: str, folder: Path) -> FileStore:
    """The store of a landing path; raises `LandingError` if its address cannot be opened.

    Fetched files are kept in the temporary directory `folder` while they are read.
    """
    if "://" in landing_path and not landing_path.startswith("file://"):
        return RemoteStore(landing_path, folder)
    root = Path(landing_path.removeprefix("file://"))
    if root.exists() and not root.is_dir():
        raise LandingError(f"CDP_LANDING_PATH {landing_path!r} is a file: set it to a folder.")
    return LocalStore(root, folder)


def temporary_name(file: SourceFile) -> str:
    """A file name for the temporary directory, without characters special to DuckDB."""
    return hashlib.sha256(file.path.encode()).hexdigest()[:32]
