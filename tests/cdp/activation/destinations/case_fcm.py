"""FCM under the contract suite."""

from __future__ import annotations

from tests.cdp.activation.destinations.contract import Case, Row
from tests.cdp.activation.emulators.fcm import FcmEmulator
from tests.cdp.activation.emulators.google import key_file, wrong_key_file


def row(number: int, version: str) -> Row:
    return {
        "message_key": f"k{number:05d}",
        "profile_id": f"person {number}",
        "token": f"token-of-{version}:{number:05d}",
        "title": f"Zoë's {version} boots {number}",
        "body": f"10% off, {version}, {number}",
    }


CASE = Case(
    destination="fcm",
    emulator=FcmEmulator,
    environment=lambda emulator: {
        "CDP_FCM_URL": emulator.url,
        "CDP_GOOGLE_SERVICE_ACCOUNT": key_file(emulator.url),
    },
    secrets=["CDP_GOOGLE_SERVICE_ACCOUNT"],
    meta={
        "object": "offers",
        "key": "message_key",
        "recipient": "token",
        "title": "title",
        "body": "body",
        "data": ["message_key"],
    },
    columns={name: "text" for name in row(0, "old")},
    row=row,
    held=lambda row: {name: row[name] for name in ("token", "title", "body")},
    answers_with_a_document=True,
    rejection="404 UNREGISTERED",
    is_answered_by_row=False,
    wrong=wrong_key_file,
    mistakes=[
        ({"recipient": "device"}, "recipient names 'device', which sync_webhook__members does not"),
        ({"ttl_seconds": 2_419_201}, "ttl_seconds"),
        ({"expires_at": "body"}, "expires_at is 'body', which is text: cast it to timestamp"),
        ({"project": "Boots"}, "project"),
    ],
)
