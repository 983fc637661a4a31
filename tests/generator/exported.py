"""Reads a generated company back from its files, knowing nothing of the code that wrote them."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

KEYS = {
    "web/events": "message_id",
    "app/events": "event_id",
    "email/events": "event_id",
    "crm/contacts": "contact_id",
    "pos/receipts": "receipt_id",
    "pos/receipt_lines": "receipt_id",
    "loyalty/members": "loyalty_number",
    "support/tickets": "ticket_id",
    "ads/clicks": "click_id",
    "social/messages": "message_id",
    "catalog/products": "product_id",
    "catalog/stores": "store_id",
    "consent/records": "consent_id",
}
JSON_LINES = {"web/events", "app/events", "support/tickets", "social/messages"}
VERSIONED = {"crm/contacts", "loyalty/members", "support/tickets", "catalog/products"}
MASTER_DATA = {"catalog/products", "catalog/stores"}


@dataclass(frozen=True)
class Record:
    """A row that could be read, with the file it came in."""

    file: str
    values: dict[str, Any]


def files_below(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def text_of(path: Path) -> str:
    content = path.read_bytes()
    return (gzip.decompress(content) if path.suffix == ".gz" else content).decode()


class Exported:
    """The exports of one run; each entity is read once."""

    def __init__(self, landing: Path) -> None:
        self.landing = landing
        self._records: dict[str, list[Record]] = {}
        self.unreadable: dict[str, list[str]] = {}

    def paths(self, entity: str) -> list[Path]:
        return sorted((self.landing / entity).iterdir())

    def records(self, entity: str) -> list[Record]:
        if entity not in self._records:
            read = self._read_json if entity in JSON_LINES else self._read_csv
            self._records[entity] = read(entity)
        return self._records[entity]

    def rows(self, entity: str) -> list[dict[str, Any]]:
        return [record.values for record in self.records(entity)]

    def values(self, entity: str, column: str) -> list[str]:
        return [row[column] for row in self.rows(entity) if row.get(column)]

    def key(self, entity: str, row: dict[str, Any]) -> str:
        key = str(row[KEYS[entity]])
        return f"{key}-{row['line_number']}" if entity == "pos/receipt_lines" else key

    def _read_json(self, entity: str) -> list[Record]:
        records = []
        broken = self.unreadable.setdefault(entity, [])
        for path in self.paths(entity):
            for line in text_of(path).splitlines():
                try:
                    records.append(Record(path.name, json.loads(line)))
                except json.JSONDecodeError:
                    broken.append(line)
        return records

    def _read_csv(self, entity: str) -> list[Record]:
        records = []
        broken = self.unreadable.setdefault(entity, [])
        for path in self.paths(entity):
            header, *lines = csv.reader(io.StringIO(text_of(path)))
            for values in lines:
                if len(values) == len(header):
                    records.append(Record(path.name, dict(zip(header, values, strict=True))))
                else:
                    broken.append("too many" if len(values) > len(header) else "too few")
        return records


class Company(Exported):
    """A generated company: its exports, its truth, and the dirt that it says it holds."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / "landing")
        self.folder = folder

    @cached_property
    def truth(self) -> dict[str, dict[str, str]]:
        people: dict[str, dict[str, str]] = {}
        for row in self.truth_rows:
            entity = f"{row['channel']}/{row['entity']}"
            people.setdefault(entity, {})[row["source_key"]] = row["person_id"]
        return people

    @cached_property
    def truth_rows(self) -> list[dict[str, str]]:
        with (self.folder / "truth" / "records.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    @cached_property
    def dirt(self) -> Counter[tuple[str, str]]:
        """How often each kind is said to be in each entity."""
        counts: Counter[tuple[str, str]] = Counter()
        with (self.folder / "truth" / "dirt.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                counts[row["kind"], f"{row['channel']}/{row['entity']}"] += int(row["count"])
        return counts

    def person(self, entity: str, row: dict[str, Any]) -> str:
        return self.truth[entity][self.key(entity, row)]
