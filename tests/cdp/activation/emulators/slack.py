"""Slack's chat.postMessage, which answers with 200 whatever is wrong but the rate."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from typing import Any

from tests.cdp.activation.emulators.emulator import (
    Call,
    Emulator,
    Refused,
    Reply,
    record,
    strict,
)

TOKEN = "xoxb-not-to-be-seen"
CHANNEL = "C0123456789"
KEY = re.compile(r"k\d{5}")
# Slack's text: at most 40,000 characters, with the three control characters escaped.
MESSAGE = record(
    {
        "channel": {"type": "string", "pattern": "^C[A-Z0-9]{8,}$"},
        "text": {
            "type": "string",
            "minLength": 1,
            "maxLength": 40_000,
            "pattern": "^([^<>&]|&(amp|lt|gt);)*$",
        },
    }
)
_CODES = {"unauthorized": "invalid_auth", "VALIDATION_ERROR": "invalid_arguments"}


class SlackEmulator(Emulator):
    """Holds messages by the key in their text; of a repeated one the last."""

    # DESTINATIONS.md: about one a second and channel, which Slack lets burst.
    rate = (60, 60.0)

    def __init__(self) -> None:
        super().__init__()
        self.messages: list[str] = []

    def is_signed_in(self, call: Call) -> bool:
        return call.headers.get("Authorization") == f"Bearer {TOKEN}"

    def answer(self, call: Call) -> Reply:
        if call.path != "/chat.postMessage" or call.method != "POST" or call.query:
            raise Refused(404, "unknown_method")
        strict(call.document, MESSAGE)
        if call.document["channel"] != CHANNEL:
            raise Refused(404, "channel_not_found")
        text = html.unescape(call.document["text"])
        if self.refused & set(KEY.findall(text)):
            return Reply(422, self.refusal(422, "restricted_action", text))
        self.messages.append(text)
        return Reply(200, {"ok": True, "ts": f"1795444504.{len(self.messages):06d}"})

    def refusal(self, status: int, code: str, text: str) -> Any:
        return {"ok": False, "error": _CODES.get(code, code), "needed": text}

    def on_the_wire(self, reply: Reply) -> Reply:
        return reply if reply.status == 429 else replace(reply, status=200)

    def throttle_headers(self) -> dict[str, str]:
        return {"Retry-After": "1"}

    def held(self) -> dict[str, dict[str, Any]]:
        return {KEY.findall(text)[0]: {"text": text} for text in self.messages}
