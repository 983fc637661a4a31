"""People of Customer.io by id or email, over the Track API's batches.

The key is the identifier; the other columns are attributes. A deleted row's person is deleted, a
merged row's person merged.
"""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Literal, cast

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
    Limits,
    Mode,
    Options,
    Problem,
    RowResult,
)
from cdp.activation.destinations.http import Answer, document_of, refused_row
from cdp.activation.destinations.packing import packed
from cdp.activation.spec import SyncSpec
from cdp.environment import address_variable, variable
from cdp.settings import Settings

DEFAULT_ADDRESS = "https://track.customer.io"
# DESTINATIONS.md: 500 KB per request, 32 KB per object. KB is taken as 1,000 bytes, the smaller of
# its two meanings.
MAX_BODY = 500_000
MAX_OBJECT = 32_000
# The vendor limits bytes only; this limit on rows is ours.
MAX_BATCH = 1_000
# DESTINATIONS.md: sources differ between 3,000 requests per 3 s and 100 a second.
RATE_PER_SECOND = 1_000.0
CAUTIOUS_RATE_PER_SECOND = 100.0
# `{"batch":[…]}`
_FRAME_BYTES = 12
# Names that Customer.io reserves for identifiers and subscription states.
_RESERVED = frozenset({"cio_id", "unsubscribed", "cio_subscription_preferences"})


class CustomerioOptions(ApiOptions):
    """Keys of a Customer.io sync beside the common ones; `object` is `people`.

    Attributes:
        identifier: Whether the key is a person's `id` or `email`.
    """

    identifier: Literal["id", "email"] = "id"
    site_id_variable: str = variable(
        "CDP_CUSTOMERIO_SITE_ID", "a secret", "Site id of the Track API."
    )
    key_variable: str = variable("CDP_CUSTOMERIO_KEY", "a secret", "Key of the Track API.")
    url_variable: str = address_variable("CDP_CUSTOMERIO_URL")


class CustomerioSession:
    """An open Customer.io workspace."""

    def __init__(self, api: Api, spec: SyncSpec) -> None:
        self._api = api
        self._options = cast(CustomerioOptions, spec.options)
        self._key = spec.key
        self.account = api.account

    def split(self, changes: Sequence[Change]) -> Sequence[Sequence[Change]]:
        """As many as a request's bytes hold; merges apart."""
        return packed(
            changes,
            # One more byte for the comma.
            lambda change: (1, len(to_json(self._object(change))) + 1),
            (MAX_BATCH, MAX_BODY - _FRAME_BYTES),
            lambda change: "merge" if change.operation == "merge" else "write",
        )

    async def deliver(self, changes: Sequence[Change]) -> Sequence[RowResult]:
        """Identify and delete in one batch, or merge in two; see `Session.deliver`."""
        if changes[0].operation == "merge":
            return await self._merge(changes)
        return await self._send([self._object(change) for change in changes])

    async def _send(self, objects: Sequence[dict[str, Any]]) -> list[RowResult]:
        if any(len(to_json(entry)) > MAX_OBJECT for entry in objects):
            raise BatchRefusedError("413 larger_than_the_vendor_takes")
        answer = await self._api.send("POST", "/api/v2/batch", {"batch": objects})
        return _row_results(answer, len(objects))

    async def _merge(self, changes: Sequence[Change]) -> list[RowResult]:
        """Merge into people who are there: to identify them without attributes makes sure of it.

        Of a primary person that it lacks Customer.io says nothing and does nothing.
        """
        keys = sorted({str(change.into_key) for change in changes})
        people = [{**self._person(key), "action": "identify", "attributes": {}} for key in keys]
        made = dict(zip(keys, await self._send(people), strict=True))
        ready = [c for c in changes if made[str(c.into_key)].status == "accepted"]
        answers = await self._send([self._object(change) for change in ready]) if ready else []
        merged = dict(zip((change.key for change in ready), answers, strict=True))
        return [merged.get(change.key, made[str(change.into_key)]) for change in changes]

    def _person(self, key: str) -> dict[str, Any]:
        return {"type": "person", "identifiers": {self._options.identifier: key}}

    def _object(self, change: Change) -> dict[str, Any]:
        if change.operation == "merge":
            # Customer.io's description of the Track API, version 2, read 2026-11-24.
            names = {"primary": change.into_key, "secondary": change.key}
            both = {name: {self._options.identifier: key} for name, key in names.items()}
            return {"type": "person", "action": "merge", **both}
        person = self._person(change.key)
        if change.operation == "delete":
            return {**person, "action": "delete"}
        # An empty text clears an attribute.
        attributes = {
            name: "" if value is None else value
            for name, value in self._options.fields(change).items()
            if name != self._key
        }
        return {**person, "action": "identify", "attributes": attributes}


def _row_results(answer: Answer, count: int) -> list[RowResult]:
    errors = document_of(answer).get("errors", [])
    if answer.status == 207 and not errors:
        return [RowResult("retry", "207 without results")] * count
    results = [ACCEPTED] * count
    for error in errors:
        at = error.get("batch_index")
        if isinstance(at, int) and 0 <= at < count:
            results[at] = refused_row(400, error.get("reason"))
    return results


def _reason(document: object) -> object:
    errors = document.get("errors") if isinstance(document, Mapping) else None
    first = errors[0] if isinstance(errors, list) and errors else None
    return first.get("reason") if isinstance(first, Mapping) else None


class Customerio:
    """The Customer.io destination."""

    options: type[Options] = CustomerioOptions
    modes: frozenset[Mode] = frozenset({"upsert", "mirror"})
    merges_unasked = True
    limits = Limits(
        largest_batch=MAX_BATCH,
        default_batch=500,
        rate_per_second=RATE_PER_SECOND,
        default_rate_per_second=CAUTIOUS_RATE_PER_SECOND,
        max_in_flight=8,
    )

    def check(self, spec: SyncSpec) -> Iterable[Problem]:
        """Only people are sent, and no column may be an identifier or a subscription state."""
        yield from omit_problems(spec)
        yield from object_problems(spec, "people")
        reserved = _RESERVED | {cast(CustomerioOptions, spec.options).identifier}
        yield from column_problems(
            spec, reserved, "customerio identifies or subscribes people by it"
        )

    @asynccontextmanager
    async def open(self, spec: SyncSpec, settings: Settings) -> AsyncIterator[CustomerioSession]:
        """Connect with the site id and key of the environment."""
        options = cast(CustomerioOptions, spec.options)
        address = address_in(options.url_variable, DEFAULT_ADDRESS, spec)
        site_id = secret_in(options.site_id_variable, spec)
        key = secret_in(options.key_variable, spec)
        signed = base64.b64encode(f"{site_id}:{key}".encode()).decode()
        headers = {"Authorization": f"Basic {signed}"}
        async with open_api(
            spec, address, site_id, headers, code_of=_reason, largest_body=MAX_BODY
        ) as api:
            yield CustomerioSession(api, spec)


DESTINATION: Destination = Customerio()
