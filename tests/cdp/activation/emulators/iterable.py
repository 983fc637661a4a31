"""Iterable's users: bulk update, delete, merge; for a project whose users have a user id."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote

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

KEY = "iterable-key-not-to-be-seen"
# DESTINATIONS.md: 4 MB, about 1,000 rows.
MAX_BATCH = 1_000
FIELDS = {
    "email": {"type": ["string", "null"]},
    "firstName": {"type": ["string", "null"]},
    "visits": {"type": ["integer", "null"]},
    "isMember": {"type": ["boolean", "null"]},
}
USERS = record(
    {
        "users": listing(
            record(
                {"userId": TEXT, "dataFields": {"type": "object"}},
                preferUserId={"type": "boolean"},
            ),
            MAX_BATCH,
        )
    }
)
MERGE = record({"sourceUserId": TEXT, "destinationUserId": TEXT})


class IterableEmulator(Emulator):
    """Holds users by user id; fields that the project does not have are dropped, as told.

    Attributes:
        renames: Whether a user merged into one that is not there is renamed, or refused.
    """

    # DESTINATIONS.md: 5 a second per key.
    rate = (5, 1.0)
    largest_body = 4_000_000

    def __init__(self) -> None:
        super().__init__()
        # Tests send as fast as they can; the rate has a test of its own.
        self.clock = iter(range(10**9)).__next__
        self.renames = True
        self._users: dict[str, dict[str, Any]] = {}

    def is_signed_in(self, call: Call) -> bool:
        return call.headers.get("Api-Key") == KEY

    def answer(self, call: Call) -> Reply:
        if call.query:
            raise Refused(400, "BadParams")
        if (call.method, call.path) == ("POST", "/api/users/bulkUpdate"):
            return self._update(call.document)
        if (call.method, call.path) == ("POST", "/api/users/merge"):
            strict(call.document, MERGE)
            return self._merge(call.document["sourceUserId"], call.document["destinationUserId"])
        found = re.fullmatch(r"/api/users/byUserId/([^/]+)", call.path)
        if call.method in ("GET", "DELETE") and found and not call.body:
            user_id = unquote(found[1])
            return self._delete(user_id) if call.method == "DELETE" else self._look_up(user_id)
        raise Refused(404, "NotFound")

    def _update(self, document: Any) -> Reply:
        strict(document, USERS)
        invalid, dropped = [], set()
        for user in document["users"]:
            fields = user["dataFields"]
            strict(fields, {"properties": FIELDS})
            dropped |= set(fields) - set(FIELDS)
            if user["userId"] in self.refused:
                invalid.append(user["userId"])
            else:
                self._set(user["userId"], fields)
        failed = {name: [] for name in ("invalidEmails", "notFoundUserIds", "forgottenUserIds")}
        return Reply(
            200,
            {
                "successCount": len(document["users"]) - len(invalid),
                "failCount": len(invalid),
                "invalidEmails": [],
                "invalidUserIds": [],
                "filteredOutFields": sorted(dropped),
                "createdFields": [],
                "failedUpdates": {**failed, "invalidDataUserIds": invalid},
            },
        )

    def _set(self, user_id: str, fields: dict[str, Any]) -> None:
        user = self._users.setdefault(user_id, {})
        user.update({name: value for name, value in fields.items() if name in FIELDS})
        for name in [name for name, value in user.items() if value is None]:
            del user[name]

    def _delete(self, user_id: str) -> Reply:
        if self._users.pop(user_id, None) is None:
            return self._unknown(user_id)
        return Reply(200, {"code": "Success", "msg": "", "params": None})

    def _look_up(self, user_id: str) -> Reply:
        if user_id not in self._users:
            return Reply(200, {})
        fields = self._users[user_id]
        return Reply(200, {"user": {"userId": user_id, "dataFields": fields}})

    def _merge(self, source: str, destination: str) -> Reply:
        if source not in self._users:
            return self._unknown(source)
        if destination not in self._users and not self.renames:
            return self._unknown(destination)
        kept = self._users.setdefault(destination, {})
        for name, value in self._users.pop(source).items():
            kept.setdefault(name, value)
        return Reply(200, {"code": "Success", "msg": "", "params": None})

    def _unknown(self, user_id: str) -> Reply:
        # No fault of the sender's: the user may never have come.
        return Reply(400, {"code": "UnknownUserIdError", "msg": f"no user {user_id}"})

    def refusal(self, status: int, code: str, text: str) -> Any:
        return {"code": code, "msg": text, "params": None}

    def held(self) -> dict[str, dict[str, Any]]:
        return {key: dict(user) for key, user in self._users.items()}
