"""User profiles of Braze by external id, over `/users/track`.

The key is the external id; the other columns are attributes. What a deleted row means is a choice:
its attributes are cleared, or the user is erased. A merged row's user is merged.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence, Set
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
)
from cdp.activation.destinations.base import (
    ACCEPTED,
    Change,
    Destination,
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

# DESTINATIONS.md: 75 objects a request, attributes, events and purchases together.
MAX_BATCH = 75
# DESTINATIONS.md: 3,000 requests per 3 s.
RATE_PER_SECOND = 1_000.0
# Braze's page of /users/delete: 50 ids a request.
MAX_ERASURE = 50
# Braze's pages of /users/merge and /users/export/ids, read 2026-11-24: 50 merges, 50 ids a request.
MAX_MERGE = 50
# Other identifiers, options of the endpoint, and subscription states: sending a state would
# resubscribe a person who unsubscribed in Braze.
_RESERVED = frozenset(
    {
        *("external_id", "braze_id", "user_alias", "_update_existing_only", "_merge_objects"),
        *("email_subscribe", "push_subscribe", "subscription_groups"),
    }
)


class BrazeOptions(ApiOptions):
    """Keys of a Braze sync beside the common ones; `object` is `users`.

    Attributes:
        on_delete: What becomes of the user of a deleted row: `clear` sets the payload's attributes
            to null, `erase` deletes the user with all that Braze knows of it.
    """

    on_delete: Literal["clear", "erase"] = "clear"
    key_variable: str = variable("CDP_BRAZE_KEY", "a secret", "Key of the REST API.")
    url_variable: str = variable("CDP_BRAZE_URL", "an address", "Endpoint of your cluster.")


class BrazeSession:
    """An open Braze workspace."""

    def __init__(self, api: Api, spec: SyncSpec) -> None:
        self._api = api
        self._options = cast(BrazeOptions, spec.options)
        self._key = spec.key
        self._only_existing = spec.mode == "update_only"
        kept_out = {*self._options.omit, spec.key}
        columns = [column.name for column in spec.payload.columns if column.name not in kept_out]
        self._cleared: dict[str, Any] = dict.fromkeys(columns)
        self.account = api.account

    def split(self, changes: Sequence[Change]) -> Sequence[Sequence[Change]]:
        """Up to the largest batch; erasures and merges apart, as they are other requests."""
        most = {"write": (MAX_BATCH,), "delete": (MAX_ERASURE,), "merge": (MAX_MERGE,)}
        return packed(changes, lambda _: (1,), most, self._kind)

    def _kind(self, change: Change) -> str:
        kind = by_operation(change)
        # With `clear`, a delete is sent as a write.
        return "write" if kind == "delete" and self._options.on_delete == "clear" else kind

    async def deliver(self, changes: Sequence[Change]) -> Sequence[RowResult]:
        """Track, erase or merge one batch; see `Session.deliver`."""
        kind = self._kind(changes[0])
        if kind == "merge":
            return await self._merge(changes)
        if kind == "delete":
            ids = [change.key for change in changes]
            answer = await self._api.send("POST", "/users/delete", {"external_ids": ids})
            document_of(answer, "message")
            return [ACCEPTED] * len(changes)
        attributes = [self._attributes(change) for change in changes]
        answer = await self._api.send("POST", "/users/track", {"attributes": attributes})
        return _row_results(answer, len(changes))

    async def _merge(self, changes: Sequence[Change]) -> list[RowResult]:
        """Merge into the users that are there.

        Braze answers that it has queued a merge, and never that there was nobody to keep; of
        somebody to merge who is gone already it need not tell.
        """
        known = await self._known({str(change.into_key) for change in changes})
        updates = [
            {
                "identifier_to_merge": {"external_id": change.key},
                "identifier_to_keep": {"external_id": change.into_key},
            }
            for change in changes
            if change.into_key in known
        ]
        if updates:
            answer = await self._api.send("POST", "/users/merge", {"merge_updates": updates})
            document_of(answer, "message")
        missing = refused_row(404, "nobody_to_merge_into")
        return [ACCEPTED if change.into_key in known else missing for change in changes]

    async def _known(self, keys: Set[str]) -> set[str]:
        """Those of some external ids that Braze has a user of."""
        wanted = {"external_ids": sorted(keys), "fields_to_export": ["external_id"]}
        answer = await self._api.send("POST", "/users/export/ids", wanted)
        users = document_of(answer, "users")["users"]
        return {str(user["external_id"]) for user in users if "external_id" in user}

    def _attributes(self, change: Change) -> dict[str, Any]:
        is_delete = change.operation == "delete"
        values = self._cleared if is_delete else self._options.fields(change)
        attributes = {name: value for name, value in values.items() if name != self._key}
        only_existing = is_delete or self._only_existing
        return {"external_id": change.key, "_update_existing_only": only_existing, **attributes}


def _row_results(answer: Answer, count: int) -> list[RowResult]:
    results = [ACCEPTED] * count
    for error in document_of(answer, "message").get("errors", []):
        at = error.get("index")
        if error.get("input_array") == "attributes" and isinstance(at, int) and at < count:
            # The error type is a sentence that may quote the row, so `refused_row` drops it.
            results[at] = refused_row(400, error.get("type"))
    return results


class Braze:
    """The Braze destination."""

    options: type[Options] = BrazeOptions
    modes: frozenset[Mode] = frozenset({"upsert", "update_only", "mirror"})
    merges_unasked = True
    limits = Limits(
        largest_batch=MAX_BATCH,
        default_batch=MAX_BATCH,
        rate_per_second=RATE_PER_SECOND,
        max_in_flight=16,
    )

    def check(self, spec: SyncSpec) -> Iterable[Problem]:
        """Only users are sent, and no column may be an identifier or a subscription state."""
        yield from omit_problems(spec)
        yield from object_problems(spec, "users")
        yield from column_problems(spec, _RESERVED, "braze identifies or subscribes people by it")

    @asynccontextmanager
    async def open(self, spec: SyncSpec, settings: Settings) -> AsyncIterator[BrazeSession]:
        """Connect with the key of the environment."""
        options = cast(BrazeOptions, spec.options)
        address = address_in(options.url_variable, None, spec)
        key = secret_in(options.key_variable, spec)
        async with open_api(spec, address, key, {"Authorization": f"Bearer {key}"}) as api:
            yield BrazeSession(api, spec)


DESTINATION: Destination = Braze()
