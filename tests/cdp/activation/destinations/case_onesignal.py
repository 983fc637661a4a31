"""OneSignal under the contract suite."""

from __future__ import annotations

from tests.cdp.activation.destinations.contract import Case, Row
from tests.cdp.activation.emulators.onesignal import APP, KEY, OnesignalEmulator


def row(number: int, version: str) -> Row:
    return {
        "message_key": f"k{number:05d}",
        "profile_id": f"person {number}",
        "title": f"Zoë's {version} boots {number}",
        "body": f"10% off, {version}, {number}",
    }


CASE = Case(
    destination="onesignal",
    emulator=OnesignalEmulator,
    environment=lambda emulator: {"CDP_ONESIGNAL_URL": emulator.url, "CDP_ONESIGNAL_KEY": KEY},
    secrets=["CDP_ONESIGNAL_KEY"],
    meta={
        "object": "offers",
        "key": "message_key",
        "app_id": APP,
        "recipient": "profile_id",
        "title": "title",
        "body": "body",
        "data": ["message_key"],
    },
    columns={name: "text" for name in row(0, "old")},
    row=row,
    held=lambda row: {name: row[name] for name in ("profile_id", "title", "body")},
    answers_with_a_document=True,
    rejection="200 no_recipient",
    mistakes=[
        ({"app_id": "boots"}, "app_id"),
        ({"body": "text"}, "body names 'text', which sync_webhook__members does not have"),
        ({"data": ["price"]}, "data names 'price', which sync_webhook__members does not have"),
        ({"expires_at": "later"}, "expires_at names 'later'"),
    ],
)
