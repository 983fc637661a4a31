"""Mailchimp's batch add, put and archive of the contacts of one audience."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Any

from tests.cdp.activation.emulators.emulator import (
    Call,
    Emulator,
    Refused,
    Reply,
    listing,
    record,
    strict,
)

KEY = "0123456789abcdef-us6"
AUDIENCE = "a1b2c3"
# DESTINATIONS.md: 500 contacts a request.
MAX_BATCH = 500
ADDRESS = {"type": "string", "pattern": r"^[^@\s]+@[^@\s]+\.[a-z]+$"}
STATUS = {"enum": ["subscribed", "unsubscribed", "cleaned", "pending", "transactional"]}
FIELDS = record(
    {},
    FNAME={"type": "string"},
    VISITS={"type": ["integer", "string"]},
    IS_MEMBER={"type": ["boolean", "string"]},
)
ADDITION = record(
    {
        "members": listing(
            record({"email_address": ADDRESS, "status": STATUS}, merge_fields=FIELDS),
            MAX_BATCH,
        )
    },
    update_existing={"type": "boolean"},
)
MEMBER = record({"email_address": ADDRESS, "status_if_new": STATUS}, merge_fields=FIELDS)


def hash_of(address: str) -> str:
    return hashlib.md5(address.lower().encode(), usedforsecurity=False).hexdigest()


class MailchimpEmulator(Emulator):
    """Holds contacts by the MD5 of their address; an archived one is there and not in the audience.

    Attributes:
        statuses: The status of each contact by hash, `archived` included.
    """

    # No limit by the second; so many requests at a time.
    rate = (1_000_000, 1.0)
    most_at_once = 10

    def __init__(self) -> None:
        super().__init__()
        self.statuses: dict[str, str] = {}
        self._members: dict[str, dict[str, Any]] = {}

    def is_signed_in(self, call: Call) -> bool:
        scheme, _, signed = call.headers.get("Authorization", "").partition(" ")
        try:
            return scheme == "Basic" and base64.b64decode(signed).endswith(f":{KEY}".encode())
        except ValueError:
            return False

    def answer(self, call: Call) -> Reply:
        if call.query:
            raise Refused(400, "Bad Request")
        if (call.method, call.path) == ("POST", f"/3.0/lists/{AUDIENCE}"):
            strict(call.document, ADDITION)
            return self._add(call.document)
        found = re.fullmatch(rf"/3\.0/lists/{AUDIENCE}/members/([0-9a-f]{{32}})", call.path)
        if found and call.method == "PUT":
            strict(call.document, MEMBER)
            return self._put(found[1], call.document)
        if found and call.method == "DELETE" and not call.body:
            return self._archive(found[1])
        raise Refused(404, "Resource Not Found")

    def _add(self, document: Any) -> Reply:
        new, updated, errors = [], [], []
        for member in document["members"]:
            key = hash_of(member["email_address"])
            error = {"email_address": member["email_address"], "error": f"not valid: {member}"}
            is_there = self.statuses.get(key, "archived") != "archived"
            if key in self.refused:
                errors.append(error | {"error_code": "ERROR_GENERIC"})
            elif is_there and not document.get("update_existing"):
                errors.append(error | {"error_code": "ERROR_CONTACT_EXISTS"})
            else:
                # Here the status is set for those who are there, too.
                self.statuses[key] = member["status"]
                (updated if is_there else new).append(self._set(key, member))
        answer = {"new_members": new, "updated_members": updated, "errors": errors}
        return Reply(200, answer | {"error_count": len(errors)})

    def _set(self, key: str, member: dict[str, Any]) -> dict[str, Any]:
        held = self._members.setdefault(key, {})
        held["email_address"] = member["email_address"]
        held.update(member.get("merge_fields", {}))
        for name in [name for name, value in held.items() if value == ""]:
            del held[name]
        return {"id": key, "email_address": member["email_address"]}

    def _put(self, key: str, member: dict[str, Any]) -> Reply:
        if hash_of(member["email_address"]) != key:
            raise Refused(400, "Invalid Resource")
        if key in self.refused:
            return Reply(400, {"title": "Invalid Resource", "status": 400, "detail": str(member)})
        if self.statuses.get(key, "archived") == "archived":
            self.statuses[key] = member["status_if_new"]
        return Reply(200, self._set(key, member))

    def _archive(self, key: str) -> Reply:
        # Neither is a fault of the sender's.
        if key not in self.statuses:
            return Reply(404, {"title": "Resource Not Found", "status": 404})
        if self.statuses[key] == "archived":
            return Reply(405, {"title": "Method Not Allowed", "status": 405})
        self.statuses[key] = "archived"
        return Reply(204)

    def refusal(self, status: int, code: str, text: str) -> Any:
        return {"type": "about:blank", "title": code, "status": status, "detail": text}

    def held(self) -> dict[str, dict[str, Any]]:
        return {
            key: dict(member)
            for key, member in self._members.items()
            if self.statuses[key] != "archived"
        }
