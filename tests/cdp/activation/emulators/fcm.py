"""FCM's messages:send of one project, and the devices that show what comes."""

from __future__ import annotations

import json
from typing import Any

from tests.cdp.activation.emulators.emulator import (
    TEXT,
    Call,
    Refused,
    Reply,
    record,
    strict,
)
from tests.cdp.activation.emulators.google import PROJECT, GoogleEmulator

# firebase.google.com, ErrorCode: bytes of notification and data, and names that are taken.
MAX_MESSAGE_BYTES = 4_096
MAX_TTL_SECONDS = 2_419_200
_SECONDS = {"type": "string", "pattern": r"^\d+$"}
_TAG = {"type": "string", "minLength": 1, "maxLength": 64}
MESSAGE = record(
    {
        "message": record(
            {
                "token": {"type": "string", "pattern": r"^[\w:-]{8,}$"},
                "notification": record({"body": TEXT}, title=TEXT),
                "android": record(
                    {
                        "ttl": {"type": "string", "pattern": r"^\d+s$"},
                        "notification": record({"tag": _TAG}),
                    }
                ),
                "apns": record(
                    {"headers": record({"apns-expiration": _SECONDS, "apns-collapse-id": _TAG})}
                ),
                "webpush": record(
                    {"headers": record({"TTL": _SECONDS, "Topic": _TAG | {"maxLength": 32}})}
                ),
            },
            data={
                "type": "object",
                "propertyNames": {"not": {"pattern": "^(google|gcm|from$|message_type$)"}},
                "additionalProperties": {"type": "string"},
            },
        )
    }
)


class FcmEmulator(GoogleEmulator):
    """Holds what devices show: of messages with one tag the last."""

    # DESTINATIONS.md: 600,000 a minute and project.
    rate = (600_000, 60.0)
    scope = "https://www.googleapis.com/auth/firebase.messaging"

    def __init__(self) -> None:
        super().__init__()
        self.shown: dict[tuple[str, str], dict[str, Any]] = {}

    def answer_signed_in(self, call: Call) -> Reply:
        if call.method != "POST" or call.path != f"/v1/projects/{PROJECT}/messages:send":
            raise Refused(404, "NOT_FOUND")
        strict(call.document, MESSAGE)
        message = call.document["message"]
        content = {"notification": message["notification"], "data": message.get("data", {})}
        size = len(json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode())
        if size > MAX_MESSAGE_BYTES or int(message["android"]["ttl"][:-1]) > (MAX_TTL_SECONDS):
            raise Refused(400, "INVALID_ARGUMENT")
        if content["data"].get("message_key") in self.refused:
            return Reply(404, _unregistered(message))
        tag = message["android"]["notification"]["tag"]
        self.shown[message["token"], tag] = message
        return Reply(200, {"name": f"projects/{PROJECT}/messages/{len(self.calls)}"})

    def held(self) -> dict[str, dict[str, Any]]:
        return {
            message["data"]["message_key"]: {
                "token": message["token"],
                **message["notification"],
            }
            for message in self.shown.values()
        }


def _unregistered(message: Any) -> dict[str, Any]:
    return {
        "error": {
            "code": 404,
            "message": f"not found: {message}",
            "status": "NOT_FOUND",
            "details": [
                {
                    "@type": "type.googleapis.com/google.firebase.fcm.v1.FcmError",
                    "errorCode": "UNREGISTERED",
                }
            ],
        }
    }
