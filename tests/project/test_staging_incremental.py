"""Staging gives the same rows however the files came: in any order, in any batches, or at once."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from dbt.cli.main import dbtRunner

from orchestration.landing import forget, land
from orchestration.settings import PROJECT_DIR, Settings
from orchestration.warehouse import connected

BASES = ("crm__contacts", "web__events", "catalog__stores", "pos__receipts")
MODELS = [f"base_{name}" for name in BASES] + ["stg_catalog__stores"]

Row = Mapping[str, Any]
Files = dict[str, str]
# What a batch does to the landing folder: files written, files taken out and landed again.
Batch = tuple[Files, list[str]]


def as_csv(*rows: Row) -> str:
    text = io.StringIO()
    columns = {name: None for row in rows for name in row}
    writer = csv.DictWriter(text, list(columns))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def as_jsonl(*rows: Row) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


def contact(contact_id: str, day: int, email: str, **others: str) -> Row:
    return {
        "contact_id": contact_id,
        "email": email,
        "phone": "0171 2345678",
        "country": "DE",
        "created_at": "2026-01-01T08:00:00+01:00",
        "updated_at": f"2026-02-{day:02}T08:00:00+01:00",
        "is_deleted": "false",
        **others,
    }


def event(message_id: str, minute: int, **others: Any) -> Row:
    return {
        "message_id": message_id,
        "type": "page",
        "anonymous_id": "cookie-1",
        "timestamp": f"2026-02-01T10:{minute:02}:00Z",
        "sent_at": f"2026-02-01T10:{minute:02}:01Z",
        "received_at": f"2026-02-01T10:{minute:02}:02Z",
        "context": {"page": {"url": "https://shop.example/"}},
        "properties": {},
        **others,
    }


def receipt(receipt_id: str, store_id: str, **others: str) -> Row:
    return {
        "receipt_id": receipt_id,
        "store_id": store_id,
        "purchased_at": "2026-07-01 12:00:00",
        "receipt_type": "sale",
        "total_amount": "10.00",
        "currency": "EUR",
        **others,
    }


def store(store_id: str, time_zone: str) -> Row:
    return {"store_id": store_id, "store_name": store_id, "time_zone": time_zone}


# Copies of contact A's version in three files that disagree; the second file of B is replaced by
# one without B; C loses its better copy when its file is replaced; D comes without a key twice.
FINAL: Files = {
    "crm/contacts/1.csv": as_csv(
        contact("A", 1, "a1@x.de"), contact("B", 1, "b@x.de"), contact("C", 2, "c-old@x.de")
    ),
    "crm/contacts/2.csv": as_csv(contact("A", 1, "a2@x.de"), contact("A", 1, "a2@x.de")),
    "crm/contacts/3.csv": as_csv(
        contact("A", 1, "a3@x.de"), contact("", 3, "d@x.de"), contact("", 3, "d@x.de")
    ),
    "crm/contacts/4.csv": as_csv(contact("C", 2, "c@x.de", birth_date="31.02.1985")),
    "web/events/1.jsonl": as_jsonl(event("m1", 1), event("m2", 2), event("m1", 1)),
    "web/events/2.jsonl": as_jsonl(
        event("m2", 3), event("m3", 4, type="unheard-of"), event("m4", 5, timestamp="soon")
    ),
    "web/events/3.jsonl": as_jsonl(event("m3", 4), event("m4", 5), event("m5", 6, later="new")),
    "pos/receipts/1.csv": as_csv(receipt("R1", "S1"), receipt("R2", "S2"), receipt("R3", "S3")),
    "pos/receipts/2.csv": as_csv(receipt("R1", "S1"), receipt("R4", "S2")),
    "catalog/stores/stores.csv": as_csv(store("S1", "Europe/Berlin"), store("S2", "Asia/Tokyo")),
}

# What some of these files said before they were replaced.
EARLIER: Files = {
    "crm/contacts/2.csv": as_csv(
        contact("A", 1, "zz@x.de"), contact("B", 2, "b2@x.de"), contact("E", 2, "e@x.de")
    ),
    "crm/contacts/4.csv": as_csv(contact("C", 2, "c-better@x.de")),
    "web/events/2.jsonl": as_jsonl(event("m1", 9), event("m2", 9), event("m6", 9)),
    "catalog/stores/stores.csv": as_csv(store("S1", "Asia/Tokyo"), store("S3", "Europe/Paris")),
}


HISTORIES: dict[str, list[Batch]] = {
    "with_replaced_files": [
        ({name: EARLIER.get(name, FINAL[name]) for name in FINAL}, []),
        ({}, []),
        (FINAL, []),
    ],
    "latest_first": [
        ({name: FINAL[name] for name in sorted(FINAL, reverse=True) if "receipts" in name}, []),
        (EARLIER, []),
        ({name: FINAL[name] for name in FINAL if "1" in name or "3" in name}, []),
        (FINAL, ["crm/contacts/3.csv", "web/events/1.jsonl"]),
    ],
}


COUNTS = {
    ("crm__contacts", "accepted"): 3,
    ("crm__contacts", "duplicate"): 3,
    ("crm__contacts", "quarantined"): 3,
    ("web__events", "accepted"): 5,
    ("web__events", "duplicate"): 2,
    ("web__events", "quarantined"): 2,
    ("pos__receipts", "accepted"): 3,
    ("pos__receipts", "duplicate"): 1,
    ("pos__receipts", "quarantined"): 1,
    ("catalog__stores", "accepted"): 2,
}
REASONS = {
    "contact_id is missing",
    "birth_date is not a date",
    "type and event are not known",
    "timestamp is not a timestamp",
    "store_id is not a known store",
}


class Staging:
    """The staging models of an otherwise empty warehouse."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.schema = f"{settings.schema}_staging"
        self.runner = dbtRunner()
        self._dbt("seed", "--select", "phone_countries")

    def start_anew(self) -> None:
        with connected(self.settings) as warehouse:
            for schema in (self.settings.raw_schema, self.schema):
                warehouse.execute(f"drop schema if exists {schema} cascade")
        shutil.rmtree(self.settings.landing_path, ignore_errors=True)

    def apply(self, batch: Batch) -> None:
        files, taken_out = batch
        for name, text in files.items():
            path = Path(self.settings.landing_path, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        land(self.settings)
        if taken_out:
            forget(self.settings, taken_out)
            land(self.settings)

    def run(self, *arguments: str) -> None:
        self._dbt("run", "--select", *MODELS, *arguments)

    def rows(self, without: tuple[str, ...] = (), where: str = "true") -> dict[str, list[str]]:
        """All columns of all base models but `_loaded_at`, which says when and not what."""
        found = {}
        with connected(self.settings) as warehouse:
            for name in BASES:
                columns = warehouse.columns(self.schema, f"base_{name}")
                kept = ", ".join(c for c in columns if c not in ("_loaded_at", *without))
                query = f"select {kept} from {self.schema}.base_{name} where {where}"
                found[name] = sorted(map(repr, warehouse.execute(query)))
        return found

    def values(self, column: str) -> Counter[tuple[str, str]]:
        """How often each value of a column stands in each base model."""
        found: Counter[tuple[str, str]] = Counter()
        with connected(self.settings) as warehouse:
            for name in BASES:
                query = f"select {column}, count(*) from {self.schema}.base_{name} group by 1"
                found.update({(name, value): count for value, count in warehouse.execute(query)})
        return found

    def _dbt(self, *arguments: str) -> None:
        paths = ["--project-dir", str(PROJECT_DIR), "--profiles-dir", str(PROJECT_DIR)]
        result = self.runner.invoke(["--quiet", *arguments, *paths])
        assert result.success, result.exception


@pytest.mark.slow
def test_any_history_gives_the_rows_of_landing_everything_at_once(settings: Settings) -> None:
    staging = Staging(settings)
    staging.apply((FINAL, []))
    staging.run()
    at_once = staging.rows()
    assert staging.values("_row_status") == COUNTS
    assert {reason for _, reason in staging.values("_quarantine_reason") if reason} == REASONS

    for name, history in HISTORIES.items():
        staging.start_anew()
        for batch in history:
            staging.apply(batch)
            staging.run()
        assert staging.rows() == at_once, name
    staging.run("--full-refresh")
    assert staging.rows() == at_once


@pytest.mark.slow
def test_names_of_files_choose_no_winner(settings: Settings) -> None:
    staging = Staging(settings)
    results = []
    for prefix in ("", "other-", "again-"):
        staging.start_anew()
        renamed = {str(Path(n).with_name(prefix + Path(n).name)): t for n, t in FINAL.items()}
        staging.apply((renamed, []))
        staging.run()
        results.append(
            staging.rows(("_load_id", "_file", "_row_number"), "_row_status = 'accepted'")
        )
    assert results[1:] == results[:1] * 2
