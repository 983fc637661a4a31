"""HubSpot under the contract suite."""

from __future__ import annotations

from tests.cdp.activation.destinations.contract import Case, Row
from tests.cdp.activation.emulators.hubspot import ID_PROPERTY, TOKEN, HubspotEmulator


def row(number: int, version: str) -> Row:
    return {
        ID_PROPERTY: f"k{number:05d}",
        "profile_id": f"person {number}",
        "email": f"zoe.{version}.{number}@example.com",
        "firstname": f"Zoë {version} {number}",
        "visits": number,
        "is_member": True,
        "joined_on": None,
    }


def held(row: Row) -> Row:
    """HubSpot keeps text, and nothing where the text is empty."""
    texts = {**row, "visits": str(row["visits"]), "is_member": "true"}
    return {name: texts[name] for name in texts if name not in ("joined_on", "profile_id")}


CASE = Case(
    destination="hubspot",
    emulator=HubspotEmulator,
    environment=lambda emulator: {
        "CDP_HUBSPOT_URL": emulator.url,
        "CDP_HUBSPOT_TOKEN": TOKEN,
    },
    secrets=["CDP_HUBSPOT_TOKEN"],
    meta={"object": "contacts", "key": ID_PROPERTY, "omit": ["profile_id"]},
    columns={
        ID_PROPERTY: "text",
        "profile_id": "text",
        "email": "text",
        "firstname": "text",
        "visits": "bigint",
        "is_member": "boolean",
        "joined_on": "date",
    },
    row=row,
    answers_with_a_document=True,
    held=held,
    rejection="422 VALIDATION_ERROR",
    mistakes=[
        ({"omit": ["nobody"]}, "omit names 'nobody', which sync_webhook__members does not"),
        ({"object": "notes"}, "merged_profiles is 'merge', which hubspot cannot with notes"),
    ],
)
