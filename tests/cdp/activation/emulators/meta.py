"""Meta's users of one custom audience: hashes in hexadecimal, or nothing, in two columns."""

from __future__ import annotations

from dataclasses import replace
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

TOKEN = "EAAB-not-to-be-seen"
AUDIENCE = "23850000000000001"
# DESTINATIONS.md: 10,000 rows.
MAX_BATCH = 10_000
_CELL = {"type": "string", "pattern": "^([0-9a-f]{64})?$"}
_PAYLOAD = record(
    {
        "schema": {"const": ["EMAIL", "PHONE"]},
        "data": listing(
            {
                "type": "array",
                "items": _CELL,
                "minItems": 2,
                "maxItems": 2,
                # At least one cell is not blank.
                "contains": {"minLength": 1},
            },
            MAX_BATCH,
        ),
    }
)
_SESSION = record(
    {
        "session_id": {"type": "integer", "minimum": 0, "maximum": 2**63 - 1},
        "batch_seq": {"type": "integer", "minimum": 1},
        "last_batch_flag": {"type": "boolean"},
    },
    estimated_num_total={"type": "integer", "minimum": 1},
)
ADD = record({"payload": _PAYLOAD, "session": _SESSION})
REMOVE = record({"payload": _PAYLOAD})
# The Graph API says these with 400 and a code.
_CODES = {401: 190, 403: 200, 404: 803, 429: 80003, 500: 1, 503: 2}


class MetaEmulator(Emulator):
    """Holds members by the hash of their address; counts the entries that it leaves out."""

    # Meta's limit is dynamic: this is far above what a test sends, and set lower where one minds.
    rate = (100_000, 1.0)

    def __init__(self) -> None:
        super().__init__()
        self.members: dict[str, str] = {}

    def is_signed_in(self, call: Call) -> bool:
        return call.headers.get("Authorization") == f"Bearer {TOKEN}"

    def answer(self, call: Call) -> Reply:
        if call.path != f"/v25.0/{AUDIENCE}/users" or call.query:
            raise Refused(404, "unknown_path")
        if call.method not in ("POST", "DELETE"):
            raise Refused(400, "unsupported_method")
        strict(call.document, ADD if call.method == "POST" else REMOVE)
        data = call.document["payload"]["data"]
        valid = [row for row in data if not self.refused & set(row)]
        if call.method == "POST":
            self.members |= dict(valid)
        else:
            self._remove({cell for row in valid for cell in row} - {""})
        return Reply(
            200,
            {
                "audience_id": AUDIENCE,
                "session_id": "1",
                "num_received": len(data),
                "num_invalid_entries": len(data) - len(valid),
                "invalid_entry_samples": {},
            },
        )

    def _remove(self, gone: set[str]) -> None:
        for email, phone in list(self.members.items()):
            if gone & {email, phone}:
                del self.members[email]

    def refusal(self, status: int, code: str, text: str) -> Any:
        return {
            "error": {
                "message": text,
                "type": "OAuthException",
                "code": _CODES.get(status, 100),
                "fbtrace_id": "trace",
            }
        }

    def on_the_wire(self, reply: Reply) -> Reply:
        return replace(reply, status=400) if reply.status in (401, 403, 404, 429) else reply

    def held(self) -> dict[str, dict[str, Any]]:
        return {email: {"phone": phone} for email, phone in self.members.items()}
