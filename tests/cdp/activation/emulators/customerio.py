"""Customer.io's /api/v2/batch of the Track API, for people found by id."""

from __future__ import annotations

import base64
import json
from typing import Any

from tests.cdp.activation.emulators.emulator import (
    TEXT,
    Call,
    Emulator,
    Refused,
    Reply,
    listing,
    record,
    strict,
)

SITE_ID = "site-not-to-be-seen"
KEY = "track-key-not-to-be-seen"
# DESTINATIONS.md: 500 KB a request, 32 KB an object.
MAX_BODY = 500_000
MAX_OBJECT = 32_000
PERSON = record({"id": TEXT})
VALUE = {"type": ["string", "number", "boolean"]}
IDENTIFY = record(
    {
        "type": {"const": "person"},
        "action": {"const": "identify"},
        "identifiers": PERSON,
        "attributes": {"type": "object", "additionalProperties": VALUE},
    }
)
DELETE = record({"type": {"const": "person"}, "action": {"const": "delete"}, "identifiers": PERSON})
MERGE = record(
    {
        "type": {"const": "person"},
        "action": {"const": "merge"},
        "primary": PERSON,
        "secondary": PERSON,
    }
)
# The vendor counts bytes, not objects; no more fit in them.
BATCH = record({"batch": listing({"oneOf": [IDENTIFY, DELETE, MERGE]}, MAX_BODY // 50)})


class CustomerioEmulator(Emulator):
    """Holds people by id."""

    # DESTINATIONS.md: 3,000 per 3 s.
    rate = (3_000, 3.0)
    largest_body = MAX_BODY

    def __init__(self) -> None:
        super().__init__()
        self._people: dict[str, dict[str, Any]] = {}

    def is_signed_in(self, call: Call) -> bool:
        signed = base64.b64encode(f"{SITE_ID}:{KEY}".encode()).decode()
        return call.headers.get("Authorization") == f"Basic {signed}"

    def answer(self, call: Call) -> Reply:
        if (call.method, call.path) != ("POST", "/api/v2/batch") or call.query:
            raise Refused(404, "not_found")
        strict(call.document, BATCH)
        batch = call.document["batch"]
        if any(_size(entry) > MAX_OBJECT for entry in batch):
            raise Refused(400, "too_large")
        errors = [self._take(at, entry) for at, entry in enumerate(batch)]
        found = [error for error in errors if error]
        return Reply(207 if found else 200, {"errors": found} if found else {})

    def _take(self, at: int, entry: dict[str, Any]) -> dict[str, Any] | None:
        if entry["action"] == "merge":
            return self._merge(at, entry["primary"]["id"], entry["secondary"]["id"])
        person_id = entry["identifiers"]["id"]
        if entry["action"] == "delete":
            self._people.pop(person_id, None)
            return None
        if person_id in self.refused:
            return self._error(at, entry)
        person = self._people.setdefault(person_id, {})
        person.update(entry["attributes"])
        for name in [name for name, value in person.items() if value == ""]:
            del person[name]
        return None

    def _merge(self, at: int, primary: str, secondary: str) -> dict[str, Any] | None:
        if secondary in self.refused:
            return self._error(at, secondary)
        # Of a primary person who is not there nothing is said.
        if primary in self._people and secondary in self._people:
            for name, value in self._people.pop(secondary).items():
                self._people[primary].setdefault(name, value)
        return None

    def _error(self, at: int, given: Any) -> dict[str, Any]:
        message = f"not valid: {given}"
        return {"batch_index": at, "reason": "invalid", "field": "email", "message": message}

    def refusal(self, status: int, code: str, text: str) -> Any:
        return {"errors": [{"reason": code, "message": text}]}

    def held(self) -> dict[str, dict[str, Any]]:
        return {key: dict(person) for key, person in self._people.items()}


def _size(entry: dict[str, Any]) -> int:
    return len(json.dumps(entry, ensure_ascii=False, separators=(",", ":")).encode())
