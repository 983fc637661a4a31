"""Iterable under the contract suite."""

from __future__ import annotations

from tests.cdp.activation.destinations.contract import Case, Row, filled
from tests.cdp.activation.emulators.iterable import KEY, IterableEmulator


def row(number: int, version: str) -> Row:
    return {
        "profile_id": f"p/{number:05d}",
        "email": f"zoe.{version}.{number}@example.com",
        "firstName": f"Zoë {version} {number}",
        "visits": None if version == "new" else number,
        "isMember": False,
    }


def held(row: Row) -> Row:
    return {
        name: value for name, value in row.items() if value is not None and name != "profile_id"
    }


CASE = Case(
    destination="iterable",
    emulator=IterableEmulator,
    environment=lambda emulator: {
        "CDP_ITERABLE_URL": emulator.url,
        "CDP_ITERABLE_KEY": KEY,
    },
    secrets=["CDP_ITERABLE_KEY"],
    meta={"object": "users", "key": "profile_id"},
    columns={
        "profile_id": "text",
        "email": "text",
        "firstName": "text",
        "visits": "bigint",
        "isMember": "boolean",
    },
    row=row,
    answers_with_a_document=True,
    held=held,
    rejection="400 invalidDataUserIds",
    heavy=lambda number, size: filled(row(number, "old"), "firstName", size),
    mistakes=[
        ({"object": "people"}, "iterable takes 'users'"),
        ({"identifier": "email"}, "whose column email cannot be sent"),
    ],
)
