"""Push notifications by OneSignal, one a row, to a person by the external id that the app set."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, cast
from uuid import UUID

from cdp.activation.destinations.api import Api, address_in, open_api, secret_in
from cdp.activation.destinations.base import (
    Change,
    Destination,
    Limits,
    Mode,
    Options,
    Problem,
    RowResult,
    TemporaryFailureError,
    Value,
)
from cdp.activation.destinations.http import document_of
from cdp.activation.destinations.messages import (
    EXPIRED,
    PushOptions,
    as_text,
    message_problems,
    time_to_live,
)
from cdp.activation.spec import SyncSpec
from cdp.environment import address_variable, variable
from cdp.settings import Settings

DEFAULT_ADDRESS = "https://api.onesignal.com"
# Each message has its own text, so it needs its own request.
MAX_BATCH = 1
# DESTINATIONS.md: 150 requests a second on the free plan, 6,000 on paid ones.
RATE_PER_SECOND = 6_000.0
FREE_RATE_PER_SECOND = 150.0
# OneSignal takes no message without a text in this language.
_LANGUAGE = "en"


class OnesignalOptions(PushOptions):
    """Keys of a OneSignal sync beside the common ones; `recipient` is the column of external ids.

    Attributes:
        app_id: The app's id, a UUID.
    """

    app_id: UUID
    key_variable: str = variable("CDP_ONESIGNAL_KEY", "a secret", "Key of the app.")
    url_variable: str = address_variable("CDP_ONESIGNAL_URL")


class OnesignalSession:
    """An open OneSignal app."""

    def __init__(self, api: Api, options: OnesignalOptions) -> None:
        self._api = api
        self._options = options
        self.account = str(options.app_id)

    def split(self, changes: Sequence[Change]) -> Sequence[Sequence[Change]]:
        """A request for each."""
        return [[change] for change in changes]

    async def deliver(self, changes: Sequence[Change]) -> Sequence[RowResult]:
        """Send one message; see `Session.deliver`."""
        (change,) = changes
        values = change.values
        seconds = time_to_live(self._options, values)
        if seconds <= 0:
            return [EXPIRED]
        document = self._message(values, seconds) | {
            "idempotency_key": _uuid(change.idempotency_key)
        }
        answer = await self._api.send("POST", "/notifications", document)
        return [_result(answer.status, document_of(answer))]

    def _message(self, values: Mapping[str, Value], seconds: int) -> dict[str, Any]:
        options = self._options
        message: dict[str, Any] = {
            "app_id": str(options.app_id),
            "include_aliases": {"external_id": [as_text(values.get(options.recipient))]},
            "target_channel": "push",
            "contents": {_LANGUAGE: as_text(values.get(options.body))},
            "ttl": seconds,
        }
        if options.title:
            message["headings"] = {_LANGUAGE: as_text(values.get(options.title))}
        if options.data:
            message["data"] = {name: values.get(name) for name in options.data}
        return message


def _uuid(idempotency_key: str) -> str:
    """The key in the form of a UUID, the only one that OneSignal takes."""
    digest = hashlib.sha256(idempotency_key.encode()).digest()
    return str(UUID(bytes=digest[:16], version=4))


def _result(status: int, told: Mapping[str, Any]) -> RowResult:
    """A message that reaches nobody is answered with 200, errors and no id or an empty one."""
    if told.get("id"):
        return RowResult("accepted", None, str(told["id"]))
    if not told.get("errors"):
        raise TemporaryFailureError(f"{status} without the document expected")
    return RowResult("rejected", f"{status} no_recipient")


class Onesignal:
    """The destination for OneSignal."""

    options: type[Options] = OnesignalOptions
    modes: frozenset[Mode] = frozenset({"append"})
    limits = Limits(
        largest_batch=MAX_BATCH,
        default_batch=MAX_BATCH,
        rate_per_second=RATE_PER_SECOND,
        default_rate_per_second=FREE_RATE_PER_SECOND,
        max_in_flight=32,
    )

    def check(self, spec: SyncSpec) -> Iterable[Problem]:
        """The columns of the message."""
        return message_problems(spec, cast(OnesignalOptions, spec.options))

    @asynccontextmanager
    async def open(self, spec: SyncSpec, settings: Settings) -> AsyncIterator[OnesignalSession]:
        """Connect with the key of the environment."""
        options = cast(OnesignalOptions, spec.options)
        address = address_in(options.url_variable, DEFAULT_ADDRESS, spec)
        key = secret_in(options.key_variable, spec)
        async with open_api(spec, address, key, {"Authorization": f"Key {key}"}) as api:
            yield OnesignalSession(api, options)


DESTINATION: Destination = Onesignal()
