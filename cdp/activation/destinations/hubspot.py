"""CRM records of HubSpot: contacts, companies or objects of one's own, by a unique property.

The key's column is the unique property. A deleted row's record is archived, a merged row's merged.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, cast
from urllib.parse import quote
from weakref import WeakValueDictionary

from cdp.activation.destinations.api import (
    Api,
    ApiOptions,
    address_in,
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
    TemporaryFailureError,
)
from cdp.activation.destinations.http import (
    Answer,
    check_no_content,
    document_of,
    failure_reason,
    refused_row,
)
from cdp.activation.destinations.messages import as_text
from cdp.activation.destinations.packing import by_operation, packed
from cdp.activation.spec import SyncSpec
from cdp.environment import address_variable, variable
from cdp.settings import Settings

DEFAULT_ADDRESS = "https://api.hubapi.com"
# DESTINATIONS.md: 100 inputs a batch.
MAX_BATCH = 100
# DESTINATIONS.md: 190 requests per 10 s from the professional plan up, 100 below it.
RATE_PER_SECOND = 19.0
STARTER_RATE_PER_SECOND = 10.0
# HubSpot's page of merging records, read 2026-11-24: one pair a request. That activities cannot be
# merged is general knowledge.
_ACTIVITIES = frozenset(
    {"calls", "communications", "emails", "meetings", "notes", "postal_mail", "tasks"}
)
# Meaning of a row's error by its category; any other category refuses the row.
_STATUSES = {"RATE_LIMITS": 429, "INTERNAL_ERROR": 500, "OBJECT_NOT_FOUND": 404}


class HubspotOptions(ApiOptions):
    """Keys of a HubSpot sync beside the common ones; `object` is the object's type."""

    token_variable: str = variable("CDP_HUBSPOT_TOKEN", "a secret", "Token of a private app.")
    url_variable: str = address_variable("CDP_HUBSPOT_URL")


class HubspotSession:
    """An open HubSpot account."""

    def __init__(self, api: Api, spec: SyncSpec, options: HubspotOptions) -> None:
        self._api = api
        self._path = f"/crm/v3/objects/{quote(spec.object, safe='')}"
        self._id_property = spec.key
        self._verb = "update" if spec.mode == "update_only" else "upsert"
        self._options = options
        self._merging: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self.account = api.account

    def split(self, changes: Sequence[Change]) -> Sequence[Sequence[Change]]:
        """Deletes apart from the rest, each up to the largest batch; merges alone."""
        most = {"write": (MAX_BATCH,), "delete": (MAX_BATCH,), "merge": (1,)}
        return packed(changes, lambda _: (1,), most, by_operation)

    async def deliver(self, changes: Sequence[Change]) -> Sequence[RowResult]:
        """Write or archive one batch, or merge; see `Session.deliver`."""
        if changes[0].operation == "delete":
            return await self._archive(changes)
        if changes[0].operation == "merge":
            return [await self._merge(change) for change in changes]
        inputs = [
            {
                "id": change.key,
                "idProperty": self._id_property,
                "objectWriteTraceId": str(at),
                "properties": {
                    name: as_text(value) for name, value in self._options.fields(change).items()
                },
            }
            for at, change in enumerate(changes)
        ]
        answer = await self._api.send(
            "POST", f"{self._path}/batch/{self._verb}", {"inputs": inputs}
        )
        return _row_results(changes, answer, self._id_property)

    async def _archive(self, changes: Sequence[Change]) -> list[RowResult]:
        ids = await self._ids_of([change.key for change in changes])
        if ids:
            inputs = [{"id": record_id} for record_id in ids.values()]
            path = f"{self._path}/batch/archive"
            check_no_content(await self._api.send("POST", path, {"inputs": inputs}))
        return [ACCEPTED] * len(changes)

    async def _merge(self, change: Change) -> RowResult:
        into_key = str(change.into_key)
        # A merge may give the remaining record a new id, so a second merge into it has to wait.
        async with self._merging.setdefault(into_key, asyncio.Lock()):
            ids = await self._ids_of([change.key, into_key])
            merged, remaining = ids.get(change.key), ids.get(into_key)
            if merged is None or merged == remaining:
                return ACCEPTED
            if remaining is None:
                return refused_row(404, "OBJECT_NOT_FOUND")
            pair = {"primaryObjectId": remaining, "objectIdToMerge": merged}
            document_of(await self._api.send("POST", f"{self._path}/merge", pair), "id")
        return ACCEPTED

    async def _ids_of(self, keys: Sequence[str]) -> dict[str, str]:
        """Record ids by key; records that are gone have none.

        They are asked for each time: the ids that we were told are no longer those of records that
        were merged, by us or by hand.
        """
        document = {
            "idProperty": self._id_property,
            "properties": [self._id_property],
            "inputs": [{"id": key} for key in keys],
        }
        answer = await self._api.send("POST", f"{self._path}/batch/read", document)
        found = document_of(answer, "results")
        for error in found.get("errors", []):
            if _status(error) != 404:
                raise TemporaryFailureError(failure_reason(_status(error), error, _category))
        ids = {
            self._folded(_key_of(row, self._id_property)): str(row["id"])
            for row in found["results"]
        }
        return {key: ids[self._folded(key)] for key in keys if self._folded(key) in ids}

    def _folded(self, key: str) -> str:
        """The key as HubSpot compares it: it keeps addresses in lower case."""
        return key.casefold() if self._id_property == "email" else key


def _key_of(row: Mapping[str, Any], id_property: str) -> str:
    return str((row.get("properties") or {}).get(id_property))


def _row_results(changes: Sequence[Change], answer: Answer, id_property: str) -> list[RowResult]:
    document = document_of(answer, "results")
    by_key = {change.key: str(at) for at, change in enumerate(changes)}
    results: dict[str, RowResult] = {}
    for row in document["results"]:
        trace = row.get("objectWriteTraceId") or by_key.get(_key_of(row, id_property))
        results[str(trace)] = RowResult("accepted", None, str(row["id"]))
    for error in document.get("errors", []):
        for trace in _traces(error, by_key):
            results[trace] = refused_row(_status(error), error.get("category"))
    # Any success status other than 207 covers all rows.
    missing = RowResult("retry", "207 without a result for the row")
    unnamed = missing if answer.status == 207 else ACCEPTED
    return [results.get(str(at), unnamed) for at in range(len(changes))]


def _traces(error: Mapping[str, Any], by_key: Mapping[str, str]) -> list[str]:
    """Rows that an error is about: by the trace id we gave, else by the id we asked for."""
    context = error.get("context") or {}
    traces = [str(trace) for trace in context.get("objectWriteTraceId", [])]
    return traces or [by_key[key] for key in context.get("ids", []) if key in by_key]


def _status(error: Mapping[str, Any]) -> int:
    return _STATUSES.get(str(error.get("category")), 422)


def _category(document: object) -> object:
    return document.get("category") if isinstance(document, Mapping) else None


class Hubspot:
    """The HubSpot destination."""

    options: type[Options] = HubspotOptions
    modes: frozenset[Mode] = frozenset({"upsert", "update_only", "mirror"})
    merges_unasked = True
    limits = Limits(
        largest_batch=MAX_BATCH,
        default_batch=MAX_BATCH,
        rate_per_second=RATE_PER_SECOND,
        default_rate_per_second=STARTER_RATE_PER_SECOND,
        max_in_flight=8,
    )

    def check(self, spec: SyncSpec) -> Iterable[Problem]:
        """The columns left out must exist, and records that are merged be of a type that can be."""
        yield from omit_problems(spec)
        if spec.merged_profiles == "merge" and spec.object in _ACTIVITIES:
            yield Problem(
                "merged_profiles",
                f"is 'merge', which hubspot cannot with {spec.object}: use delete or keep.",
            )

    @asynccontextmanager
    async def open(self, spec: SyncSpec, settings: Settings) -> AsyncIterator[HubspotSession]:
        """Connect with the token of the environment."""
        options = cast(HubspotOptions, spec.options)
        address = address_in(options.url_variable, DEFAULT_ADDRESS, spec)
        token = secret_in(options.token_variable, spec)
        headers = {"Authorization": f"Bearer {token}"}
        async with open_api(spec, address, token, headers, code_of=_category) as api:
            yield HubspotSession(api, spec, options)


DESTINATION: Destination = Hubspot()
