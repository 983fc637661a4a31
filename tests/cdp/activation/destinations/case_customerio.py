"""Customer.io under the contract suite."""

from __future__ import annotations

from tests.cdp.activation.destinations.contract import Case, Row, filled
from tests.cdp.activation.emulators.customerio import KEY, SITE_ID, CustomerioEmulator


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
    destination="customerio",
    emulator=CustomerioEmulator,
    environment=lambda emulator: {
        "CDP_CUSTOMERIO_URL": emulator.url,
        "CDP_CUSTOMERIO_SITE_ID": SITE_ID,
        "CDP_CUSTOMERIO_KEY": KEY,
    },
    secrets=["CDP_CUSTOMERIO_SITE_ID", "CDP_CUSTOMERIO_KEY"],
    meta={"object": "people", "key": "profile_id"},
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
    rejection="400 invalid",
    heavy=lambda number, size: filled(row(number, "old"), "first_name", size),
    largest_row=32_000,
    mistakes=[
        ({"object": "users"}, "customerio takes 'people'"),
        ({"identifier": "cio_id"}, "identifier"),
    ],
)
