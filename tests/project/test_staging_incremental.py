"""Staging gives the same rows however the files came, and numbers what each run writes.

In any order, in any batches, or at once; only the numbers of the runs, and the rows that stand for
records that are gone, tell one history from another.
"""

from __future__ import annotations

import csv
import io
import json
import shutil
import time
from collections import Counter, defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from cdp.landing import forget, land
from cdp.settings import Settings
from cdp.warehouse.connection import connected
from tests.dbt_process import DbtProcess

BASES = ("crm__contacts", "web__events", "catalog__stores", "pos__receipts")
MODELS = [*(f"base_{name}" for name in BASES), "stg_catalog__stores", "input_stores"]

Row = Mapping[str, Any]
Files = dict[str, str]
# Batch, status and content of each row, by base model and key of the record.
Records = dict[str, dict[str, list[tuple[int, str, str]]]]
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
        event("m2", 3), event("m3", 4, type=""), event("m4", 5, timestamp="soon")
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
    ("pos__receipts", "accepted"): 4,
    ("pos__receipts", "duplicate"): 1,
    ("catalog__stores", "accepted"): 2,
}
REASONS = {
    "contact_id is missing",
    "birth_date is not a date",
    "type and event are missing",
    "timestamp is not a timestamp",
}


class Staging:
    """The staging models of an otherwise empty warehouse."""

    def __init__(self, settings: Settings, dbt_process: DbtProcess) -> None:
        self.settings = settings
        self.schema = f"{settings.schema}_staging"
        self._dbt = dbt_process.check
        self._dbt("seed", "--select", "+path:models/staging")

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

    def build_with_reconciliation(self, *arguments: str) -> None:
        """Stage web events and test them, with the counts and the quarantine of all channels."""
        models = ["base_web__events", "stg_web__events"]
        models += ["staging_reconciliation", "staging_quarantine"]
        self._dbt("build", "--exclude-resource-type", "unit_test", "-s", *models, *arguments)

    def query(self, template: str) -> list[tuple[Any, ...]]:
        """What a query with macros returns."""
        (compiled,) = self._dbt("compile", "--inline", template).compiled.values()
        with connected(self.settings) as warehouse:
            return warehouse.execute(compiled)

    def events(self) -> dict[str, list[tuple[str, int]]]:
        """Status and batch of every row of each web event."""
        query = (
            f"select _record_key, _row_status, _staged_batch from {self.schema}.base_web__events"
        )
        found = defaultdict(list)
        with connected(self.settings) as warehouse:
            for key, status, batch in warehouse.execute(query):
                found[key].append((status, batch))
        return {key: sorted(rows) for key, rows in found.items()}

    def records(self) -> Records:
        """All rows of all base models but `_loaded_at`, by model and key of the record."""
        found: Records = {name: defaultdict(list) for name in BASES}
        with connected(self.settings) as warehouse:
            for name in BASES:
                columns = warehouse.columns(self.schema, f"base_{name}")
                first = ["_record_key", "_staged_batch", "_row_status"]
                others = [c for c in columns if c not in ("_loaded_at", *first)]
                query = f"select {', '.join(first + others)} from {self.schema}.base_{name}"
                for key, batch, status, *values in warehouse.execute(query):
                    found[name][key].append((batch, status, repr(values)))
        return {
            name: {key: sorted(rows) for key, rows in records.items()}
            for name, records in found.items()
        }

    def rows(
        self, without: tuple[str, ...] = (), where: str = "_row_status <> 'removed'"
    ) -> dict[str, list[str]]:
        """All columns of all base models but those that say when and not what."""
        without = ("_loaded_at", "_staged_batch", *without)
        found = {}
        with connected(self.settings) as warehouse:
            for name in BASES:
                columns = warehouse.columns(self.schema, f"base_{name}")
                kept = ", ".join(c for c in columns if c not in without)
                query = f"select {kept} from {self.schema}.base_{name} where {where}"
                found[name] = sorted(map(repr, warehouse.execute(query)))
        return found

    def filled_columns(self, condition: str) -> set[str]:
        """Columns of web events that any row holds a value in for which a condition holds."""
        with connected(self.settings) as warehouse:
            columns = warehouse.columns(self.schema, "base_web__events")
            counts = ", ".join(f"count({column})" for column in columns)
            query = f"select {counts} from {self.schema}.base_web__events where {condition}"
            [found] = warehouse.execute(query)
        return {column for column, count in zip(columns, found, strict=True) if count}

    def count(self, condition: str) -> int:
        """Rows of all base models for which a condition holds."""
        with connected(self.settings) as warehouse:
            return sum(
                warehouse.execute(
                    f"select count(*) from {self.schema}.base_{name} where {condition}"
                )[0][0]
                for name in BASES
            )

    def values(self, column: str) -> Counter[tuple[str, str]]:
        """How often each value of a column stands in each base model."""
        found: Counter[tuple[str, str]] = Counter()
        with connected(self.settings) as warehouse:
            for name in BASES:
                query = f"select {column}, count(*) from {self.schema}.base_{name} group by 1"
                found.update({(name, value): count for value, count in warehouse.execute(query)})
        return found


def assert_batch_tells_what_changed(before: Records, after: Records) -> None:
    """After one run: what is of an earlier batch is as it was, and all else is of one new batch."""
    for name, records in after.items():
        earlier = before[name]
        since = max((batch for rows in earlier.values() for batch, *_ in rows), default=0)
        assert len({batch for rows in records.values() for batch, *_ in rows if batch > since}) <= 1
        untouched = {key: rows for key, rows in records.items() if rows[-1][0] <= since}
        assert untouched == {key: earlier[key] for key in untouched}
        # A row without its key is no record, and leaves none behind.
        assert all(":" in key for key in earlier.keys() - records.keys())
        for key, rows in records.items():
            if "removed" in [status for _, status, _ in rows]:
                assert key in earlier
                assert len(rows) == 1


@pytest.mark.slow
def test_any_history_gives_the_rows_of_landing_everything_at_once(
    settings: Settings, dbt_process: DbtProcess
) -> None:
    staging = Staging(settings, dbt_process)
    staging.apply((FINAL, []))
    staging.run()
    at_once = staging.rows()
    assert staging.values("_row_status") == COUNTS
    assert {reason for _, reason in staging.values("_quarantine_reason") if reason} == REASONS

    for name, history in HISTORIES.items():
        staging.start_anew()
        before: Records = {name: {} for name in BASES}
        removed = 0
        for batch in history:
            staging.apply(batch)
            staging.run()
            after = staging.records()
            assert_batch_tells_what_changed(before, after)
            before = after
            removed += staging.count("_row_status = 'removed'")
        assert staging.rows() == at_once, name
        assert removed, f"{name} removes no record"
    staging.run("--full-refresh")
    assert staging.rows() == at_once
    assert not staging.count("_row_status = 'removed'")


@pytest.mark.slow
def test_names_of_files_choose_no_winner(settings: Settings, dbt_process: DbtProcess) -> None:
    staging = Staging(settings, dbt_process)
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


@pytest.mark.slow
def test_each_run_has_its_number_and_a_record_that_goes_leaves_a_row(
    settings: Settings, dbt_process: DbtProcess
) -> None:
    staging = Staging(settings, dbt_process)
    first, second = "web/events/1.jsonl", "web/events/2.jsonl"
    kept = as_jsonl(event("m1", 1), event("m1", 1), event("m2", 2))
    fleeting = as_jsonl(event("m3", 3), event("", 4), event("m1", 5), event("m5", 7))
    staging.apply(({first: kept, second: fleeting}, []))
    # Every channel's base model, for the counts of reconciliation.
    started = time.time_ns() // 1000
    staging.run("staging")
    [(built, last)] = staging.query("{{ staged_batch_range('stg_web__events') }}")
    assert started < built == last < time.time_ns() // 1000
    assert set(staging.values("_staged_batch")) == {("web__events", built)}

    # m3 and m5 go with their only file, the row without a key too, and m1 loses one of its copies.
    staging.apply(({second: as_jsonl(event("m4", 6))}, []))
    staging.build_with_reconciliation()
    [(first_batch, batch)] = staging.query("{{ staged_batch_range('stg_web__events') }}")
    assert first_batch == built < batch
    assert staging.events() == {
        "m1": [("accepted", batch), ("duplicate", batch)],
        "m2": [("accepted", built)],
        "m3": [("removed", batch)],
        "m4": [("accepted", batch)],
        "m5": [("removed", batch)],
    }
    assert touched(staging, built) == {"m1", "m3", "m4", "m5"}
    assert touched(staging, batch) == set()
    assert staging.filled_columns("_row_status = 'removed'") == {
        "_record_key",
        "_row_status",
        "_staged_batch",
    }

    before = staging.events()
    staging.build_with_reconciliation()
    assert staging.events() == before

    # The clock goes back, m3 returns, m2 is not accepted any more, and m4 goes.
    future = batch + 10**15
    with connected(settings) as warehouse:
        warehouse.execute(
            f"update {staging.schema}.base_web__events "
            f"set _staged_batch = {future} where event_id = 'm4'"
        )
    broken = as_jsonl(event("m1", 1), event("m2", 2, timestamp="soon"))
    staging.apply(({first: broken, second: as_jsonl(event("m3", 3))}, []))
    staging.build_with_reconciliation()
    assert staging.events() == {
        "m1": [("accepted", future + 1)],
        "m2": [("quarantined", future + 1)],
        "m3": [("accepted", future + 1)],
        "m4": [("removed", future + 1)],
        "m5": [("removed", batch)],
    }
    shown = "select event_id, _record_key, _staged_batch from {{ ref('stg_web__events') }}"
    assert sorted(staging.query(shown)) == [(m, m, future + 1) for m in ("m1", "m3")]

    staging.build_with_reconciliation("--full-refresh")
    [(rebuilt, last)] = staging.query("{{ staged_batch_range('stg_web__events') }}")
    assert batch < rebuilt == last < time.time_ns() // 1000
    assert staging.events().keys() == {"m1", "m2", "m3"}


def touched(staging: Staging, since: int) -> set[str]:
    """Records that were touched after a batch."""
    return {
        key for (key,) in staging.query(f"{{{{ touched_records('stg_web__events', {since}) }}}}")
    }
