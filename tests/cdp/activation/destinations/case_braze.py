"""Braze under the contract suite."""

from __future__ import annotations

from tests.cdp.activation.destinations.contract import Case, Row
from tests.cdp.activation.emulators.braze import KEY, BrazeEmulator


def row(number: int, version: str) -> Row:
    return {
        "profile_id": f"p/{number:05d}",
        "email": f"zoe.{version}.{number}@example.com",
        "first_name": f"Zoë {version} {number}",
        "visits": None if version == "new" else number,
        "is_member": False,
    }


def held(row: Row) -> Row:
    return {
        name: value for name, value in row.items() if value is not None and name != "profile_id"
    }


CASE = Case(
    destination="braze",
    emulator=BrazeEmulator,
    environment=lambda emulator: {
        "CDP_BRAZE_URL": emulator.url,
        "CDP_BRAZE_KEY": KEY,
    },
    secrets=["CDP_BRAZE_KEY"],
    meta={"object": "users", "key": "profile_id", "on_delete": "erase"},
    columns={
        "profile_id": "text",
        "email": "text",
        "first_name": "text",
        "visits": "bigint",
        "is_member": "boolean",
    },
    row=row,
    answers_with_a_document=True,
    held=held,
    rejection="400",
    unknown_updates="ignored",
    mistakes=[
        ({"object": "people"}, "braze takes 'users'"),
        ({"omit": ["nobody"]}, "omit names 'nobody', which sync_webhook__members does not"),
    ],
)
