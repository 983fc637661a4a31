"""Records of Salesforce by an external id: sObject Collections, and Bulk API 2.0 for large batches.

The key's column is the external id field. A batch of more than 2,000 rows becomes an ingest job
that is waited for; any other goes in requests of up to 200 records. A deleted row's record goes to
the recycle bin. Sign-in is OAuth's client credentials flow.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, cast
from urllib.parse import quote, urlencode

from cdp.activation.destinations.api import (
    Api,
    address_in,
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
from cdp.activation.destinations.http import Answer, check_no_content, document_of
from cdp.activation.destinations.packing import packed
from cdp.activation.destinations.salesforce_bulk import Job, SalesforceOptions, refused_record
from cdp.activation.spec import SyncSpec
from cdp.settings import Settings

# DESTINATIONS.md: 200 records a composite request.
MAX_COLLECTION = 200
# DESTINATIONS.md: a bulk job is for more than 2,000 rows and holds up to 150 MB; 15,000 batches in
# 24 hours are left to the batch size. The rows of a job are our own bound, for the memory.
BULK_ABOVE = 2_000
MAX_JOB_BYTES = 150_000_000
MAX_JOB = 10_000
# Concurrent requests; general knowledge, not confirmed. The sync's `max_in_flight` overrides it.
MAX_IN_FLIGHT = 25
# Error of a row whose record is already deleted, which counts as success for a delete.
_GONE = frozenset({"ENTITY_IS_DELETED", "INVALID_CROSS_REFERENCE_KEY"})


class _SignedIn:
    """The API under an access token, which is fetched when first needed and when it has expired."""

    def __init__(self, api: Api, client_id: str, client_secret: str) -> None:
        self._api = api
        self._form = urlencode(
            {
                "grant_type": "client_credentials",
                "client_id": client_id,
                "client_secret": client_secret,
            }
        ).encode()
        self._token: str | None = None
        self._lock = asyncio.Lock()

    async def send(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        content_type: str = "application/json",
        *,
        may_be_missing: bool = False,
    ) -> Answer:
        """One request, and a second with a new token where the first one's had expired."""
        headers = {} if body is None else {"Content-Type": content_type}
        token = await self._fresh_token(None)
        send = partial(self._api.send_bytes, method, path, body, may_be_missing=may_be_missing)
        try:
            return await send({**headers, "Authorization": f"Bearer {token}"})
        except DestinationUnusableError as error:
            if error.reason != "401 INVALID_SESSION_ID":
                raise
        token = await self._fresh_token(token)
        return await send({**headers, "Authorization": f"Bearer {token}"})

    async def _fresh_token(self, expired: str | None) -> str:
        async with self._lock:
            if self._token is None or self._token == expired:
                self._token = await self._sign_in()
            return self._token

    async def _sign_in(self) -> str:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        try:
            answer = await self._api.send_bytes(
                "POST", "/services/oauth2/token", self._form, headers
            )
        except BatchRefusedError as error:
            raise DestinationUnusableError(error.reason) from error
        return str(document_of(answer, "access_token")["access_token"])


class SalesforceSession:
    """An open Salesforce organisation."""

    def __init__(self, api: Api, signed_in: _SignedIn, spec: SyncSpec) -> None:
        self._api = signed_in
        self._options = cast(SalesforceOptions, spec.options)
        self._object = spec.object
        self._external_id = spec.key
        self._root = f"/services/data/{self._options.api_version}"
        self.account = api.account

    def split(self, changes: Sequence[Change]) -> Sequence[Sequence[Change]]:
        """One job for many rows, else collections; a delete without a record id goes alone."""
        writes = [change for change in changes if change.operation != "delete"]
        deletes = [change for change in changes if change.operation == "delete"]
        parts = packed(
            deletes, lambda c: (1 if c.receiver_id else MAX_COLLECTION,), (MAX_COLLECTION,)
        )
        if len(writes) > BULK_ABOVE:
            # As CSV a row is shorter than as JSON, which names each field.
            return parts + packed(writes, lambda c: (len(c.values_json) * 4,), (MAX_JOB_BYTES,))
        return parts + packed(writes, lambda _: (1,), (MAX_COLLECTION,))

    async def deliver(self, changes: Sequence[Change]) -> Sequence[RowResult]:
        """Write or delete one part; see `Session.deliver`."""
        if changes[0].operation != "delete":
            if len(changes) > MAX_COLLECTION:
                return await Job(self._api.send, self._root, self._options).run(
                    changes, self._object, self._external_id
                )
            return await self._upsert(changes)
        if changes[0].receiver_id is None:
            return await self._delete_by_external_id(changes)
        return await self._delete(changes)

    async def _upsert(self, changes: Sequence[Change]) -> list[RowResult]:
        records = [
            {"attributes": {"type": self._object}, **self._options.fields(change)}
            for change in changes
        ]
        path = f"{self._root}/composite/sobjects/{_quoted(self._object, self._external_id)}"
        body = to_json({"allOrNone": False, "records": records})
        answer = await self._api.send("PATCH", path, body)
        return _row_results(answer, len(changes))

    async def _delete(self, changes: Sequence[Change]) -> list[RowResult]:
        ids = ",".join(quote(str(change.receiver_id)) for change in changes)
        path = f"{self._root}/composite/sobjects?allOrNone=false&ids={ids}"
        answer = await self._api.send("DELETE", path)
        return _row_results(answer, len(changes), accepting=_GONE)

    async def _delete_by_external_id(self, changes: Sequence[Change]) -> list[RowResult]:
        for change in changes:
            record = _quoted(self._object, self._external_id, change.key)
            path = f"{self._root}/sobjects/{record}"
            check_no_content(await self._api.send("DELETE", path, may_be_missing=True))
        return [ACCEPTED] * len(changes)


def _quoted(*names: str) -> str:
    return "/".join(quote(name, safe="") for name in names)


def _row_results(
    answer: Answer, count: int, accepting: frozenset[str] = frozenset()
) -> list[RowResult]:
    rows = answer.document if isinstance(answer.document, list) else []
    if len(rows) != count:
        return [RowResult("retry", f"{answer.status} without a result for each row")] * count
    return [_row_result(row, accepting) for row in rows]


def _row_result(row: Mapping[str, Any], accepting: frozenset[str]) -> RowResult:
    if row.get("success"):
        return RowResult("accepted", None, row.get("id"))
    code = next((str(error.get("statusCode")) for error in row.get("errors", [])), "")
    return ACCEPTED if code in accepting else refused_record(code)


def _error_code(document: object) -> object:
    """The code of a refused request, or of a refused sign-in."""
    if isinstance(document, list) and document and isinstance(document[0], Mapping):
        return document[0].get("errorCode")
    return document.get("error") if isinstance(document, Mapping) else None


class Salesforce:
    """The Salesforce destination."""

    options: type[Options] = SalesforceOptions
    modes: frozenset[Mode] = frozenset({"upsert", "mirror"})
    limits = Limits(
        largest_batch=MAX_JOB,
        default_batch=MAX_COLLECTION,
        max_in_flight=5,
        most_in_flight=MAX_IN_FLIGHT,
    )

    def check(self, spec: SyncSpec) -> Iterable[Problem]:
        """The columns left out must exist, and a record is found by no id of Salesforce's."""
        yield from omit_problems(spec)
        if spec.key.lower() == "id":
            yield Problem("key", "is 'Id': use a field that is marked as an external id.")

    @asynccontextmanager
    async def open(self, spec: SyncSpec, settings: Settings) -> AsyncIterator[SalesforceSession]:
        """Connect with the client's id and secret of the environment."""
        options = cast(SalesforceOptions, spec.options)
        address = address_in(options.url_variable, None, spec)
        client_id = secret_in(options.client_id_variable, spec)
        client_secret = secret_in(options.client_secret_variable, spec)
        async with open_api(
            spec, address, client_id, {}, code_of=_error_code, largest_body=MAX_JOB_BYTES
        ) as api:
            yield SalesforceSession(api, _SignedIn(api, client_id, client_secret), spec)


DESTINATION: Destination = Salesforce()
