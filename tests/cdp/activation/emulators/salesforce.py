"""Salesforce's sObject Collections, delete by external id and bulk ingest, for contacts."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, unquote

from tests.cdp.activation.emulators.emulator import (
    Call,
    Emulator,
    Refused,
    Reply,
    listing,
    record,
    strict,
)

CLIENT_ID = "3MVG9-not-to-be-seen"
CLIENT_SECRET = "secret-not-to-be-seen"
EXTERNAL_ID = "Profile_Key__c"
VERSION = "v62.0"
ROOT = f"/services/data/{VERSION}"
FIELDS: dict[str, dict[str, Any]] = {
    "Email": {"type": ["string", "null"]},
    "FirstName": {"type": ["string", "null"]},
    "Visits__c": {"type": ["integer", "null"]},
    "Is_Member__c": {"type": ["boolean", "null"]},
}
# DESTINATIONS.md: 200 records a composite request, 150 MB a job.
MAX_COLLECTION = 200
MAX_JOB_BYTES = 150_000_000
RECORD = record(
    {
        "attributes": record({"type": {"const": "Contact"}}),
        EXTERNAL_ID: {"type": "string", "minLength": 1, "maxLength": 255},
    },
    **FIELDS,
)
COLLECTION = record({"records": listing(RECORD, MAX_COLLECTION)}, allOrNone={"type": "boolean"})
JOB = record(
    {
        "object": {"const": "Contact"},
        "externalIdFieldName": {"const": EXTERNAL_ID},
        "operation": {"const": "upsert"},
        "contentType": {"const": "CSV"},
        "lineEnding": {"const": "LF"},
    }
)
CLOSING = record({"state": {"const": "UploadComplete"}})


class SalesforceEmulator(Emulator):
    """Holds contacts by the external id.

    Attributes:
        looks: How often a bulk job is looked at before it is done.
        ends_as: The state in which bulk jobs end.
        expires_after_sign_in: So many next access tokens are invalid as soon as they are given.
    """

    # DESTINATIONS.md: 15,000 batches in 24 hours.
    rate = (15_000, 86_400.0)
    largest_body = MAX_JOB_BYTES

    def __init__(self) -> None:
        super().__init__()
        self.looks = 1
        self.ends_as = "JobComplete"
        self.expires_after_sign_in = 0
        self._token = "token-0"
        self._contacts: dict[str, dict[str, Any]] = {}
        self._ids: dict[str, str] = {}
        self._jobs: list[dict[str, Any]] = []

    def is_signed_in(self, call: Call) -> bool:
        if call.path == "/services/oauth2/token":
            return True
        return call.headers.get("Authorization") == f"Bearer {self._token}"

    def may_fail(self, call: Call) -> bool:
        return call.path != "/services/oauth2/token"

    def answer(self, call: Call) -> Reply:
        job = rf"{re.escape(ROOT)}/jobs/ingest/(\d+)"
        routes: list[tuple[str, str, Callable[..., Reply]]] = [
            ("POST", r"/services/oauth2/token", self._sign_in),
            ("PATCH", rf"{ROOT}/composite/sobjects/Contact/{EXTERNAL_ID}", self._upsert),
            ("DELETE", rf"{ROOT}/composite/sobjects", self._delete),
            ("DELETE", rf"{ROOT}/sobjects/Contact/{EXTERNAL_ID}/([^/]+)", self._delete_one),
            ("POST", rf"{ROOT}/jobs/ingest", self._create_job),
            ("PUT", rf"{job}/batches", self._upload),
            ("PATCH", job, self._close),
            ("GET", job, self._look),
            ("GET", rf"{job}/(successful|failed)Results/", self._results),
        ]
        for method, pattern, handler in routes:
            found = re.fullmatch(pattern, call.path)
            if found and method == call.method:
                if call.query and handler != self._delete:
                    raise Refused(400, "INVALID_QUERY")
                return handler(call, *found.groups())
        raise Refused(404, "NOT_FOUND")

    def _sign_in(self, call: Call) -> Reply:
        if call.headers.get("Content-Type") != "application/x-www-form-urlencoded":
            raise Refused(400, "unsupported_grant_type")
        form = parse_qs(call.body.decode(), strict_parsing=True)
        if set(form) != {"grant_type", "client_id", "client_secret"}:
            raise Refused(400, "invalid_request")
        if form["grant_type"] != ["client_credentials"]:
            raise Refused(400, "unsupported_grant_type")
        if (form["client_id"], form["client_secret"]) != ([CLIENT_ID], [CLIENT_SECRET]):
            raise Refused(400, "invalid_client")
        given = self._token
        if self.expires_after_sign_in:
            self.expires_after_sign_in -= 1
            self._token += "x"
        document = {"access_token": given, "instance_url": self.url, "token_type": "Bearer"}
        return Reply(200, document)

    def _upsert(self, call: Call) -> Reply:
        strict(call.document, COLLECTION)
        return Reply(200, [self._set(entry) for entry in call.document["records"]])

    def _set(self, entry: dict[str, Any]) -> dict[str, Any]:
        key = entry[EXTERNAL_ID]
        if key in self.refused:
            return _failed("FIELD_CUSTOM_VALIDATION_EXCEPTION", f"not valid: {entry}")
        created = key not in self._contacts
        contact = self._contacts.setdefault(key, {})
        contact |= {name: value for name, value in entry.items() if name != "attributes"}
        for name in [name for name, value in contact.items() if value is None]:
            del contact[name]
        record_id = self._ids.setdefault(key, f"003{len(self._ids):015d}")
        return {"id": record_id, "success": True, "created": created, "errors": []}

    def _delete(self, call: Call) -> Reply:
        if set(call.query) != {"ids", "allOrNone"} or call.query["allOrNone"] != "false":
            raise Refused(400, "INVALID_QUERY")
        ids = call.query["ids"].split(",")
        if len(ids) > MAX_COLLECTION or not all(re.fullmatch(r"003\d{15}", i) for i in ids):
            raise Refused(400, "INVALID_ID_FIELD")
        return Reply(200, [self._delete_id(record_id) for record_id in ids])

    def _delete_id(self, record_id: str) -> dict[str, Any]:
        for key, known in self._ids.items():
            if known == record_id and key in self._contacts:
                del self._contacts[key]
                return {"id": record_id, "success": True, "errors": []}
        return _failed("ENTITY_IS_DELETED", "entity is deleted")

    def _delete_one(self, call: Call, key: str) -> Reply:
        if call.body:
            raise Refused(400, "INVALID_BODY")
        if self._contacts.pop(unquote(key), None) is None:
            # No fault of the sender's: somebody else may have deleted the record.
            return Reply(404, [{"errorCode": "NOT_FOUND", "message": "no such record"}])
        return Reply(204)

    def _create_job(self, call: Call) -> Reply:
        strict(call.document, JOB)
        self._jobs.append({"state": "Open", "rows": [], "looks": 0, "done": [], "failed": []})
        return Reply(200, {"id": str(len(self._jobs) - 1), "state": "Open"})

    def _job(self, number: str, state: str) -> dict[str, Any]:
        job = self._jobs[int(number)] if int(number) < len(self._jobs) else {}
        if job.get("state") != state:
            raise Refused(409 if job else 404, "INVALIDJOBSTATE")
        return job

    def _upload(self, call: Call, number: str) -> Reply:
        if call.headers.get("Content-Type") != "text/csv":
            raise Refused(415, "UNSUPPORTED_MEDIA_TYPE")
        job = self._job(number, "Open")
        lines = list(csv.reader(io.StringIO(call.body.decode(), newline="")))
        header, *rows = lines or [[]]
        if EXTERNAL_ID not in header or set(header) - {EXTERNAL_ID, *FIELDS} or job["rows"]:
            raise Refused(400, "InvalidBatch")
        if not rows or any(len(row) != len(header) for row in rows):
            raise Refused(400, "InvalidBatch")
        job["rows"] = [dict(zip(header, row, strict=True)) for row in rows]
        return Reply(201)

    def _close(self, call: Call, number: str) -> Reply:
        strict(call.document, CLOSING)
        job = self._job(number, "Open")
        job["state"] = "InProgress"
        return Reply(200, {"id": number, "state": "UploadComplete"})

    def _look(self, call: Call, number: str) -> Reply:
        job = self._jobs[int(number)]
        job["looks"] += 1
        if job["looks"] > self.looks and job["state"] == "InProgress":
            self._process(job)
        return Reply(200, {"id": number, "state": job["state"]})

    def _process(self, job: dict[str, Any]) -> None:
        job["state"] = self.ends_as
        for row in job["rows"]:
            result = self._set({name: _read(name, value) for name, value in row.items()})
            if result["success"]:
                job["done"].append({"sf__Id": result["id"], "sf__Created": "true", **row})
            else:
                error = result["errors"][0]
                text = f"{error['statusCode']}:{error['message']}:--"
                job["failed"].append({"sf__Id": "", "sf__Error": text, **row})

    def _results(self, call: Call, number: str, which: str) -> Reply:
        job = self._job(number, "JobComplete")
        text = io.StringIO(newline="")
        error = "sf__Created" if which == "successful" else "sf__Error"
        writer = csv.DictWriter(text, ["sf__Id", error, *job["rows"][0]], lineterminator="\n")
        writer.writeheader()
        writer.writerows(job["done" if which == "successful" else "failed"])
        return Reply(200, text=text.getvalue(), headers={"Content-Type": "text/csv"})

    def refusal(self, status: int, code: str, text: str) -> Any:
        if code.startswith(("invalid_", "unsupported_grant")):
            return {"error": code, "error_description": text}
        code = "INVALID_SESSION_ID" if code == "unauthorized" else code
        return [{"errorCode": code, "message": text}]

    def held(self) -> dict[str, dict[str, Any]]:
        return {key: dict(contact) for key, contact in self._contacts.items()}


def _failed(code: str, message: str) -> dict[str, Any]:
    return {"success": False, "errors": [{"statusCode": code, "message": message, "fields": []}]}


def _read(name: str, text: str) -> Any:
    if text == "#N/A":
        return None
    types = FIELDS.get(name, {}).get("type", [])
    if "integer" in types:
        return int(text)
    return text == "true" if "boolean" in types else text
