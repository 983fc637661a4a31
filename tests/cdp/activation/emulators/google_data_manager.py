"""Google's Data Manager: one audience, whose members are hashes in hexadecimal."""

from __future__ import annotations

from typing import Any

from tests.cdp.activation.emulators.emulator import (
    Call,
    Refused,
    Reply,
    listing,
    record,
    strict,
)
from tests.cdp.activation.emulators.google import GoogleEmulator

ACCOUNT = "1234567890"
MANAGER = "9876543210"
AUDIENCE = "55512345"
HASH = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
# DESTINATIONS.md: 10,000 members, 10 identifiers each.
MAX_BATCH = 10_000
MAX_IDENTIFIERS = 10
GRANTED = {"const": "CONSENT_GRANTED"}
_DESTINATION = record(
    {
        "operatingAccount": record(
            {"accountType": {"const": "GOOGLE_ADS"}, "accountId": {"const": ACCOUNT}}
        ),
        "productDestinationId": {"const": AUDIENCE},
    },
    loginAccount=record({"accountType": {"const": "GOOGLE_ADS"}, "accountId": {"const": MANAGER}}),
)
_IDENTIFIER = {"oneOf": [record({"emailAddress": HASH}), record({"phoneNumber": HASH})]}
_MEMBER = record({"userData": record({"userIdentifiers": listing(_IDENTIFIER, MAX_IDENTIFIERS)})})
_REMOVE = {
    "destinations": listing(_DESTINATION, 1),
    "audienceMembers": listing(_MEMBER, MAX_BATCH),
    "encoding": {"const": "HEX"},
}
REMOVE = record(_REMOVE)
INGEST = record(
    _REMOVE
    | {"termsOfService": record({"customerMatchTermsOfServiceStatus": {"const": "ACCEPTED"}})},
    consent=record({"adUserData": GRANTED, "adPersonalization": GRANTED}),
)


class GoogleDataManagerEmulator(GoogleEmulator):
    """Holds members by the hash of their address; takes a request as a whole or not at all."""

    # DESTINATIONS.md: 300 a minute.
    rate = (300, 60.0)
    scope = "https://www.googleapis.com/auth/datamanager"

    def __init__(self) -> None:
        super().__init__()
        self.members: dict[str, dict[str, str]] = {}

    def answer_signed_in(self, call: Call) -> Reply:
        routes = {
            "/v1/audienceMembers:ingest": INGEST,
            "/v1/audienceMembers:remove": REMOVE,
        }
        if call.method != "POST" or call.path not in routes:
            raise Refused(404, "NOT_FOUND")
        document = call.document
        strict(document, routes[call.path])
        members = [m["userData"]["userIdentifiers"] for m in document["audienceMembers"]]
        bad = [at for at, member in enumerate(members) if self.refused & _values(member)]
        if bad:
            return Reply(400, _violations(bad, members))
        if call.path.endswith("ingest"):
            self._add(members)
        else:
            self._remove(set().union(*map(_values, members)))
        return Reply(200, {"requestId": f"request-{len(self.calls)}"})

    def _add(self, members: list[list[dict[str, str]]]) -> None:
        for member in members:
            fields = {name: value for entry in member for name, value in entry.items()}
            self.members[fields.get("emailAddress", "")] = fields

    def _remove(self, gone: set[str]) -> None:
        for email, fields in list(self.members.items()):
            if gone & set(fields.values()):
                del self.members[email]

    def held(self) -> dict[str, dict[str, Any]]:
        return self.members


def _values(member: list[dict[str, str]]) -> set[str]:
    return {value for entry in member for value in entry.values()}


def _violations(places: list[int], members: list[Any]) -> dict[str, Any]:
    violations = [
        {
            "field": f"audience_members.audience_members[{at}].user_data.user_identifiers[0]",
            "description": f"not valid: {members[at]}",
            "reason": "INVALID_SHA256_FORMAT",
        }
        for at in places
    ]
    return {
        "error": {
            "code": 400,
            "message": "There was a problem with the request.",
            "status": "INVALID_ARGUMENT",
            "details": [
                {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "INVALID_ARGUMENT"},
                {
                    "@type": "type.googleapis.com/google.rpc.BadRequest",
                    "fieldViolations": violations,
                },
            ],
        }
    }
