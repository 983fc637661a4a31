"""Who looked whom up: one row per profile that was shown, written before it is shown.

On PostgreSQL the table is in the warehouse. DuckDB has one writer, which the page must not block:
there the table is in a separate SQLite file.
"""

from __future__ import annotations

import hmac
import json
import sqlite3
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

import psycopg

from cdp.customer_page.options import page_folder
from cdp.customer_page.users import User
from cdp.customer_page.warehouse import QUERIES
from cdp.settings import Settings
from cdp.warehouse.connection import quote
from cdp.warehouse.queries import Sql

TABLE = "customer_lookups"
_DDL_LOCK = 5_318_008_114_260_922


@dataclass(frozen=True)
class Lookup:
    """One row of the table.

    Attributes:
        lookup_id: Key.
        looked_up_at: When (UTC).
        user_name: Who; the user of the operating system if the page has no sign-in.
        role: Role of the user.
        view_name: What was shown: `search`, or a page of the person.
        profile_id: Who was shown; None for a search without result.
        is_masked: Whether direct identifiers were masked.
        searched_hash: Keyed hash of the search term; None if it was no search.
    """

    lookup_id: str
    looked_up_at: datetime
    user_name: str
    role: str
    view_name: str
    profile_id: str | None
    is_masked: bool
    searched_hash: str | None


_COLUMNS = [field.name for field in fields(Lookup)]


class AuditTable(Protocol):
    """Where look-ups are kept; rows are added and never changed."""

    def add(self, lookups: Sequence[Lookup]) -> None:
        """Write rows durably, all or none."""
        ...

    def read(self) -> Iterator[Lookup]:
        """All rows, the oldest first."""
        ...


class AuditLog:
    """Records look-ups; nothing may be shown if recording fails."""

    def __init__(self, table: AuditTable, secret: bytes) -> None:
        self._table = table
        self._key = hmac.digest(secret, b"audit", "sha256")

    def record(
        self, user: User, view_name: str, profile_ids: Sequence[str], searched: str | None = None
    ) -> None:
        """Write a row per profile, or one without a profile if a search found nobody."""
        now = datetime.now(UTC).replace(tzinfo=None)
        self._table.add(
            [
                Lookup(
                    lookup_id=uuid.uuid4().hex,
                    looked_up_at=now,
                    user_name=user.name,
                    role=user.role.name,
                    view_name=view_name,
                    profile_id=profile_id,
                    is_masked=not user.role.sees_identifiers,
                    searched_hash=None if searched is None else self.hash(searched),
                )
                for profile_id in profile_ids or (None,)
            ]
        )

    def hash(self, searched: str) -> str:
        """Hash of a search term, independent of letter case and spaces."""
        return hmac.new(
            self._key, " ".join(searched.lower().split()).encode(), "sha256"
        ).hexdigest()


class SqliteAudit:
    """The table beside a DuckDB warehouse. Triggers refuse to change or delete rows."""

    def __init__(self, file: Path) -> None:
        self._file = file
        file.touch(mode=0o600)
        with self._opened() as connection:
            connection.execute(QUERIES("customer_lookups", table=TABLE))
            for change in ("update", "delete"):
                connection.execute(
                    f"create trigger if not exists no_{change} before {change} on {TABLE} "
                    "begin select raise(abort, 'look-ups are kept as they are'); end"
                )

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        connection = sqlite3.connect(self._file, timeout=10)
        try:
            with connection:
                yield connection
        finally:
            connection.close()

    def add(self, lookups: Sequence[Lookup]) -> None:  # noqa: D102
        rows = [
            {**vars(each), "looked_up_at": each.looked_up_at.isoformat(sep=" ")} for each in lookups
        ]
        values = ", ".join(f":{name}" for name in _COLUMNS)
        with self._opened() as connection:
            connection.executemany(
                f"insert into {TABLE} ({', '.join(_COLUMNS)}) values ({values})", rows
            )

    def read(self) -> Iterator[Lookup]:  # noqa: D102
        with self._opened() as connection:
            for row in connection.execute(
                f"select * from {TABLE} order by looked_up_at, lookup_id"
            ):
                lookup_id, looked_up_at, user, role, view, profile_id, is_masked, searched = row
                at = datetime.fromisoformat(looked_up_at)
                yield Lookup(lookup_id, at, user, role, view, profile_id, bool(is_masked), searched)


class PostgresAudit:
    """The table in the warehouse, in a separate schema that only the page's role needs."""

    def __init__(self, schema: str) -> None:
        self._table = f"{quote(schema)}.{TABLE}"
        with self._opened() as connection:
            # The page's role may insert into the table without the right to create it.
            found = connection.execute("select to_regclass(%s)", (self._table,)).fetchone()
            if found is not None and found[0] is not None:
                return
            connection.execute("select pg_advisory_xact_lock(%s)", (_DDL_LOCK,))
            connection.execute(f"create schema if not exists {quote(schema)}".encode())
            statement = QUERIES("customer_lookups", table=Sql(self._table))
            connection.execute(statement.encode())

    @contextmanager
    def _opened(self) -> Iterator[psycopg.Connection[Any]]:
        with psycopg.connect("", connect_timeout=10) as connection:
            yield connection

    def add(self, lookups: Sequence[Lookup]) -> None:  # noqa: D102
        values = ", ".join(f"%({name})s" for name in _COLUMNS)
        statement = f"insert into {self._table} ({', '.join(_COLUMNS)}) values ({values})"
        with self._opened() as connection, connection.cursor() as cursor:
            cursor.executemany(statement.encode(), [vars(each) for each in lookups])

    def read(self) -> Iterator[Lookup]:  # noqa: D102
        query = f"select * from {self._table} order by looked_up_at, lookup_id"
        with self._opened() as connection:
            for row in connection.execute(query.encode()):
                yield Lookup(*row)


def open_audit(settings: Settings) -> AuditTable:
    """The table for the engine, created if it does not exist."""
    if settings.target == "postgres":
        return PostgresAudit(f"{settings.schema}_audit")
    return SqliteAudit(page_folder(settings.data_dir) / "audit.sqlite")


def as_json_line(lookup: Lookup) -> str:
    """A row for a file that the warehouse can land."""
    return json.dumps({**asdict(lookup), "looked_up_at": lookup.looked_up_at.isoformat()})
