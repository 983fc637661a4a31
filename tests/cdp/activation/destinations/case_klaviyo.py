"""Klaviyo under the contract suite, as the members of a list."""

from __future__ import annotations

from tests.cdp.activation.destinations.contract import Case, Row, filled
from tests.cdp.activation.emulators.klaviyo import KEY, LIST_ID, KlaviyoEmulator


def row(number: int, version: str) -> Row:
    return {
        "profile_id": f'p"{number:05d}',
        "email": f"zoe.{version}.{number}@example.com",
        "first_name": f"Zoë {version} {number}",
        "location_city": f"Köln {version}",
        "visits": None if version == "new" else number,
        "is_member": False,
    }


def held(row: Row) -> Row:
    properties = {name: row[name] for name in ("visits", "is_member") if row[name] is not None}
    return {
        "external_id": row["profile_id"],
        "email": row["email"],
        "first_name": row["first_name"],
        "location": {"city": row["location_city"]},
        "properties": properties,
    }


CASE = Case(
    destination="klaviyo",
    emulator=KlaviyoEmulator,
    environment=lambda emulator: {"CDP_KLAVIYO_URL": emulator.url, "CDP_KLAVIYO_KEY": KEY},
    secrets=["CDP_KLAVIYO_KEY"],
    meta={"object": "profiles", "key": "profile_id", "list_id": LIST_ID, "poll_seconds": 0.001},
    columns={
        "profile_id": "text",
        "email": "text",
        "first_name": "text",
        "location_city": "text",
        "visits": "bigint",
        "is_member": "boolean",
    },
    row=row,
    answers_with_a_document=True,
    held=held,
    rejection="400 invalid",
    heavy=lambda number, size: filled(row(number, "old"), "first_name", size),
    largest_row=100_000,
    mistakes=[
        ({"object": "people"}, "klaviyo takes 'profiles'"),
        ({"mode": "mirror", "list_id": None}, "mode is 'mirror': add `list_id`"),
        (
            {"mode": "upsert", "merged_profiles": "delete", "list_id": None},
            "merged_profiles is 'delete': add `list_id`",
        ),
        ({"identifier": "email"}, "whose column email cannot be sent"),
    ],
)
