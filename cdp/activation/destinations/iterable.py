"""Users of Iterable by user id or email, over bulk updates.

The key is the identifier, the same one for the whole project; the other columns are data fields. A
deleted row's user is deleted and a merged row's merged, one request each.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Literal, cast
from urllib.parse import quote

from cdp.activation.destinations.api import (
    Api,
    ApiOptions,
    address_in,
    column_problems,
    object_problems,
    omit_problems,
    open_api,
    secret_in,
    to_json,
)
from cdp.activation.destinations.base import (
    ACCEPTED,
    BatchRefusedError,
    Change,
    Destination,
    DestinationUnusableError,
    Limits,
    Mode,
    Options,
    Problem,
    RowResult,
)
from cdp.activation.destinations.http import Answer, document_of, refused_row
from cdp.activation.destinations.packing import by_operation, packed
from cdp.activation.spec import SyncSpec
from cdp.environment import variable
from cdp.settings import Settings

DEFAULT_ADDRESS = "https://api.iterable.com"
# DESTINATIONS.md: 4 MB a request, about 1,000 rows, 5 requests a second a key. Megabytes are read
# as millions of bytes, the smaller of two senses.
MAX_BODY = 4_000_000
MAX_BATCH = 1_000
RATE_PER_SECOND = 5.0
# `{"users":[…]}`
_FRAME_BYTES = 12
_UNKNOWN = frozenset({"400 UnknownUserIdError", "400 UnknownEmailError"})
# Lists of identifiers in an answer, beside those in `failedUpdates`.
_INVALID = ("invalidEmails", "invalidUserIds")


class IterableOptions(ApiOptions):
    """Keys of an Iterable sync beside the common ones; `object` is `users`.

    Attributes:
        identifier: Whether the key is a user's `userId` or `email`: the one that the project uses.
    """

    identifier: Literal["userId", "email"] = "userId"
    key_variable: str = variable("CDP_ITERABLE_KEY", "a secret", "Server-side key.")
    url_variable: str = variable(
        "CDP_ITERABLE_URL",
        "an address",
        "Address of the API; another one for accounts in the EU.",
        shown="the vendor's",
    )


class IterableSession:
    """An open Iterable project."""

    def __init__(self, api: Api, spec: SyncSpec) -> None:
        self._api = api
        self._options = cast(IterableOptions, spec.options)
        self._key = spec.key
        self.account = api.account

    def split(self, changes: Sequence[Change]) -> Sequence[Sequence[Change]]:
        """Updates by rows and bytes; deletes and merges alone."""
        most = {
            "write": (MAX_BATCH, MAX_BODY - _FRAME_BYTES),
            "delete": (1, MAX_BODY),
            "merge": (1, MAX_BODY),
        }
        return packed(
            changes, lambda change: (1, len(to_json(self._user(change))) + 1), most, by_operation
        )

    async def deliver(self, changes: Sequence[Change]) -> Sequence[RowResult]:
        """Update a batch, or delete or merge a user; see `Session.deliver`."""
        if changes[0].operation == "delete":
            return [await self._delete(change) for change in changes]
        if changes[0].operation == "merge":
            return [await self._merge(change) for change in changes]
        users = [self._user(change) for change in changes]
        answer = await self._api.send("POST", "/api/users/bulkUpdate", {"users": users})
        return _row_results(answer, [change.key for change in changes])

    def _user(self, change: Change) -> dict[str, Any]:
        fields = self._options.fields(change)
        fields.pop(self._key, None)
        user: dict[str, Any] = {self._options.identifier: change.key, "dataFields": fields}
        if self._options.identifier == "userId":
            user["preferUserId"] = True
        return user

    async def _delete(self, change: Change) -> RowResult:
        await self._ask("DELETE", change.key, "code")
        return ACCEPTED

    async def _merge(self, change: Change) -> RowResult:
        """Merge a user into another; where that one is missing Iterable renames the user.

        Iterable's page of merging user profiles, read 2026-11-24; the codes are general knowledge.
        """
        name = self._options.identifier[0].upper() + self._options.identifier[1:]
        pair = {f"source{name}": change.key, f"destination{name}": change.into_key}
        try:
            document_of(await self._api.send("POST", "/api/users/merge", pair), "code")
        except BatchRefusedError as error:
            # The response does not say which of the two users is unknown.
            if error.reason not in _UNKNOWN or await self._is_there(change.key):
                raise
        return ACCEPTED

    async def _is_there(self, key: str) -> bool:
        return "user" in (await self._ask("GET", key) or {})

    async def _ask(
        self, method: str, key: str, name: str | None = None
    ) -> Mapping[str, Any] | None:
        """What is answered to a request about one user; None where there is no such user.

        See `document_of` for `name`.
        """
        folder = "byUserId/" if self._options.identifier == "userId" else ""
        path = f"/api/users/{folder}{quote(key, safe='')}"
        try:
            answer = await self._api.send(method, path, may_be_missing=True)
        except BatchRefusedError as error:
            if error.reason not in _UNKNOWN:
                raise
            return None
        return None if answer.status == 404 else document_of(answer, name)


def _row_results(answer: Answer, keys: Sequence[str]) -> list[RowResult]:
    document = document_of(answer, "successCount")
    if document.get("filteredOutFields"):
        # Iterable stores the user but silently drops these fields.
        raise DestinationUnusableError(f"{answer.status} filteredOutFields")
    failed = {**(document.get("failedUpdates") or {})}
    failed |= {name: [*failed.get(name, []), *document.get(name, [])] for name in _INVALID}
    reasons = {str(key): name for name, named in failed.items() for key in named}
    return [refused_row(400, reasons[key]) if key in reasons else ACCEPTED for key in keys]


class IterableDestination:
    """The Iterable destination."""

    options: type[Options] = IterableOptions
    modes: frozenset[Mode] = frozenset({"upsert", "mirror"})
    merges_unasked = True
    limits = Limits(
        largest_batch=MAX_BATCH,
        default_batch=MAX_BATCH,
        rate_per_second=RATE_PER_SECOND,
        max_in_flight=5,
    )

    def check(self, spec: SyncSpec) -> Iterable[Problem]:
        """Only users are sent, by one identifier: a second one would split people in two."""
        yield from omit_problems(spec)
        yield from object_problems(spec, "users")
        is_by_id = cast(IterableOptions, spec.options).identifier == "userId"
        reserved = frozenset({"userId"} if is_by_id else {"userId", "email"})
        yield from column_problems(spec, reserved, "iterable would take it for an identifier")

    @asynccontextmanager
    async def open(self, spec: SyncSpec, settings: Settings) -> AsyncIterator[IterableSession]:
        """Connect with the key of the environment."""
        options = cast(IterableOptions, spec.options)
        address = address_in(options.url_variable, DEFAULT_ADDRESS, spec)
        key = secret_in(options.key_variable, spec)
        headers = {"Api-Key": key}
        async with open_api(spec, address, key, headers, largest_body=MAX_BODY) as api:
            yield IterableSession(api, spec)


DESTINATION: Destination = IterableDestination()
