"""Mailchimp under the contract suite."""

from __future__ import annotations

from tests.cdp.activation.destinations.contract import Case, Row
from tests.cdp.activation.emulators.mailchimp import (
    AUDIENCE,
    KEY,
    MailchimpEmulator,
    hash_of,
)


def row(number: int, version: str) -> Row:
    address = f"Zoe.{number}@Example.com"
    return {
        "subscriber_hash": hash_of(address),
        "profile_id": f"person {number}",
        "email_address": address,
        "FNAME": f"Zoë {version} {number}",
        "VISITS": None if version == "new" else number,
        "IS_MEMBER": False,
    }


def held(row: Row) -> Row:
    kept_out = ("subscriber_hash", "profile_id")
    return {
        name: value for name, value in row.items() if value is not None and name not in kept_out
    }


CASE = Case(
    destination="mailchimp",
    emulator=MailchimpEmulator,
    environment=lambda emulator: {"CDP_MAILCHIMP_URL": emulator.url, "CDP_MAILCHIMP_KEY": KEY},
    secrets=["CDP_MAILCHIMP_KEY"],
    meta={"object": AUDIENCE, "key": "subscriber_hash", "omit": ["profile_id"]},
    columns={
        "subscriber_hash": "text",
        "profile_id": "text",
        "email_address": "text",
        "FNAME": "text",
        "VISITS": "bigint",
        "IS_MEMBER": "boolean",
    },
    row=row,
    answers_with_a_document=True,
    held=held,
    rejection="400 ERROR_GENERIC",
    mistakes=[
        ({"omit": []}, "whose column profile_id is no merge field"),
        (
            {"address_column": "mail", "omit": ["profile_id", "email_address"]},
            "names 'mail'",
        ),
        ({"max_in_flight": 11}, "mailchimp allows at most 10"),
    ],
)
