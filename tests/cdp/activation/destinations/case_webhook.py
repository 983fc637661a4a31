"""The webhook under the contract suite."""

from __future__ import annotations

from tests.cdp.activation.destinations.contract import Case, Row
from tests.cdp.activation.emulators.webhook import OBJECT, SECRET, WebhookEmulator


def row(number: int, version: str) -> Row:
    return {
        "profile_key": f"k{number:05d}",
        "email": f"zoe.{version}.{number}@example.com",
        "firstname": f"Zoë {version} {number}",
        "visits": number,
    }


CASE = Case(
    destination="webhook",
    emulator=WebhookEmulator,
    environment=lambda emulator: {
        "CDP_WEBHOOK_URL": f"{emulator.url}/hook",
        "CDP_WEBHOOK_SECRET": SECRET,
    },
    secrets=["CDP_WEBHOOK_SECRET"],
    meta={"object": OBJECT, "key": "profile_key"},
    columns={
        "profile_key": "text",
        "email": "text",
        "firstname": "text",
        "visits": "bigint",
    },
    row=row,
    rejection="422 invalid_row",
    unknown_updates="made",
    mistakes=[({"url_variable": "lower"}, "url_variable")],
)
