"""OneSignal's creation of push messages in one app."""

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

APP = "3b2f5d1e-0c4a-4f5b-9d7e-8a6b5c4d3e2f"
KEY = "os_v2_app_not-to-be-seen"
_TEXTS = record({"en": TEXT})
MESSAGE = record(
    {
        "app_id": {"const": APP},
        "include_aliases": record({"external_id": listing(TEXT, 20_000)}),
        "target_channel": {"const": "push"},
        "contents": _TEXTS,
        "idempotency_key": {
            "type": "string",
            "pattern": "^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$",
        },
    },
    headings=_TEXTS,
    ttl={"type": "integer", "minimum": 0, "maximum": 2_419_200},
    # What this app knows.
    data=record({}, message_key=TEXT),
)


class OnesignalEmulator(Emulator):
    """Holds messages; one with a known idempotency key is answered as the first time."""

    # DESTINATIONS.md: 6,000 a second on paid plans.
    rate = (6_000, 1.0)

    def __init__(self) -> None:
        super().__init__()
        self.messages: dict[str, dict[str, Any]] = {}

    def is_signed_in(self, call: Call) -> bool:
        return call.headers.get("Authorization") == f"Key {KEY}"

    def answer(self, call: Call) -> Reply:
        if call.path != "/notifications" or call.method != "POST" or call.query:
            raise Refused(404, "not_found")
        message = call.document
        strict(message, MESSAGE)
        if message.get("data", {}).get("message_key") in self.refused:
            return Reply(200, {"id": "", "errors": ["All included players are not subscribed"]})
        self.messages.setdefault(message["idempotency_key"], message)
        return Reply(200, {"id": f"m-{message['idempotency_key']}", "external_id": None})

    def refusal(self, status: int, code: str, text: str) -> Any:
        return {"errors": [f"{code} {text}"]}

    def held(self) -> dict[str, dict[str, Any]]:
        return {
            message["data"]["message_key"]: {
                "profile_id": message["include_aliases"]["external_id"][0],
                "title": message["headings"]["en"],
                "body": message["contents"]["en"],
            }
            for message in self.messages.values()
        }
