"""Meta custom audiences under the contract suite."""

from __future__ import annotations

import hashlib

from tests.cdp.activation.destinations.contract import Case, Row
from tests.cdp.activation.emulators.meta import AUDIENCE, TOKEN, MetaEmulator


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def row(number: int, version: str) -> Row:
    prefix = "171" if version == "old" else "172"
    return {
        "email_sha256": sha(f"zoe.{number}@example.com"),
        "profile_id": f"person {number}",
        "phone": f"+49 {prefix} {number:07d}",
    }


CASE = Case(
    destination="meta",
    emulator=MetaEmulator,
    environment=lambda emulator: {"CDP_META_URL": emulator.url, "CDP_META_TOKEN": TOKEN},
    secrets=["CDP_META_TOKEN"],
    meta={
        "object": AUDIENCE,
        "key": "email_sha256",
        "email": "email_sha256",
        "phone": "phone",
    },
    columns={"email_sha256": "text", "profile_id": "text", "phone": "text"},
    row=row,
    # Digits with the country code, without plus and blanks.
    held=lambda row: {"phone": sha(row["phone"].replace(" ", "").removeprefix("+"))},
    answers_with_a_document=True,
    rejection="422 invalid_entries",
    is_answered_by_row=False,
    mistakes=[
        ({"object": "act_1"}, "give the id of the custom audience"),
        ({"phone": "mobile"}, "phone names 'mobile', which sync_webhook__members does not have"),
        ({"email": None, "phone": None}, "name the payload's column of one or both"),
        ({"token_variable": "lower"}, "token_variable"),
        ({"api_version": "25"}, "api_version"),
        ({"max_in_flight": 2}, "allows at most 1"),
    ],
)
