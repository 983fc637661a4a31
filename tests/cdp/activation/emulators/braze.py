"""Braze's endpoints of users, for a workspace with known attributes."""

from __future__ import annotations

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

KEY = "braze-key-not-to-be-seen"
# DESTINATIONS.md: 75 objects together. Braze's pages of the other endpoints: 50 ids, 50 merges.
MAX_BATCH = 75
MAX_ERASURE = 50
MAX_MERGE = 50
MAX_EXPORT = 50
ATTRIBUTES = record(
    {"external_id": TEXT},
    _update_existing_only={"type": "boolean"},
    email={"type": ["string", "null"]},
    first_name={"type": ["string", "null"]},
    visits={"type": ["integer", "null"]},
    is_member={"type": ["boolean", "null"]},
)
TRACK = record({"attributes": listing(ATTRIBUTES, MAX_BATCH)})
ERASE = record({"external_ids": listing(TEXT, MAX_ERASURE)})
USER = record({"external_id": TEXT})
MERGE = record(
    {
        "merge_updates": listing(
            record({"identifier_to_merge": USER, "identifier_to_keep": USER}), MAX_MERGE
        )
    }
)
EXPORT = record(
    {
        "external_ids": listing(TEXT, MAX_EXPORT),
        "fields_to_export": listing({"const": "external_id"}, 1),
    }
)


class BrazeEmulator(Emulator):
    """Holds users by external id; one without attributes is as good as gone."""

    # DESTINATIONS.md: 3,000 per 3 s.
    rate = (3_000, 3.0)

    def __init__(self) -> None:
        super().__init__()
        self._users: dict[str, dict[str, Any]] = {}

    def is_signed_in(self, call: Call) -> bool:
        return call.headers.get("Authorization") == f"Bearer {KEY}"

    def answer(self, call: Call) -> Reply:
        routes = {
            "/users/track": self._track,
            "/users/delete": self._erase,
            "/users/merge": self._merge,
            "/users/export/ids": self._export,
        }
        if call.method != "POST" or call.path not in routes or call.query:
            raise Refused(404, "not_found")
        return routes[call.path](call.document)

    def _track(self, document: Any) -> Reply:
        strict(document, TRACK)
        errors = []
        for at, entry in enumerate(document["attributes"]):
            if entry["external_id"] in self.refused:
                text = f"'{entry}' is not valid"
                errors.append({"type": text, "input_array": "attributes", "index": at})
            elif entry["external_id"] in self._users or not entry.get("_update_existing_only"):
                self._set(entry)
        answer = {"message": "success", "attributes_processed": len(document["attributes"])}
        return Reply(201, answer | ({"errors": errors} if errors else {}))

    def _set(self, entry: dict[str, Any]) -> None:
        user = self._users.setdefault(entry["external_id"], {})
        for name, value in entry.items():
            if value is None:
                user.pop(name, None)
            elif not name.startswith("_") and name != "external_id":
                user[name] = value

    def _erase(self, document: Any) -> Reply:
        strict(document, ERASE)
        for external_id in document["external_ids"]:
            self._users.pop(external_id, None)
        return Reply(200, {"message": "success", "deleted": len(document["external_ids"])})

    def _merge(self, document: Any) -> Reply:
        strict(document, MERGE)
        for update in document["merge_updates"]:
            kept = self._users.get(update["identifier_to_keep"]["external_id"])
            merged = update["identifier_to_merge"]["external_id"]
            # It is queued, and what cannot be done is not told.
            if kept is not None and merged in self._users:
                for name, value in self._users.pop(merged).items():
                    kept.setdefault(name, value)
        return Reply(202, {"message": "success"})

    def _export(self, document: Any) -> Reply:
        strict(document, EXPORT)
        wanted = document["external_ids"]
        users = [{"external_id": key} for key in wanted if key in self._users]
        unknown = [key for key in wanted if key not in self._users]
        return Reply(200, {"message": "success", "users": users, "invalid_user_ids": unknown})

    def refusal(self, status: int, code: str, text: str) -> Any:
        return {"message": text, "errors": []}

    def users(self) -> dict[str, dict[str, Any]]:
        """All users, those without attributes too."""
        return self._users

    def held(self) -> dict[str, dict[str, Any]]:
        return {key: dict(user) for key, user in self._users.items() if user}
