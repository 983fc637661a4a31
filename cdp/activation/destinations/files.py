"""Files in a folder, an S3 bucket or on an SFTP server: CSV, JSON lines or Parquet, and manifests.

A batch is a file, named by the SHA-256 of its content, so that the same change repeated after a
crash writes the same file again. Each row carries `_operation`, `_key`, `_revision` and
`_idempotency_key` before the payload's columns; of a deleted row only those are there.

A manifest lists files that are whole, with their rows, bytes and SHA-256. It is written after the
file and before the rows count as delivered: a row that was acknowledged is in a listed file.

In mode `full` the files hold all rows, without columns of our own, and `manifest.json` is replaced
when the last file is there: what it lists is one state of the whole payload.
"""

from __future__ import annotations

import asyncio
import hashlib
import importlib.util
import json
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar, cast
from urllib.parse import urlsplit

import fsspec

from cdp.activation.destinations.base import (
    ACCEPTED,
    Change,
    Destination,
    DestinationSettingError,
    DestinationUnusableError,
    Limits,
    Mode,
    Options,
    Problem,
    RowResult,
    TemporaryFailureError,
)
from cdp.activation.destinations.file_formats import OWN_COLUMNS, WRITERS, own_columns
from cdp.activation.spec import SyncSpec
from cdp.environment import named_secret, named_value, variable
from cdp.settings import Settings

Content = TypeVar("Content")

DEFAULT_URL_VARIABLE = "CDP_FILES_URL"

_OBJECT_STORES = frozenset({"s3", "s3a"})
_SFTP = frozenset({"sftp", "ssh"})
# Module that each protocol needs; an optional extra of this package installs it.
_EXTRAS = {"s3": "s3fs", "s3a": "s3fs", "sftp": "sshfs", "ssh": "sshfs"}
_UNUSABLE = (PermissionError, FileNotFoundError, NotADirectoryError, IsADirectoryError)


class FilesOptions(Options):
    """Keys of a sync to files beside the common ones.

    Attributes:
        format: Of the files.
        formula_safe: Put an apostrophe before a text in a CSV file that a spreadsheet would take
            for a formula. Numbers are left as they are.
    """

    url_variable: str = variable(DEFAULT_URL_VARIABLE, "an fsspec address", "Where files go.")
    format: Literal["csv", "jsonl", "parquet"] = "csv"
    formula_safe: bool = True
    password_variable: str = variable(
        "CDP_FILES_PASSWORD", "a secret", "Password for an SFTP server."
    )
    private_key_variable: str = variable(
        "CDP_FILES_PRIVATE_KEY", "a file", "Private key for an SFTP server."
    )
    known_hosts_variable: str = variable(
        "CDP_FILES_KNOWN_HOSTS", "a file", "Keys of SFTP servers.", shown="`~/.ssh/known_hosts`"
    )


@dataclass(frozen=True, slots=True)
class ListedFile:
    """A file as its manifest lists it; `sha256` is in hexadecimal."""

    name: str
    rows: int
    bytes: int
    sha256: str


class FilesSession:
    """An open folder; `path` is where the sync's files go."""

    def __init__(self, filesystem: Any, path: str, account: str, spec: SyncSpec) -> None:
        self._filesystem = filesystem
        self._path = path
        self._spec = spec
        self._options = cast(FilesOptions, spec.options)
        self._is_object_store = bool(_OBJECT_STORES & _protocols(filesystem))
        self._lock = asyncio.Lock()
        self._files: list[ListedFile] = []
        self.account = account

    def split(self, changes: Sequence[Change]) -> Sequence[Sequence[Change]]:
        """One file for all."""
        return [changes]

    async def deliver(self, changes: Sequence[Change]) -> Sequence[RowResult]:
        """Write one file and list it; see `Session.deliver`."""
        async with self._lock:
            await _in_thread(self._add_file, changes)
        return [ACCEPTED] * len(changes)

    async def finish(self) -> None:
        """In mode `full` say that the files are the whole; see `Finishing.finish`."""
        if self._spec.mode == "full":
            await _in_thread(self._write_manifest, "manifest.json")

    def _add_file(self, changes: Sequence[Change]) -> None:
        is_full = self._spec.mode == "full"
        if is_full:
            changes = [change for change in changes if change.operation != "delete"]
        if not changes:
            return
        content = WRITERS[self._options.format](changes, self._spec, self._options.formula_safe)
        digest = hashlib.sha256(content).hexdigest()
        name = f"{digest[:32]}.{self._options.format}"
        self._write(name, content)
        listed = ListedFile(name, len(changes), len(content), digest)
        if listed not in self._files:
            self._files.append(listed)
        if not is_full:
            self._write_manifest(f"manifest-{self._files[0].sha256[:32]}.json")

    def _write_manifest(self, name: str) -> None:
        document = {
            "sync": self._spec.name,
            "object": self._spec.object,
            "mode": self._spec.mode,
            "files": [asdict(file) for file in self._files],
        }
        self._write(name, json.dumps(document, indent=1).encode() + b"\n")

    def _write(self, name: str, content: bytes) -> None:
        """Make the file appear as a whole or not at all."""
        target = f"{self._path}/{name}"
        if self._is_object_store:
            self._filesystem.pipe_file(target, content)
            return
        self._filesystem.makedirs(self._path, exist_ok=True)
        self._filesystem.pipe_file(f"{target}.part", content)
        self._filesystem.mv(f"{target}.part", target)


async def _in_thread(write: Callable[[Content], None], what: Content) -> None:
    try:
        await asyncio.to_thread(write, what)
    except _UNUSABLE as error:
        raise DestinationUnusableError(f"files: {type(error).__name__}") from error
    except Exception as error:  # each file system has errors of its own, without a common base
        raise TemporaryFailureError(f"files: {type(error).__name__}") from error


class Files:
    """The destination for files."""

    options: type[Options] = FilesOptions
    modes: frozenset[Mode] = frozenset({"upsert", "update_only", "mirror", "append", "full"})
    # 100,000 rows per file is our own limit. Files are written one after another, so that a
    # repeated run finds the same files.
    limits = Limits(largest_batch=100_000, default_batch=50_000, max_in_flight=1, most_in_flight=1)

    def check(self, spec: SyncSpec) -> Iterable[Problem]:
        """The names of our own columns must be free."""
        taken = [name for name in own_columns(spec) if spec.payload.column(name)]
        if taken:
            yield Problem(
                "destination",
                f"files adds the columns {', '.join(OWN_COLUMNS)}: rename {', '.join(taken)} in "
                "the payload.",
            )

    @asynccontextmanager
    async def open(self, spec: SyncSpec, settings: Settings) -> AsyncIterator[FilesSession]:
        """Connect with the address and secrets of the environment."""
        options = cast(FilesOptions, spec.options)
        url = named_value(options.url_variable)
        if not url:
            raise DestinationSettingError(
                f"{options.url_variable} is not set: set it to a folder, s3://BUCKET/PREFIX or "
                "sftp://USER@HOST/PATH."
            )
        protocol = urlsplit(url).scheme or "file"
        module = _EXTRAS.get(protocol)
        if module and importlib.util.find_spec(module) is None:
            raise DestinationSettingError(
                f"{options.url_variable} needs the package {module}: install this project with the "
                f"extra {module.removesuffix('fs')!r}."
            )
        try:
            filesystem, path = await asyncio.to_thread(
                fsspec.core.url_to_fs, url, skip_instance_cache=True, **_secrets(options, protocol)
            )
        except Exception as error:
            # A message of the file system may repeat the address with a password in it.
            raise DestinationSettingError(
                f"{options.url_variable}: no connection ({type(error).__name__}): look at the "
                "address, the secret and the server's key."
            ) from None
        host = urlsplit(url).netloc.rpartition("@")[2]
        yield FilesSession(filesystem, f"{path.rstrip('/')}/{spec.name}", host or "folder", spec)


def _secrets(options: FilesOptions, protocol: str) -> dict[str, Any]:
    """What SFTP signs in with. S3 reads the variables of AWS by itself."""
    if protocol not in _SFTP:
        return {}
    known_hosts = named_value(options.known_hosts_variable) or "~/.ssh/known_hosts"
    password = named_secret(options.password_variable)
    key = named_value(options.private_key_variable)
    # Always set: without it no server key would be checked.
    secrets: dict[str, Any] = {"known_hosts": str(Path(known_hosts).expanduser())}
    if password:
        secrets["password"] = password.get_secret_value()
    if key:
        secrets["client_keys"] = [str(Path(key).expanduser())]
    return secrets


def _protocols(filesystem: Any) -> set[str]:
    protocol = filesystem.protocol
    return {protocol} if isinstance(protocol, str) else set(protocol)


DESTINATION: Destination = Files()
