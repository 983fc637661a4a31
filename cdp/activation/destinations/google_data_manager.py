"""Members of an audience of Google's, by the Data Manager API; `object` is the audience's id.

Google answers when it has taken a request and matches the members later: a row that was accepted
is one that Google has, not one that it knows.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Literal, cast

from pydantic import Field

from cdp.activation.destinations.api import Api, address_in, open_api, to_json
from cdp.activation.destinations.audience import (
    AudienceOptions,
    Identifier,
    Members,
    Rules,
    audience_problems,
)
from cdp.activation.destinations.base import (
    BatchRefusedError,
    Change,
    DeliveryError,
    Destination,
    Limits,
    Mode,
    Options,
    Problem,
    RowResult,
)
from cdp.activation.destinations.google import (
    DEFAULT_KEY_VARIABLE,
    Tokens,
    google_code,
    service_account_in,
)
from cdp.activation.destinations.http import document_of, failure_reason
from cdp.activation.destinations.packing import by_operation, packed
from cdp.activation.spec import SyncSpec
from cdp.environment import address_variable, variable
from cdp.settings import Settings

DEFAULT_ADDRESS = "https://datamanager.googleapis.com"
SCOPE = "https://www.googleapis.com/auth/datamanager"
# DESTINATIONS.md: 10,000 members a request.
MAX_BATCH = 10_000
# DESTINATIONS.md: 300 requests per minute, and a batch needs up to two. Google refuses requests
# beyond 100,000 per day; that limit is not counted here.
RATE_PER_SECOND = 300 / 60 / 2
# One after another: one change may add the same member that another change removes.
MAX_IN_FLIGHT = 1
_FIELDS = {"email": "emailAddress", "phone": "phoneNumber"}
_MEMBER = re.compile(r"audience_?members\[(\d+)\]", re.IGNORECASE)


class GoogleDataManagerOptions(AudienceOptions):
    """Keys of a Data Manager sync beside the common ones; `object` is the audience's id.

    Attributes:
        account_id: Account that the audience is in.
        account_type: Product that the account is of.
        login_account_id: Manager account that the service account has access to, if it is another.
        customer_match_terms_accepted: Must be true: that you have accepted Google's terms.
    """

    account_id: str = Field(pattern=r"^\d+$")
    account_type: Literal["GOOGLE_ADS", "DISPLAY_VIDEO_ADVERTISER", "DISPLAY_VIDEO_PARTNER"] = (
        "GOOGLE_ADS"
    )
    login_account_id: str | None = Field(None, pattern=r"^\d+$")
    customer_match_terms_accepted: Literal[True]
    key_variable: str = variable(
        DEFAULT_KEY_VARIABLE, "a secret", "Content of a service account's JSON key file."
    )
    url_variable: str = address_variable("CDP_GOOGLE_DATA_MANAGER_URL")


class _PlacesRefusedError(BatchRefusedError):
    """A request refused because of members at certain places; none of it was taken."""

    def __init__(self, reason: str, places: frozenset[int]) -> None:
        super().__init__(reason)
        self.places = places


class _MembersRefusedError(BatchRefusedError):
    """The same, with the keys of the changes that those members are of."""

    def __init__(self, reason: str, keys: set[str]) -> None:
        super().__init__(reason)
        self.keys = keys


class GoogleDataManagerSession:
    """An open audience."""

    def __init__(
        self, api: Api, tokens: Tokens, spec: SyncSpec, options: GoogleDataManagerOptions
    ) -> None:
        self._api = api
        self._tokens = tokens
        self._destination = _destination(spec, options)
        self._is_consented = spec.consent is not None
        # DESTINATIONS.md: no dots and plus tags for Google's own domains; E.164 with its plus.
        self._members = Members(spec, options, Rules(True, True, options.country_code))
        self.account = api.account

    def split(self, changes: Sequence[Change]) -> Sequence[Sequence[Change]]:
        """Deletes apart from the rest, each up to the largest batch."""
        return packed(changes, lambda _: (1,), (MAX_BATCH,), by_operation)

    async def deliver(self, changes: Sequence[Change]) -> Sequence[RowResult]:
        """Remove members, then add some; see `Session.deliver`."""
        try:
            await self._send("remove", self._members.removals(changes))
            await self._send("ingest", self._members.additions(changes))
        except _MembersRefusedError as refusal:
            refused = RowResult("rejected", refusal.reason)
            again = RowResult("retry", refusal.reason)
            return [refused if change.key in refusal.keys else again for change in changes]
        return self._members.results(changes)

    async def _send(self, verb: str, members: Sequence[tuple[Change, list[Identifier]]]) -> None:
        if not members:
            return
        document: dict[str, Any] = {
            "destinations": [self._destination],
            "audienceMembers": [
                {"userData": {"userIdentifiers": [{_FIELDS[kind]: d} for kind, d in found]}}
                for _, found in members
            ],
            "encoding": "HEX",
        }
        if verb == "ingest":
            document["termsOfService"] = {"customerMatchTermsOfServiceStatus": "ACCEPTED"}
            if self._is_consented:
                granted = "CONSENT_GRANTED"
                document["consent"] = {"adUserData": granted, "adPersonalization": granted}
        headers = await self._tokens.headers()
        path = f"/v1/audienceMembers:{verb}"
        try:
            answer = await self._api.send_bytes("POST", path, to_json(document), headers)
        except _PlacesRefusedError as refusal:
            keys = {change.key for at, (change, _) in enumerate(members) if at in refusal.places}
            raise _MembersRefusedError(refusal.reason, keys) from None
        document_of(answer, "requestId")


def _destination(spec: SyncSpec, options: GoogleDataManagerOptions) -> dict[str, Any]:
    account = {"accountType": options.account_type, "accountId": options.account_id}
    destination = {"operatingAccount": account, "productDestinationId": spec.object}
    if options.login_account_id:
        destination["loginAccount"] = account | {"accountId": options.login_account_id}
    return destination


def _failure(status: int, document: object) -> DeliveryError | None:
    """Of a bad request, the members that it is about."""
    error = document.get("error") if isinstance(document, Mapping) else None
    details = error.get("details") if isinstance(error, Mapping) else None
    if status != 400 or not isinstance(details, list):
        return None
    violations = [
        violation
        for detail in details
        if isinstance(detail, Mapping)
        for violation in detail.get("fieldViolations") or ()
    ]
    found = [_MEMBER.search(str(violation.get("field"))) for violation in violations]
    if not found or not all(found):
        # The error may also concern a field of the request itself.
        return None
    places = frozenset(int(match[1]) for match in found if match)
    return _PlacesRefusedError(failure_reason(status, document, google_code), places)


class GoogleDataManager:
    """The destination for audiences of Google's."""

    options: type[Options] = GoogleDataManagerOptions
    modes: frozenset[Mode] = frozenset({"upsert", "mirror"})
    limits = Limits(
        largest_batch=MAX_BATCH,
        default_batch=MAX_BATCH,
        rate_per_second=RATE_PER_SECOND,
        max_in_flight=MAX_IN_FLIGHT,
        most_in_flight=MAX_IN_FLIGHT,
    )

    def check(self, spec: SyncSpec) -> Iterable[Problem]:
        """The audience's id and the identifier columns."""
        if not spec.object.isdecimal():
            yield Problem("object", f"is {spec.object!r}: give the id of the audience.")
        yield from audience_problems(spec, cast(GoogleDataManagerOptions, spec.options))

    @asynccontextmanager
    async def open(
        self, spec: SyncSpec, settings: Settings
    ) -> AsyncIterator[GoogleDataManagerSession]:
        """Connect with the service account of the environment."""
        options = cast(GoogleDataManagerOptions, spec.options)
        address = address_in(options.url_variable, DEFAULT_ADDRESS, spec)
        account = service_account_in(options.key_variable, spec)
        async with open_api(
            spec, address, account.email, {}, code_of=google_code, failure_of=_failure
        ) as api:
            yield GoogleDataManagerSession(api, Tokens(api.client, account, SCOPE), spec, options)


DESTINATION: Destination = GoogleDataManager()
