"""A receiver of signed batches that takes nothing but what docs/activation.md says is sent."""

from __future__ import annotations

import hmac
import time
from dataclasses import replace
from typing import Any

from cdp.activation.destinations.webhook import secret_bytes, sign
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

SECRET = "whsec_c2VjcmV0IG9mIHRoZSBjb250cmFjdA=="
OBJECT = "members"
BATCH = record(
    {
        "sync": TEXT,
        "object": {"const": OBJECT},
        "rows": listing(
            record(
                {
                    "key": TEXT,
                    "operation": {"enum": ["insert", "update", "delete", "merge"]},
                    "idempotency_key": TEXT,
                    "revision": {"type": "integer", "minimum": 1},
                    "values": {"type": "object"},
                },
                into=TEXT,
            )
            | {
                "if": {"properties": {"operation": {"const": "merge"}}},
                "then": {"required": ["into"], "properties": {"values": {"maxProperties": 0}}},
                "else": {"not": {"required": ["into"]}},
            },
            10_000,
        ),
    }
)


class WebhookEmulator(Emulator):
    """Holds rows by key; a repeated idempotency key or an older revision changes nothing."""

    # The webhook has no limit of its own; this is far above what a test sends.
    rate = (100_000, 1.0)

    def __init__(self) -> None:
        super().__init__()
        self._rows: dict[str, dict[str, Any]] = {}

    def is_signed_in(self, call: Call) -> bool:
        timestamp = call.headers.get("Webhook-Timestamp", "")
        if not timestamp.isdigit() or abs(time.time() - int(timestamp)) > 300:
            return False
        message_id = call.headers.get("Webhook-Id", "")
        expected = sign(secret_bytes(SECRET), message_id, int(timestamp), call.body)
        return hmac.compare_digest(expected, call.headers.get("Webhook-Signature", ""))

    def signed_anew(self, call: Call) -> Call:
        message_id, timestamp = call.headers["Webhook-Id"], call.headers["Webhook-Timestamp"]
        signature = sign(secret_bytes(SECRET), message_id, int(timestamp), call.body)
        return replace(call, headers={**call.headers, "Webhook-Signature": signature})

    def answer(self, call: Call) -> Reply:
        if (call.method, call.path) != ("POST", "/hook") or call.query:
            raise Refused(404, "no_such_path")
        batch = call.document
        strict(batch, BATCH)
        if call.headers.get("Idempotency-Key") != call.headers["Webhook-Id"]:
            raise Refused(400, "bad_idempotency_key")
        results = [self._take(row) for row in batch["rows"]]
        return Reply(207 if self.refused else 200, {"results": results})

    def _take(self, row: dict[str, Any]) -> dict[str, Any]:
        key = row["key"]
        if key in self.refused:
            return {"key": key, "status": 422, "code": "invalid_row", "message": str(row)}
        if row["operation"] == "merge" and row["into"] not in self.held():
            return {"key": key, "status": 404, "code": "no_such_row"}
        before = self._rows.get(key)
        if before is None or row["revision"] >= before["revision"]:
            self._rows[key] = row
        return {"key": key, "status": 200, "id": f"received-{key}"}

    def refusal(self, status: int, code: str, text: str) -> Any:
        return {"code": code, "message": text}

    def held(self) -> dict[str, dict[str, Any]]:
        return {
            key: row["values"]
            for key, row in self._rows.items()
            if row["operation"] in ("insert", "update")
        }
