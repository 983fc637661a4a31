"""Members of a Meta custom audience, the sync's `object`, by hashed email address and number."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, cast

from pydantic import Field

from cdp.activation.destinations.api import Api, address_in, open_api, secret_in
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
    DestinationUnusableError,
    Limits,
    Mode,
    Options,
    Problem,
    RowResult,
    TemporaryFailureError,
    ThrottledError,
)
from cdp.activation.destinations.http import document_of
from cdp.activation.destinations.packing import by_operation, packed
from cdp.activation.spec import SyncSpec
from cdp.environment import address_variable, variable
from cdp.settings import Settings

DEFAULT_ADDRESS = "https://graph.facebook.com"
# DESTINATIONS.md: 10,000 rows a request.
MAX_BATCH = 10_000
# One after another: one change may add the same member that another change removes. Meta's rate
# limit depends on the account and shows only in refusals.
MAX_IN_FLIGHT = 1
# Codes of the Graph API's errors: calls by app, user, page and ad account.
_THROTTLED = frozenset({4, 17, 32, 613, *range(80000, 80015)})
_TEMPORARY = frozenset({1, 2})
# Session, permission, token; 200 to 299 are permissions too.
_UNUSABLE = frozenset({3, 10, 102, 190, *range(200, 300)})
# Subcodes of error 100 (bad parameter): the audience does not exist or may not be changed.
_UNUSABLE_SUBCODES = frozenset({33, 1713230})


class MetaOptions(AudienceOptions):
    """Keys of a Meta sync beside the common ones; `object` is the audience's id.

    Attributes:
        api_version: Of the Graph API.
    """

    token_variable: str = variable("CDP_META_TOKEN", "a secret", "Access token of a system user.")
    url_variable: str = address_variable("CDP_META_URL")
    api_version: str = Field("v25.0", pattern=r"^v\d+\.\d+$")


class MetaSession:
    """An open custom audience."""

    def __init__(self, api: Api, spec: SyncSpec, options: MetaOptions) -> None:
        self._api = api
        self._path = f"/{options.api_version}/{spec.object}/users"
        # DESTINATIONS.md: digits with country code, without a plus sign; Google's rules for
        # addresses do not apply.
        self._members = Members(spec, options, Rules(False, False, options.country_code))
        self.account = api.account

    def split(self, changes: Sequence[Change]) -> Sequence[Sequence[Change]]:
        """Deletes apart from the rest; what is taken away has a row for each identifier."""
        limits = (MAX_BATCH, MAX_BATCH)
        return packed(changes, self._members.weight, limits, by_operation)

    async def deliver(self, changes: Sequence[Change]) -> Sequence[RowResult]:
        """Remove members, then add some; see `Session.deliver`."""
        removals, additions = self._members.removals(changes), self._members.additions(changes)
        if removals:
            await self._send("DELETE", [_row([one]) for _, gone in removals for one in gone])
        if additions:
            await self._send("POST", [_row(added) for _, added in additions])
        return self._members.results(changes)

    async def _send(self, method: str, data: list[list[str]]) -> None:
        document: dict[str, Any] = {"payload": {"schema": ["EMAIL", "PHONE"], "data": data}}
        if method == "POST":
            document["session"] = {
                "session_id": _session_id(data),
                "batch_seq": 1,
                "last_batch_flag": True,
                "estimated_num_total": len(data),
            }
        answer = await self._api.send(method, self._path, document)
        if document_of(answer, "num_received").get("num_invalid_entries"):
            # The response does not say which members failed; adding a member twice does no harm.
            raise BatchRefusedError("422 invalid_entries")


def _row(identifiers: Sequence[Identifier]) -> list[str]:
    by_kind = {kind: digest for kind, digest in identifiers}
    return [by_kind.get("email", ""), by_kind.get("phone", "")]


def _session_id(data: list[list[str]]) -> int:
    """The same for the same rows; Meta takes a number of 64 bits that is positive."""
    digest = hashlib.sha256("\n".join(map(",".join, data)).encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 1


def _failure(status: int, document: object) -> DeliveryError | None:
    error = document.get("error") if isinstance(document, Mapping) else None
    error = error if isinstance(error, Mapping) else {}
    code = error.get("code")
    if status == 429 or status >= 500 or not isinstance(code, int):
        return None
    reason = f"{status} code {code}"
    if code in _THROTTLED:
        return ThrottledError(reason)
    if code in _TEMPORARY or error.get("is_transient") is True:
        return TemporaryFailureError(reason)
    if code in _UNUSABLE or (code == 100 and error.get("error_subcode") in _UNUSABLE_SUBCODES):
        return DestinationUnusableError(reason)
    return None


class Meta:
    """The destination for Meta custom audiences."""

    options: type[Options] = MetaOptions
    modes: frozenset[Mode] = frozenset({"upsert", "mirror"})
    limits = Limits(
        largest_batch=MAX_BATCH,
        default_batch=MAX_BATCH,
        max_in_flight=MAX_IN_FLIGHT,
        most_in_flight=MAX_IN_FLIGHT,
    )

    def check(self, spec: SyncSpec) -> Iterable[Problem]:
        """The audience's id and the identifier columns."""
        if not spec.object.isdecimal():
            yield Problem("object", f"is {spec.object!r}: give the id of the custom audience.")
        yield from audience_problems(spec, cast(MetaOptions, spec.options))

    @asynccontextmanager
    async def open(self, spec: SyncSpec, settings: Settings) -> AsyncIterator[MetaSession]:
        """Connect with the token of the environment."""
        options = cast(MetaOptions, spec.options)
        address = address_in(options.url_variable, DEFAULT_ADDRESS, spec)
        token = secret_in(options.token_variable, spec)
        headers = {"Authorization": f"Bearer {token}"}
        async with open_api(spec, address, token, headers, failure_of=_failure) as api:
            yield MetaSession(api, spec, options)


DESTINATION: Destination = Meta()
