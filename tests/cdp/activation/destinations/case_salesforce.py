"""Salesforce under the contract suite."""

from __future__ import annotations

from tests.cdp.activation.destinations.contract import Case, Row
from tests.cdp.activation.emulators.salesforce import (
    CLIENT_ID,
    CLIENT_SECRET,
    EXTERNAL_ID,
    SalesforceEmulator,
)


def row(number: int, version: str) -> Row:
    return {
        EXTERNAL_ID: f"k/{number:05d}",
        "profile_id": f"person {number}",
        "Email": f"zoe.{version}.{number}@example.com",
        "FirstName": f'Zoë "{version}", {number}',
        "Visits__c": None if version == "new" else number,
        "Is_Member__c": False,
    }


def held(row: Row) -> Row:
    return {
        name: value for name, value in row.items() if value is not None and name != "profile_id"
    }


CASE = Case(
    destination="salesforce",
    emulator=SalesforceEmulator,
    environment=lambda emulator: {
        "CDP_SALESFORCE_URL": emulator.url,
        "CDP_SALESFORCE_CLIENT_ID": CLIENT_ID,
        "CDP_SALESFORCE_CLIENT_SECRET": CLIENT_SECRET,
    },
    secrets=["CDP_SALESFORCE_CLIENT_ID", "CDP_SALESFORCE_CLIENT_SECRET"],
    meta={
        "object": "Contact",
        "key": EXTERNAL_ID,
        "omit": ["profile_id"],
        "poll_seconds": 0.01,
    },
    columns={
        EXTERNAL_ID: "text",
        "profile_id": "text",
        "Email": "text",
        "FirstName": "text",
        "Visits__c": "bigint",
        "Is_Member__c": "boolean",
    },
    row=row,
    answers_with_a_document=True,
    held=held,
    rejection="400 FIELD_CUSTOM_VALIDATION_EXCEPTION",
    mistakes=[
        ({"omit": ["nobody"]}, "omit names 'nobody', which sync_webhook__members does not"),
        ({"api_version": "62"}, "api_version"),
    ],
)
