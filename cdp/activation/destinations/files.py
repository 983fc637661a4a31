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
import os
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any, Literal, TypeVar, cast
from urllib.parse import urlsplit

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import Field

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
    Value,
)
from cdp.activation.spec import ColumnKind, PayloadColumn, SyncSpec
from cdp.settings import Settings

Content = TypeVar("Content")

DEFAULT_URL_VARIABLE = "CDP_FILES_URL"
OWN_COLUMNS = ("_operation", "_key", "_revision", "_idempotency_key")

# A spreadsheet takes a cell that begins so for a formula.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_OBJECT_STORES = frozenset({"s3", "s3a"})
_SFTP = frozenset({"sftp", "ssh"})
# Each needs an optional extra of this package, which offers the module.
_EXTRAS = {"s3": "s3fs", "s3a": "s3fs", "sftp": "sshfs", "ssh": "sshfs"}
_UNUSABLE = (PermissionError, FileNotFoundError, NotADirectoryError, IsADirectoryError)


class FilesOptions(Options):
    """Keys of a sync to files beside the common ones.

    Attributes:
        url_variable: Environment variable that holds the folder, `s3://bucket/prefix` or
            `sftp://user@host/path`.
        format: Of the files.
        formula_safe: Put an apostrophe before a text in a CSV file that a spreadsheet would take
            for a formula. Numbers are left as they are.
        password_variable: Environment variable that holds the password for SFTP, if any.
        private_key_variable: Environment variable that names the private key file for SFTP.
        known_hosts_variable: Environment variable that names the file with the server's key;
            `~/.ssh/known_hosts` where it is not set.
    """

    url_variable: str = Field(DEFAULT_URL_VARIABLE, pattern=r"^[A-Z][A-Z0-9_]*$")
    format: Literal["csv", "jsonl", "parquet"] = "csv"
    formula_safe: bool = True
    password_variable: str = Field("CDP_FILES_PASSWORD", pattern=r"^[A-Z][A-Z0-9_]*$")
    private_key_variable: str = Field("CDP_FILES_PRIVATE_KEY", pattern=r"^[A-Z][A-Z0-9_]*$")
    known_hosts_variable: str = Field("CDP_FILES_KNOWN_HOSTS", pattern=r"^[A-Z][A-Z0-9_]*$")


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
        content = _WRITERS[self._options.format](changes, self._spec)
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


def _own_columns(spec: SyncSpec) -> tuple[str, ...]:
    return () if spec.mode == "full" else OWN_COLUMNS


def _own_values(change: Change) -> tuple[str, str, int, str]:
    return change.operation, change.key, change.revision, change.idempotency_key


def _jsonl(changes: Sequence[Change], spec: SyncSpec) -> bytes:
    lines = []
    if spec.mode == "full":
        return ("\n".join(change.values_json for change in changes) + "\n").encode()
    for change in changes:
        own = json.dumps(
            dict(zip(OWN_COLUMNS, _own_values(change), strict=True)), ensure_ascii=False
        )
        values = change.values_json.strip()
        lines.append(own if values == "{}" else f"{own[:-1]}, {values[1:]}")
    return ("\n".join(lines) + "\n").encode()


def _csv(changes: Sequence[Change], spec: SyncSpec) -> bytes:
    is_safe = cast(FilesOptions, spec.options).formula_safe
    columns = spec.payload.columns
    key = spec.payload.column(spec.key)
    key_kind = key.kind if key else "text"
    lines = [",".join(_quoted(name) for name in (*_own_columns(spec), *(c.name for c in columns)))]
    for change in changes:
        values = change.values
        cells = [_cell(values.get(c.name), c.kind, c.scale, is_safe) for c in columns]
        if spec.mode != "full":
            # The canonical text of any other kind holds digits, letters and signs that are safe.
            key_cell = _cell(change.key, "text", 0, is_safe) if key_kind == "text" else change.key
            own = (change.operation, key_cell, str(change.revision), change.idempotency_key)
            cells = [*own, *cells]
        lines.append(",".join(cells))
    return ("\n".join(lines) + "\n").encode()


def _cell(value: Value, kind: ColumnKind, scale: int, is_safe: bool) -> str:
    """A null is an empty cell, an empty text is two quotes."""
    if value is None:
        return ""
    if kind == "text":
        text = str(value)
        return _quoted("'" + text if is_safe and text.startswith(_FORMULA_STARTS) else text)
    if kind == "boolean":
        return "true" if value else "false"
    if kind == "numeric":
        return f"{Decimal(str(value)):.{scale}f}"
    return repr(float(value)) if kind == "double" else str(value)


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _parquet(changes: Sequence[Change], spec: SyncSpec) -> bytes:
    own = _own_columns(spec)
    kinds = (pa.string(), pa.string(), pa.int64(), pa.string())
    columns = zip(*map(_own_values, changes), strict=True) if own else ()
    arrays = [pa.array(list(column), kind) for column, kind in zip(columns, kinds, strict=False)]
    rows = [change.values for change in changes]
    for column in spec.payload.columns:
        convert = _CONVERSIONS.get(column.kind)
        values = [row.get(column.name) for row in rows]
        if convert:
            values = [None if value is None else convert(value) for value in values]
        arrays.append(pa.array(values, _arrow_type(column)))
    names = [*own, *(column.name for column in spec.payload.columns)]
    sink = BytesIO()
    pq.write_table(pa.Table.from_arrays(arrays, names=names), sink)
    return sink.getvalue()


_CONVERSIONS: dict[ColumnKind, Callable[[Any], Any]] = {
    "numeric": lambda number: Decimal(str(number)),
    "double": float,
    "date": date.fromisoformat,
    "timestamp": datetime.fromisoformat,
}


def _arrow_type(column: PayloadColumn) -> pa.DataType:
    types: dict[ColumnKind, pa.DataType] = {
        "text": pa.string(),
        "integer": pa.int64(),
        "boolean": pa.bool_(),
        "numeric": pa.decimal128(38, column.scale),
        "double": pa.float64(),
        "date": pa.date32(),
        "timestamp": pa.timestamp("us", tz="UTC"),
    }
    return types[column.kind]


_WRITERS: dict[str, Callable[[Sequence[Change], SyncSpec], bytes]] = {
    "csv": _csv,
    "jsonl": _jsonl,
    "parquet": _parquet,
}


class Files:
    """The destination for files."""

    options: type[Options] = FilesOptions
    modes: frozenset[Mode] = frozenset({"upsert", "update_only", "mirror", "append", "full"})
    # 100,000 rows is our own bound of a file. One file after another, so that a repeated run finds
    # the same files.
    limits = Limits(largest_batch=100_000, default_batch=50_000, max_in_flight=1, most_in_flight=1)

    def check(self, spec: SyncSpec) -> Iterable[Problem]:
        """The names of our own columns must be free."""
        taken = [name for name in _own_columns(spec) if spec.payload.column(name)]
        if taken:
            yield Problem(
                "destination",
                f"files adds the columns {', '.join(OWN_COLUMNS)}: rename {', '.join(taken)} in "
                "the payload.",
            )

    def open(self, spec: SyncSpec, settings: Settings) -> AbstractAsyncContextManager[FilesSession]:
        """Connect with the address and secrets of the environment."""
        return _open(spec)


@asynccontextmanager
async def _open(spec: SyncSpec) -> AsyncIterator[FilesSession]:
    options = cast(FilesOptions, spec.options)
    url = os.environ.get(options.url_variable)
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
            f"{options.url_variable}: no connection ({type(error).__name__}): look at the address, "
            "the secret and the server's key."
        ) from None
    host = urlsplit(url).netloc.rpartition("@")[2]
    yield FilesSession(filesystem, f"{path.rstrip('/')}/{spec.name}", host or "folder", spec)


def _secrets(options: FilesOptions, protocol: str) -> dict[str, Any]:
    """What SFTP signs in with. S3 reads the variables of AWS by itself."""
    if protocol not in _SFTP:
        return {}
    known_hosts = os.environ.get(options.known_hosts_variable) or "~/.ssh/known_hosts"
    password = os.environ.get(options.password_variable)
    key = os.environ.get(options.private_key_variable)
    # Named always: without it no server's key would be checked.
    secrets: dict[str, Any] = {"known_hosts": str(Path(known_hosts).expanduser())}
    if password:
        secrets["password"] = password
    if key:
        secrets["client_keys"] = [str(Path(key).expanduser())]
    return secrets


def _protocols(filesystem: Any) -> set[str]:
    protocol = filesystem.protocol
    return {protocol} if isinstance(protocol, str) else set(protocol)


DESTINATION: Destination = Files()
