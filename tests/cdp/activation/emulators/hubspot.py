"""HubSpot's endpoints of CRM objects, for one object type with known properties."""

from __future__ import annotations

from collections import Counter
from itertools import count
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

TOKEN = "pat-na1-not-to-be-seen"
ID_PROPERTY = "profile_key"
PROPERTIES = frozenset({ID_PROPERTY, "email", "firstname", "visits", "is_member", "joined_on"})
# DESTINATIONS.md: 100 inputs a batch.
MAX_BATCH = 100
WRITE = record(
    {
        "inputs": listing(
            record(
                {
                    "id": TEXT,
                    "idProperty": {"const": ID_PROPERTY},
                    "properties": {
                        "type": "object",
                        "propertyNames": {"enum": sorted(PROPERTIES)},
                        "additionalProperties": {"type": "string"},
                    },
                },
                objectWriteTraceId=TEXT,
            ),
            MAX_BATCH,
        )
    }
)
ARCHIVE = record({"inputs": listing(record({"id": TEXT}), MAX_BATCH)})
READ = record(
    {
        "inputs": listing(record({"id": TEXT}), MAX_BATCH),
        "properties": listing({"enum": sorted(PROPERTIES)}, len(PROPERTIES)),
        "idProperty": {"enum": [ID_PROPERTY, "email"]},
    }
)
MERGE = record({"primaryObjectId": TEXT, "objectIdToMerge": TEXT})


class HubspotEmulator(Emulator):
    """Holds contacts by the unique property; an archived one is gone, a merged one has a new id.

    Attributes:
        repeats_traces: Whether answers repeat the trace ids of the rows.
        names_errors: Whether errors say which rows they are about.
        finds: The address of the record that is found by an address.
        reading_fails: The category of the error that each row is read with; None for none.
    """

    # DESTINATIONS.md: 190 per 10 s from the professional plan up.
    rate = (190, 10.0)

    def __init__(self) -> None:
        super().__init__()
        self.repeats_traces = True
        self.names_errors = True
        self.finds: dict[str, str] = {}
        self.reading_fails: str | None = None
        self._contacts: dict[str, dict[str, str]] = {}
        self._ids: dict[str, str] = {}
        self._numbers = count(9000)

    def is_signed_in(self, call: Call) -> bool:
        return call.headers.get("Authorization") == f"Bearer {TOKEN}"

    def answer(self, call: Call) -> Reply:
        routes = {
            "/crm/v3/objects/contacts/batch/upsert": self._upsert,
            "/crm/v3/objects/contacts/batch/update": self._update,
            "/crm/v3/objects/contacts/batch/archive": self._archive,
            "/crm/v3/objects/contacts/batch/read": self._read,
            "/crm/v3/objects/contacts/merge": self._merge,
        }
        if call.method != "POST" or call.path not in routes or call.query:
            raise Refused(405 if call.path in routes else 404, "NOT_FOUND")
        return routes[call.path](call.document)

    def _upsert(self, document: Any) -> Reply:
        return self._write(document, creates=True)

    def _update(self, document: Any) -> Reply:
        return self._write(document, creates=False)

    def _write(self, document: Any, *, creates: bool) -> Reply:
        strict(document, WRITE)
        inputs = document["inputs"]
        if max(Counter(entry["id"] for entry in inputs).values()) > 1:
            raise Refused(400, "VALIDATION_ERROR")
        results, errors = [], []
        for entry in inputs:
            if entry["id"] in self.refused:
                errors.append(self._error(entry, "VALIDATION_ERROR"))
            elif not creates and entry["id"] not in self._contacts:
                errors.append(self._error(entry, "OBJECT_NOT_FOUND"))
            else:
                results.append(self._set(entry))
        # The results come in an order of HubSpot's own.
        document = {"status": "COMPLETE", "results": results[::-1]}
        if errors:
            document |= {"numErrors": len(errors), "errors": errors}
        return Reply(207 if errors else 200, document)

    def _set(self, entry: dict[str, Any]) -> dict[str, Any]:
        contact = self._contacts.setdefault(entry["id"], {})
        record_id = self._ids.setdefault(entry["id"], str(next(self._numbers)))
        given = {ID_PROPERTY: entry["id"], **entry["properties"]}
        contact.update(given)
        for name in [name for name, value in given.items() if value == ""]:
            del contact[name]
        result: dict[str, Any] = {"id": record_id, "properties": contact}
        if self.repeats_traces:
            result["objectWriteTraceId"] = entry.get("objectWriteTraceId")
        return result

    def _error(self, entry: dict[str, Any], category: str) -> dict[str, Any]:
        named = {"ids": [entry["id"]]}
        if self.repeats_traces:
            named = {"objectWriteTraceId": [entry.get("objectWriteTraceId")]}
        context = named if self.names_errors else {}
        message = f"not valid: {entry}"
        return {"status": "error", "category": category, "message": message, "context": context}

    def _archive(self, document: Any) -> Reply:
        strict(document, ARCHIVE)
        gone = {entry["id"] for entry in document["inputs"]}
        for key in [key for key, record_id in self._ids.items() if record_id in gone]:
            del self._contacts[key], self._ids[key]
        return Reply(204)

    def _read(self, document: Any) -> Reply:
        strict(document, READ)
        if document["idProperty"] == "email":
            found = [self.finds[entry["id"]] for entry in document["inputs"]]
            results = [{"id": "1", "properties": {"email": address}} for address in found]
            return Reply(200, {"status": "COMPLETE", "results": results})
        wanted = [entry["id"] for entry in document["inputs"]]
        found = [
            {"id": self._ids[key], "properties": {ID_PROPERTY: key}}
            for key in wanted
            if key in self._contacts and not self.reading_fails
        ]
        answer = {"status": "COMPLETE", "results": found}
        missing = wanted if self.reading_fails else [k for k in wanted if k not in self._contacts]
        if not missing:
            return Reply(200, answer)
        error = {
            "status": "error",
            "category": self.reading_fails or "OBJECT_NOT_FOUND",
            "message": f"not read: {missing}",
            "context": {"ids": missing},
        }
        return Reply(207, {**answer, "numErrors": 1, "errors": [error]})

    def _merge(self, document: Any) -> Reply:
        strict(document, MERGE)
        keys = {record_id: key for key, record_id in self._ids.items()}
        primary = keys.get(document["primaryObjectId"])
        merged = keys.get(document["objectIdToMerge"])
        if primary is None or merged is None or primary == merged:
            raise Refused(400, "VALIDATION_ERROR")
        for name, value in self._contacts.pop(merged).items():
            self._contacts[primary].setdefault(name, value)
        del self._ids[merged]
        self._ids[primary] = str(next(self._numbers))
        return Reply(200, {"id": self._ids[primary], "properties": self._contacts[primary]})

    def refusal(self, status: int, code: str, text: str) -> Any:
        return {"status": "error", "category": code, "message": text, "correlationId": "c-1"}

    def held(self) -> dict[str, dict[str, Any]]:
        return {key: dict(contact) for key, contact in self._contacts.items()}
