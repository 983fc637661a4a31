"""Receivers that are no API: a table on a real server, and a folder as its reader sees it."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
import pytest

from tests.cdp.activation.emulators.emulator import Call, Emulator, Refused, Reply


class LocalReceiver(Emulator):
    """A receiver that nobody speaks HTTP to, and that has no rate."""

    rate = (100_000, 1.0)

    def is_signed_in(self, call: Call) -> bool:
        return False

    def answer(self, call: Call) -> Reply:
        raise Refused(404, "no_http")

    def refusal(self, status: int, code: str, text: str) -> Any:
        return {"code": code}


class PostgresTable(LocalReceiver):
    """The table crm.members, which refuses the keys it is told to by a constraint."""

    def __init__(self) -> None:
        super().__init__()
        self.dsn = ""

    def prepare(self, request: pytest.FixtureRequest) -> None:
        server = request.getfixturevalue("postgres_server")
        self.dsn = f"host={server} user=postgres dbname=postgres"
        self._execute(
            "drop schema if exists crm cascade",
            "create schema crm",
            "create table crm.members (profile_key text primary key, email text, firstname text, "
            "visits bigint)",
        )

    def _execute(self, *statements: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            for statement in statements:
                cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def refuse(self, keys: set[str]) -> None:
        listed = ", ".join(f"'{key}'" for key in sorted(keys))
        self._execute(f"alter table crm.members add check (profile_key not in ({listed}))")

    def held(self) -> dict[str, dict[str, Any]]:
        rows = self._execute("select row_to_json(members) from crm.members as members")
        return {row["profile_key"]: row for (row,) in rows}


class Folder(LocalReceiver):
    """A folder as its reader sees it: what manifests list, the highest revision of each key."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = TemporaryDirectory(prefix="cdp-files-")
        self.path = Path(self._folder.name)

    def held(self) -> dict[str, dict[str, Any]]:
        sync = self.path / "contract"
        whole = sync / "manifest.json"
        if whole.exists():
            return {row["profile_key"]: row for row in self._rows(whole)}
        latest: dict[str, dict[str, Any]] = {}
        manifests = sorted(sync.glob("manifest-*.json"), key=lambda file: file.stat().st_mtime_ns)
        for row in [row for manifest in manifests for row in self._rows(manifest)]:
            before = latest.get(row["_key"])
            if before is None or row["_revision"] >= before["_revision"]:
                latest[row["_key"]] = row
        return {
            key: {name: value for name, value in row.items() if not name.startswith("_")}
            for key, row in latest.items()
            if row["_operation"] != "delete"
        }

    def _rows(self, manifest: Path) -> list[dict[str, Any]]:
        files = json.loads(manifest.read_text(encoding="utf-8"))["files"]
        lines = [
            line
            for file in files
            for line in (manifest.parent / file["name"]).read_text(encoding="utf-8").splitlines()
        ]
        assert len(lines) == sum(file["rows"] for file in files)
        return [json.loads(line) for line in lines]
