"""Profiles of Klaviyo, over bulk import jobs, and the members of a list.

The key is the profile's external id or its address. Columns that Klaviyo knows are attributes,
`location_…` its location, and all others properties. Importing never changes a consent: nobody who
has unsubscribed is subscribed. A deleted row's profile leaves the list and stays; a merged row's
is merged.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Literal, cast
from urllib.parse import quote, urlencode, urlsplit

from pydantic import Field

from cdp.activation.destinations.api import (
    Api,
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
from cdp.activation.destinations.http import check_no_content, document_of, refused_row
from cdp.activation.destinations.klaviyo_profile import profile_document
from cdp.activation.destinations.packing import by_operation, packed
from cdp.activation.destinations.polling import JobOptions, result_of_job
from cdp.activation.spec import SyncSpec
from cdp.environment import address_variable, variable
from cdp.settings import Settings

DEFAULT_ADDRESS = "https://a.klaviyo.com"
# The revision of the description that requests are checked against in the tests.
REVISION = "2026-07-15"
CONTENT_TYPE = "application/vnd.api+json"
# DESTINATIONS.md and Klaviyo's OpenAPI description: 10,000 profiles, 5 MB a request, 100 KB a
# profile, read as thousands, the smaller of two senses.
MAX_BATCH = 10_000
MAX_BODY = 5_000_000
MAX_PROFILE = 100_000
# Same source: 10 requests per second, but 150 per minute.
RATE_PER_SECOND = 2.5
# Klaviyo's OpenAPI description: profiles per page. A filter is part of the URL, which servers
# commonly limit to 8 KB; half of that is kept for the rest of it.
MAX_PAGE = 100
MAX_FILTER = 4_000
_RESERVED = frozenset({"id", "_kx", "subscriptions", "location", "properties"})
_ROW_POINTER = re.compile(r"/profiles/data/(\d+)(?:/|$)")


class KlaviyoOptions(JobOptions):
    """Keys of a Klaviyo sync beside the common ones; `object` is `profiles`.

    Attributes:
        identifier: Whether the key is a profile's `external_id` or `email`.
        list_id: List that the profiles are added to and, in a mirror, removed from.
    """

    identifier: Literal["external_id", "email"] = "external_id"
    list_id: str | None = Field(None, min_length=1)
    key_variable: str = variable("CDP_KLAVIYO_KEY", "a secret", "Private key.")
    url_variable: str = address_variable("CDP_KLAVIYO_URL")


class KlaviyoSession:
    """An open Klaviyo account."""

    def __init__(self, api: Api, spec: SyncSpec) -> None:
        self._api = api
        self._options = cast(KlaviyoOptions, spec.options)
        self._key = spec.key
        self._frame_bytes = len(to_json(self._job([])))
        self.account = api.account

    def split(self, changes: Sequence[Change]) -> Sequence[Sequence[Change]]:
        """Imports by rows and bytes; removals by what a page and a filter hold; merges alone."""
        most = {
            "write": (MAX_BATCH, MAX_BODY - self._frame_bytes),
            "delete": (MAX_PAGE, MAX_FILTER),
            "merge": (1, MAX_FILTER),
        }
        return packed(changes, self._weights, most, by_operation)

    def _weights(self, change: Change) -> tuple[int, int]:
        if by_operation(change) != "write":
            return 1, len(quote(json.dumps(change.key))) + 3
        return 1, len(to_json(self._profile(change))) + 1

    async def deliver(self, changes: Sequence[Change]) -> Sequence[RowResult]:
        """Import or remove one part, or merge; see `Session.deliver`."""
        if changes[0].operation == "delete":
            return await self._remove(changes)
        if changes[0].operation == "merge":
            return [await self._merge(change) for change in changes]
        profiles = [self._profile(change) for change in changes]
        if any(len(to_json(profile)) > MAX_PROFILE for profile in profiles):
            raise BatchRefusedError("413 larger_than_the_vendor_takes")
        created = await self._send("POST", "/api/profile-bulk-import-jobs", self._job(profiles))
        job_id = quote(str(created["data"]["id"]), safe="")
        failed = await result_of_job(self._options, self._failed_count, job_id)
        if not failed:
            return [ACCEPTED] * len(changes)
        return _row_results(len(changes), await self._errors(job_id), failed)

    async def _send(self, method: str, path: str, document: object = None) -> Mapping[str, Any]:
        answer = await self._api.send(method, path, document, content_type=CONTENT_TYPE)
        return document_of(answer, "data")

    def _job(self, profiles: list[dict[str, Any]]) -> dict[str, Any]:
        job: dict[str, Any] = {
            "type": "profile-bulk-import-job",
            "attributes": {"profiles": {"data": profiles}},
        }
        if self._options.list_id:
            lists = [{"type": "list", "id": self._options.list_id}]
            job["relationships"] = {"lists": {"data": lists}}
        return {"data": job}

    def _profile(self, change: Change) -> dict[str, Any]:
        fields = self._options.fields(change)
        fields.pop(self._key, None)
        return profile_document(self._options.identifier, change.key, fields)

    async def _failed_count(self, job_id: str) -> int | None:
        """Rows that failed, once the job is done; None before."""
        found = await self._send("GET", f"/api/profile-bulk-import-jobs/{job_id}")
        job = found["data"]["attributes"]
        if job["status"] == "cancelled":
            raise BatchRefusedError("the job was cancelled")
        return int(job.get("failed_count") or 0) if job["status"] == "complete" else None

    async def _errors(self, job_id: str) -> list[Mapping[str, Any]]:
        page = f"/api/profile-bulk-import-jobs/{job_id}/import-errors?{_query({'page[size]': 100})}"
        errors: list[Mapping[str, Any]] = []
        while page:
            document = await self._send("GET", page)
            errors += [entry["attributes"] for entry in document["data"]]
            # Only the path is used, so that no other host receives the key.
            following = urlsplit((document.get("links") or {}).get("next") or "")
            page = f"{following.path}?{following.query}" if following.path else ""
        return errors

    async def _remove(self, changes: Sequence[Change]) -> list[RowResult]:
        if self._options.list_id is None:
            # Result of a merge whose target does not exist.
            return [refused_row(400, "no_list_to_leave")] * len(changes)
        ids = await self._ids_of([change.key for change in changes])
        members = [{"type": "profile", "id": profile_id} for profile_id in ids.values()]
        if members:
            members_path = f"/api/lists/{quote(self._options.list_id, safe='')}/relationships"
            document = {"data": members}
            path = f"{members_path}/profiles"
            check_no_content(
                await self._api.send("DELETE", path, document, content_type=CONTENT_TYPE)
            )
        return [ACCEPTED] * len(changes)

    async def _merge(self, change: Change) -> RowResult:
        """Let Klaviyo queue a merge, of one profile a request."""
        into_key = str(change.into_key)
        ids = await self._ids_of([change.key, into_key])
        merged, remaining = ids.get(change.key), ids.get(into_key)
        if merged is None or merged == remaining:
            return ACCEPTED
        if remaining is None:
            return refused_row(404, "no_profile_to_merge_into")
        sources = {"profiles": {"data": [{"type": "profile", "id": merged}]}}
        merge = {"type": "profile-merge", "id": remaining, "relationships": sources}
        await self._send("POST", "/api/profile-merge", {"data": merge})
        return ACCEPTED

    async def _ids_of(self, keys: Sequence[str]) -> dict[str, str]:
        """Ids of the profiles that there are, by key."""
        name = self._options.identifier
        query = {
            "filter": f"any({name},{json.dumps(keys, ensure_ascii=False)})",
            "fields[profile]": name,
            "page[size]": MAX_PAGE,
        }
        found = (await self._send("GET", f"/api/profiles?{_query(query)}"))["data"]
        ids = {self._folded(str(row["attributes"][name])): str(row["id"]) for row in found}
        return {key: ids[self._folded(key)] for key in keys if self._folded(key) in ids}

    def _folded(self, key: str) -> str:
        """The key as Klaviyo compares it: it keeps addresses in lower case."""
        return key.casefold() if self._options.identifier == "email" else key


def _query(parameters: Mapping[str, object]) -> str:
    return urlencode(parameters, quote_via=quote)


def _row_results(count: int, errors: Sequence[Mapping[str, Any]], failed: int) -> list[RowResult]:
    results: dict[int, RowResult] = {}
    for error in errors:
        pointer = (error.get("source") or {}).get("pointer")
        found = _ROW_POINTER.search(str(pointer))
        if found and int(found[1]) < count:
            results[int(found[1])] = refused_row(400, error.get("code"))
    # Rows that failed without being named may be any of the remaining rows.
    others = ACCEPTED if len(results) >= failed else RowResult("retry", "a row failed unnamed")
    return [results.get(at, others) for at in range(count)]


def _code(document: object) -> object:
    errors = document.get("errors") if isinstance(document, Mapping) else None
    first = errors[0] if isinstance(errors, list) and errors else None
    return first.get("code") if isinstance(first, Mapping) else None


class Klaviyo:
    """The Klaviyo destination."""

    options: type[Options] = KlaviyoOptions
    modes: frozenset[Mode] = frozenset({"upsert", "mirror"})
    merges_unasked = True
    limits = Limits(
        largest_batch=MAX_BATCH,
        default_batch=1_000,
        rate_per_second=RATE_PER_SECOND,
        max_in_flight=4,
    )

    def check(self, spec: SyncSpec) -> Iterable[Problem]:
        """Only profiles are sent; a mirror needs a list to take them from."""
        yield from omit_problems(spec)
        options = cast(KlaviyoOptions, spec.options)
        yield from object_problems(spec, "profiles")
        if spec.mode == "mirror" and options.list_id is None:
            yield Problem("mode", "is 'mirror': add `list_id`, the list that rows leave.")
        elif spec.merged_profiles == "delete" and options.list_id is None:
            yield Problem(
                "merged_profiles", "is 'delete': add `list_id`, the list that rows leave."
            )
        reserved = _RESERVED | {options.identifier}
        yield from column_problems(spec, reserved, "klaviyo would take it for something else")

    @asynccontextmanager
    async def open(self, spec: SyncSpec, settings: Settings) -> AsyncIterator[KlaviyoSession]:
        """Connect with the key of the environment."""
        options = cast(KlaviyoOptions, spec.options)
        address = address_in(options.url_variable, DEFAULT_ADDRESS, spec)
        key = secret_in(options.key_variable, spec)
        headers = {
            "Authorization": f"Klaviyo-API-Key {key}",
            "Accept": CONTENT_TYPE,
            "revision": REVISION,
        }
        async with open_api(
            spec, address, key, headers, code_of=_code, largest_body=MAX_BODY
        ) as api:
            yield KlaviyoSession(api, spec)


DESTINATION: Destination = Klaviyo()
