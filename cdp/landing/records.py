"""Rows of the registry tables."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True)
class SeenFile:
    """A file as it was when it was last landed or found to be a copy of another."""

    size_bytes: int
    modified: str | None
    content_sha256: str
    load_id: str


@dataclass(frozen=True)
class Load:
    """The columns of `landing_loads` that decide which files to land."""

    load_id: str
    file: str
    content_sha256: str
    file_version: int
    is_current: bool


@dataclass(frozen=True)
class LoadRecord(Load):
    """A new row of `landing_loads`; the fields are its columns."""

    channel: str
    entity: str
    table_name: str
    file_format: str
    size_bytes: int
    row_count: int
    quarantined_row_count: int
    started_at: datetime
    loaded_at: datetime


def utc_now() -> datetime:
    """The time in UTC without time zone, as the warehouse stores it."""
    return datetime.now(UTC).replace(tzinfo=None)
