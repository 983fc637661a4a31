"""Contacts of a Mailchimp audience.

The key is the MD5 of the lower-case address, which is Mailchimp's own id of a contact; one column
is the address and the others are merge fields. New contacts go in batches. Contacts that are there
already are put one by one, which is the only way that leaves their status alone: nobody who has
unsubscribed is subscribed again. A deleted row's contact is archived.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import Any, Literal, cast
from urllib.parse import quote

from pydantic import Field

from cdp.activation.destinations.api import (
    Api,
    ApiOptions,
    address_in,
    no_column,
    omit_problems,
    open_api,
    secret_in,
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
from cdp.activation.destinations.http import check_no_content, document_of, refused_row
from cdp.activation.destinations.packing import packed
from cdp.activation.spec import SyncSpec
from cdp.environment import address_variable, variable
from cdp.settings import Settings

# DESTINATIONS.md: 500 contacts per request, 10 requests at a time, and no limit per second.
MAX_BATCH = 500
MAX_IN_FLIGHT = 10
# Form of a merge field's name; general knowledge, not confirmed. Mailchimp also refuses wrong
# ones.
_MERGE_FIELD = re.compile(r"[A-Z][A-Z0-9_]{0,9}")
_DATA_CENTRE = re.compile(r"[a-z]{2}\d+")
_EXISTS = "ERROR_CONTACT_EXISTS"


class MailchimpOptions(ApiOptions):
    """Keys of a Mailchimp sync beside the common ones; `object` is the audience's id.

    Attributes:
        address_column: Payload column that holds the address.
        status_if_new: Status of a contact that is new to the audience; others keep theirs.
    """

    address_column: str = Field("email_address", min_length=1)
    status_if_new: Literal["subscribed", "pending", "transactional", "unsubscribed"] = "subscribed"
    key_variable: str = variable(
        "CDP_MAILCHIMP_KEY", "a secret", "Key, with the data centre behind its dash."
    )
    url_variable: str = address_variable("CDP_MAILCHIMP_URL", "that of the key's data centre")


def subscriber_hash(address: str) -> str:
    """Mailchimp's id of a contact."""
    return hashlib.md5(address.lower().encode(), usedforsecurity=False).hexdigest()


class MailchimpSession:
    """An open Mailchimp audience."""

    def __init__(self, api: Api, spec: SyncSpec) -> None:
        self._api = api
        self._options = cast(MailchimpOptions, spec.options)
        self._kept_out = {spec.key, self._options.address_column}
        self._audience = f"/3.0/lists/{quote(spec.object, safe='')}"
        self.account = api.account

    def split(self, changes: Sequence[Change]) -> Sequence[Sequence[Change]]:
        """New contacts together, all else one by one."""
        return packed(
            changes,
            lambda change: (1 if change.operation == "insert" else MAX_BATCH,),
            (MAX_BATCH,),
            lambda change: "new" if change.operation == "insert" else "there",
        )

    async def deliver(self, changes: Sequence[Change]) -> Sequence[RowResult]:
        """Write or archive one part; see `Session.deliver`."""
        if changes[0].operation == "delete":
            return [await self._archive(change) for change in changes]
        results = {change.key: self._misfit(change) for change in changes}
        fit = [change for change in changes if results[change.key] is None]
        existing = fit
        if fit and fit[0].operation == "insert":
            results |= await self._add(fit)
            existing = [change for change in fit if results[change.key] is None]
        for change in existing:
            results[change.key] = await self._put(change)
        missing = RowResult("retry", "no result for the row")
        return [results[change.key] or missing for change in changes]

    def _address(self, change: Change) -> str:
        return str(change.values.get(self._options.address_column) or "")

    def _misfit(self, change: Change) -> RowResult | None:
        if not self._address(change):
            return RowResult("rejected", "the row has no address")
        if subscriber_hash(self._address(change)) != change.key:
            return RowResult("rejected", "the key is not the MD5 of the lower-case address")
        return None

    def _member(self, change: Change, status_key: str) -> dict[str, Any]:
        # An empty text clears a merge field.
        merge_fields = {
            name: "" if value is None else value
            for name, value in self._options.fields(change).items()
            if name not in self._kept_out
        }
        return {
            "email_address": self._address(change),
            status_key: self._options.status_if_new,
            "merge_fields": merge_fields,
        }

    async def _add(self, changes: Sequence[Change]) -> dict[str, RowResult | None]:
        """Results by key, None for a contact that is there already."""
        members = [self._member(change, "status") for change in changes]
        document = {"members": members, "update_existing": False}
        answer = await self._api.send("POST", self._audience, document)
        body = document_of(answer, "new_members")
        results: dict[str, RowResult | None] = {}
        for member in body["new_members"]:
            results[subscriber_hash(str(member["email_address"]))] = ACCEPTED
        for error in body.get("errors", []):
            code = error.get("error_code")
            result = None if code == _EXISTS else refused_row(400, code)
            results[subscriber_hash(str(error.get("email_address")))] = result
        unheard = RowResult("retry", f"{answer.status} without a result for the row")
        return {change.key: results.get(change.key, unheard) for change in changes}

    async def _put(self, change: Change) -> RowResult:
        member = self._member(change, "status_if_new")
        try:
            answer = await self._api.send("PUT", f"{self._audience}/members/{change.key}", member)
        except BatchRefusedError as error:
            return RowResult("rejected", error.reason)
        document_of(answer, "id")
        return ACCEPTED

    async def _archive(self, change: Change) -> RowResult:
        path = f"{self._audience}/members/{quote(change.key, safe='')}"
        try:
            check_no_content(await self._api.send("DELETE", path, may_be_missing=True))
        except DestinationUnusableError as error:
            # Mailchimp's error for a contact that is already archived.
            if not error.reason.startswith("405"):
                raise
        return ACCEPTED


class Mailchimp:
    """The Mailchimp destination."""

    options: type[Options] = MailchimpOptions
    modes: frozenset[Mode] = frozenset({"upsert", "mirror"})
    limits = Limits(
        largest_batch=MAX_BATCH,
        default_batch=MAX_BATCH,
        max_in_flight=MAX_IN_FLIGHT,
        most_in_flight=MAX_IN_FLIGHT,
    )

    def check(self, spec: SyncSpec) -> Iterable[Problem]:
        """The address must be a column, and every other column a merge field."""
        yield from omit_problems(spec)
        options = cast(MailchimpOptions, spec.options)
        if spec.payload.column(options.address_column) is None:
            yield no_column(spec, "address_column", options.address_column)
        for column in spec.payload.columns:
            is_field = column.name not in {spec.key, options.address_column, *options.omit}
            if is_field and not _MERGE_FIELD.fullmatch(column.name):
                yield Problem(
                    "depends_on",
                    f"is {spec.payload.name}, whose column {column.name} is no merge field: "
                    "those are up to ten capitals, digits and underscores. Rename it, or list it "
                    "in `omit`.",
                )

    @asynccontextmanager
    async def open(self, spec: SyncSpec, settings: Settings) -> AsyncIterator[MailchimpSession]:
        """Connect with the key of the environment."""
        options = cast(MailchimpOptions, spec.options)
        key = secret_in(options.key_variable, spec)
        data_centre = key.rpartition("-")[2]
        default = None
        if _DATA_CENTRE.fullmatch(data_centre):
            default = f"https://{data_centre}.api.mailchimp.com"
        address = address_in(options.url_variable, default, spec)
        signed = base64.b64encode(f"key:{key}".encode()).decode()
        async with open_api(spec, address, key, {"Authorization": f"Basic {signed}"}) as api:
            yield MailchimpSession(api, spec)


DESTINATION: Destination = Mailchimp()
