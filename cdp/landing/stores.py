"""The landing path as a folder or a remote store: what it contains, as local files for DuckDB."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from cdp.landing.errors import LandingError, UnreadableFileError
from cdp.landing.files import Entry, FileStore, SourceFile, printable
from cdp.landing.report import FileProblem
from cdp.settings import Settings

# Within the resolution of the clock, a file can change without a new modification time.
_RACY_SECONDS = 2.0
_CHUNK_BYTES = 1 << 20
_OUTSIDE = (
    "it is a link that leads out of the landing folder: copy the file, or set "
    "CDP_LANDING_LINKS_OUTSIDE to true"
)
_SPECIAL = "it is a pipe, a socket or a device, not a file"
_PATTERN_CHARACTERS = frozenset("*?[]{}\\")


class LocalStore:
    """A folder of this machine, whose files are read in place."""

    def __init__(self, root: Path, folder: Path, *, may_link_outside: bool) -> None:
        self._root = root
        self._folder = folder
        self._may_link_outside = may_link_outside

    def exists(self) -> bool:  # noqa: D102
        return self._root.is_dir()

    def entries(self) -> Iterator[Entry | FileProblem]:  # noqa: D102
        pending = [str(self._root)]
        linked = set()
        while pending:
            folder = pending.pop()
            try:
                found = list(os.scandir(folder))
            except FileNotFoundError:
                continue
            except OSError as error:
                yield self._problem(folder, f"the folder cannot be read: {error.strerror}")
                continue
            for entry in found:
                if entry.name.startswith("."):
                    continue
                kept = self._examined(entry)
                if isinstance(kept, str):
                    # A link may lead back to a folder above itself.
                    if kept not in linked:
                        linked.add(kept)
                        pending.append(entry.path)
                elif kept:
                    yield kept

    def _examined(self, entry: os.DirEntry[str]) -> Entry | FileProblem | str | None:
        """A file, the real path of a folder, a problem, or None for a file that is gone."""
        try:
            status = entry.stat()
        except OSError as error:
            if isinstance(error, FileNotFoundError) and not entry.is_symlink():
                return None
            return self._problem(entry.path, f"it cannot be read: {error.strerror}")
        if entry.is_symlink() and not self._may_follow(entry.path):
            return self._problem(entry.path, _OUTSIDE)
        if stat.S_ISDIR(status.st_mode):
            return os.path.realpath(entry.path) if entry.is_symlink() else entry.path
        if not stat.S_ISREG(status.st_mode):
            return self._problem(entry.path, _SPECIAL, is_error=False)
        return Entry(
            path=self._relative(entry.path),
            address=entry.path,
            size_bytes=status.st_size,
            mark=str(status.st_mtime_ns),
            is_at_rest=time.time() - status.st_mtime > _RACY_SECONDS,
        )

    def _may_follow(self, link: str) -> bool:
        target = Path(os.path.realpath(link))
        return self._may_link_outside or target.is_relative_to(self._root.resolve())

    def _relative(self, path: str) -> str:
        return path[len(str(self._root)) + 1 :].replace(os.sep, "/")

    def _problem(self, path: str, reason: str, *, is_error: bool = True) -> FileProblem:
        name = printable(self._relative(path)) or "CDP_LANDING_PATH"
        return FileProblem(name, reason, is_error)

    def is_unchanged(self, file: SourceFile) -> bool:  # noqa: D102
        try:
            status = Path(file.address).stat()
        except OSError:
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
        root = self._root.rstrip("/")
        bucket = root[: root.find("/", 1)] if root.find("/", 1) > 0 else root
        try:
            return bool(self._filesystem.exists(root) or self._filesystem.exists(bucket))
        except Exception as error:
            raise _unlisted(error) from None

    def entries(self) -> Iterator[Entry | FileProblem]:  # noqa: D102
        self._filesystem.invalidate_cache()
        root = self._root.rstrip("/")
        try:
            found = self._filesystem.find(root, detail=True)
        except FileNotFoundError:
            return
        except Exception as error:
            raise _unlisted(error) from None
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


def _unlisted(error: Exception) -> LandingError:
    # Each store has its own errors, and their messages may contain signed addresses.
    return LandingError(
        f"CDP_LANDING_PATH cannot be listed ({type(error).__name__}): "
        "check its address and credentials."
    )


def _remote_mark(details: dict[str, Any]) -> str | None:
    for key in ("ETag", "etag", "md5Hash", "content_md5", "mtime", "LastModified", "updated"):
        if details.get(key):
            return f"{key}={details[key]}"
    created = details.get("created")
    return f"created={created}" if created else None


def open_store(settings: Settings, folder: Path) -> FileStore:
    """The store of the landing path; raises `LandingError` if its address cannot be opened.

    Fetched files are kept in the temporary directory `folder` while they are read.
    """
    landing_path = settings.landing_path
    if "://" in landing_path and not landing_path.startswith("file://"):
        return RemoteStore(landing_path, folder)
    root = Path(landing_path.removeprefix("file://"))
    if root.exists() and not root.is_dir():
        raise LandingError(f"CDP_LANDING_PATH {landing_path!r} is a file: set it to a folder.")
    return LocalStore(root, folder, may_link_outside=settings.landing_links_outside)


def temporary_name(file: SourceFile) -> str:
    """A file name for the temporary directory, without characters special to DuckDB."""
    return hashlib.sha256(file.path.encode()).hexdigest()[:32]
