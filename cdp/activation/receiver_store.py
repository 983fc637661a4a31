"""What the local receiver got, in a SQLite file."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from cdp.activation.statements import render
from cdp.activation.types import REMOVING


class Store:
    """What a receiver got, in a SQLite file that may be read while it runs."""

    def __init__(self, file: Path) -> None:
        self._database = sqlite3.connect(file, isolation_level=None)
        self._database.execute("pragma journal_mode = wal")
        self._database.execute("pragma synchronous = normal")
        self._database.executescript(render("receiver.sql"))

    def take(self, batch: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], key: str) -> None:
        """Keep rows of a batch, all or nothing."""
        sync, now = batch["sync"], time.time()
        execute = self._database.execute
        execute("begin immediate")
        try:
            for row in rows:
                fresh = execute(
                    "insert or ignore into seen values (?)", (row["idempotency_key"],)
                ).rowcount
                execute(
                    "insert into deliveries values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (
                        *(sync, row["key"], row["operation"], row["idempotency_key"]),
                        *(row["revision"], not fresh, key, row.get("into"), now),
                    ),
                )
                earlier = execute(
                    "select revision from state where sync = ? and key = ?", (sync, row["key"])
                ).fetchone()
                if fresh and (earlier is None or row["revision"] >= earlier[0]):
                    execute(
                        "insert or replace into state values (?, ?, ?, ?, ?, ?)",
                        (
                            *(sync, batch["object"], row["key"], row["operation"] in REMOVING),
                            *(row["revision"], json.dumps(row["values"], sort_keys=True)),
                        ),
                    )
            execute("commit")
        except BaseException:
            execute("rollback")
            raise

    def log_request(self, status: int) -> None:
        """Count a request; status 0 is one that got no whole answer."""
        self._database.execute("insert into requests values (?, ?)", (time.time(), status))

    def rows(self, sync: str) -> dict[str, dict[str, Any]]:
        """What the receiver holds of a sync at present: values by key."""
        found = self._database.execute(
            "select key, values_json from state where sync = ? and not is_deleted", (sync,)
        )
        return {key: json.loads(values) for key, values in found}

    def merges(self, sync: str) -> list[tuple[str, str]]:
        """Key of each row that was merged and of the row it went into, as they came."""
        merges = "sync = ? and operation = 'merge' and not is_duplicate order by rowid"
        query = f"select key, into_key from deliveries where {merges}"
        return list(self._database.execute(query, (sync,)))

    def deliveries(self, sync: str) -> list[tuple[str, str, str, int, bool]]:
        """Key, operation, idempotency key, revision and is-duplicate of all rows, as they came."""
        columns = "key, operation, idempotency_key, revision, is_duplicate"
        query = f"select {columns} from deliveries where sync = ? order by rowid"
        return [(*row[:4], bool(row[4])) for row in self._database.execute(query, (sync,))]

    def order_of_syncs(self, syncs: Sequence[str]) -> list[str]:
        """The sync of each row received of these, as they came."""
        found = self._database.execute("select sync from deliveries order by rowid")
        return [sync for (sync,) in found if sync in syncs]

    def summary(self) -> dict[str, Any]:
        """Counts by sync: rows held, rows received by operation, duplicates."""
        held = self._database.execute(
            "select sync, object, sum(not is_deleted) from state group by sync, object"
        )
        syncs: dict[str, dict[str, Any]] = {
            sync: {"object": object_name, "held": count, "received": {}, "duplicates": 0}
            for sync, object_name, count in held
        }
        counts = "sync, operation, sum(not is_duplicate), sum(is_duplicate)"
        query = f"select {counts} from deliveries group by sync, operation"
        for sync, operation, count, duplicates in self._database.execute(query):
            syncs[sync]["received"][operation] = count
            syncs[sync]["duplicates"] += duplicates
        requests = self._database.execute("select status, count(*) from requests group by status")
        return {"requests": {str(status): count for status, count in requests}, "syncs": syncs}

    def close(self) -> None:
        """Close the file."""
        self._database.close()
