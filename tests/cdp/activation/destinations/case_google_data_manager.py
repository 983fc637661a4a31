"""Google's audiences under the contract suite."""

from __future__ import annotations

import hashlib

from tests.cdp.activation.destinations.contract import Case, Row
from tests.cdp.activation.emulators.google import key_file, wrong_key_file
from tests.cdp.activation.emulators.google_data_manager import (
    ACCOUNT,
    AUDIENCE,
    GoogleDataManagerEmulator,
)


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def row(number: int, version: str) -> Row:
    prefix = "171" if version == "old" else "172"
    return {
        "email_sha256": sha(f"zoe.{number}@example.com"),
        "profile_id": f"person {number}",
        "phone": f"0049 {prefix} {number:07d}",
    }


def held(row: Row) -> Row:
    """An E.164 number has its plus."""
    digits = row["phone"].replace(" ", "").removeprefix("00")
    return {"emailAddress": row["email_sha256"], "phoneNumber": sha(f"+{digits}")}


CASE = Case(
    destination="google_data_manager",
    emulator=GoogleDataManagerEmulator,
    environment=lambda emulator: {
        "CDP_GOOGLE_DATA_MANAGER_URL": emulator.url,
        "CDP_GOOGLE_SERVICE_ACCOUNT": key_file(emulator.url),
    },
    secrets=["CDP_GOOGLE_SERVICE_ACCOUNT"],
    meta={
        "object": AUDIENCE,
        "key": "email_sha256",
        "email": "email_sha256",
        "phone": "phone",
        "account_id": ACCOUNT,
        "customer_match_terms_accepted": True,
    },
    columns={"email_sha256": "text", "profile_id": "text", "phone": "text"},
    row=row,
    held=held,
    answers_with_a_document=True,
    rejection="400 INVALID_ARGUMENT",
    is_answered_by_row=False,
    wrong=wrong_key_file,
    mistakes=[
        ({"object": "list"}, "give the id of the audience"),
        ({"email": "mail"}, "email names 'mail', which sync_webhook__members does not have"),
        ({"account_id": "123-456"}, "account_id"),
        ({"customer_match_terms_accepted": False}, "customer_match_terms_accepted"),
    ],
)
