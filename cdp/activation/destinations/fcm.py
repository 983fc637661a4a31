"""Push notifications by Firebase Cloud Messaging, one a row, to the device token in it.

FCM knows no idempotency. A message that is sent again after its answer was lost takes the place of
the first on the device: both have the change's idempotency key as their tag.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, cast

from pydantic import Field

from cdp.activation.destinations.api import Api, address_in, open_api, to_json
from cdp.activation.destinations.base import (
    BatchRefusedError,
    Change,
    DeliveryError,
    Destination,
    DestinationSettingError,
    Limits,
    Mode,
    Options,
    Problem,
    RowResult,
    Value,
)
from cdp.activation.destinations.google import (
    DEFAULT_KEY_VARIABLE,
    Tokens,
    google_code,
    service_account_in,
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

DEFAULT_ADDRESS = "https://fcm.googleapis.com"
SCOPE = "https://www.googleapis.com/auth/firebase.messaging"
# DESTINATIONS.md: one message a request.
MAX_BATCH = 1
# DESTINATIONS.md: 600,000 messages a minute and project.
RATE_PER_SECOND = 10_000.0
# firebase.google.com, ErrorCode: 4,096 bytes of notification and data.
MAX_MESSAGE_BYTES = 4_096
# Statuses that mean a broken account elsewhere; at FCM they concern one token.
_TOKEN_CODES = frozenset({"UNREGISTERED", "SENDER_ID_MISMATCH"})
# firebase.google.com, ErrorCode: reserved names, which the app would not receive.
_RESERVED = ("google", "gcm")
_RESERVED_NAMES = frozenset({"from", "message_type"})


class FcmOptions(PushOptions):
    """Keys of an FCM sync beside the common ones; `recipient` is the column of device tokens.

    Attributes:
        project: Firebase project; by default that of the service account.
    """

    project: str | None = Field(None, pattern=r"^[a-z][a-z0-9-]{4,28}[a-z0-9]$")
    key_variable: str = variable(
        DEFAULT_KEY_VARIABLE, "a secret", "Content of a service account's JSON key file."
    )
    url_variable: str = address_variable("CDP_FCM_URL")


class FcmSession:
    """An open Firebase project."""

    def __init__(self, api: Api, tokens: Tokens, options: FcmOptions, project: str) -> None:
        self._api = api
        self._tokens = tokens
        self._options = options
        self._path = f"/v1/projects/{project}/messages:send"
        self.account = project

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
        message = self._message(values, change.idempotency_key, seconds)
        content = {name: message[name] for name in ("notification", "data")}
        if len(to_json(content)) > MAX_MESSAGE_BYTES:
            raise BatchRefusedError("413 larger_than_the_vendor_takes")
        headers = await self._tokens.headers()
        answer = await self._api.send_bytes(
            "POST", self._path, to_json({"message": message}), headers
        )
        return [RowResult("accepted", None, str(document_of(answer, "name")["name"]))]

    def _message(self, values: Mapping[str, Value], tag: str, seconds: int) -> dict[str, Any]:
        options = self._options
        notification = {"body": as_text(values.get(options.body))}
        if options.title:
            notification["title"] = as_text(values.get(options.title))
        return {
            "token": as_text(values.get(options.recipient)),
            "notification": notification,
            # FCM takes texts only; null values are left out.
            "data": {
                name: as_text(values[name]) for name in options.data if values.get(name) is not None
            },
            "android": {"ttl": f"{seconds}s", "notification": {"tag": tag}},
            "apns": {
                "headers": {
                    "apns-expiration": str(int(time.time()) + seconds),
                    "apns-collapse-id": tag,
                }
            },
            "webpush": {"headers": {"TTL": str(seconds), "Topic": tag}},
        }


def _failure(status: int, document: object) -> DeliveryError | None:
    code = google_code(document)
    return BatchRefusedError(f"{status} {code}") if code in _TOKEN_CODES else None


class Fcm:
    """The destination for Firebase Cloud Messaging."""

    options: type[Options] = FcmOptions
    modes: frozenset[Mode] = frozenset({"append"})
    limits = Limits(
        largest_batch=MAX_BATCH,
        default_batch=MAX_BATCH,
        rate_per_second=RATE_PER_SECOND,
        max_in_flight=64,
    )

    def check(self, spec: SyncSpec) -> Iterable[Problem]:
        """The columns of the message, and names that an app would not get."""
        options = cast(FcmOptions, spec.options)
        yield from message_problems(spec, options)
        for name in options.data:
            if name.startswith(_RESERVED) or name in _RESERVED_NAMES:
                yield Problem("data", f"names {name!r}, which FCM keeps for itself: rename it.")

    @asynccontextmanager
    async def open(self, spec: SyncSpec, settings: Settings) -> AsyncIterator[FcmSession]:
        """Connect with the service account of the environment."""
        options = cast(FcmOptions, spec.options)
        address = address_in(options.url_variable, DEFAULT_ADDRESS, spec)
        account = service_account_in(options.key_variable, spec)
        project = options.project or account.project
        if not project:
            raise DestinationSettingError(
                f"{options.key_variable} names no project_id: say `project` in sync {spec.name!r}."
            )
        async with open_api(
            spec, address, account.email, {}, code_of=google_code, failure_of=_failure
        ) as api:
            yield FcmSession(api, Tokens(api.client, account, SCOPE), options, project)


DESTINATION: Destination = Fcm()
