"""Signed JSON batches to any HTTP endpoint, in the form of the Standard Webhooks specification.

One POST per batch with the headers `Idempotency-Key`, `Webhook-Id` (the same), `Webhook-Timestamp`
(seconds) and `Webhook-Signature` (`v1,` and the base64 of HMAC-SHA-256 over
`<id>.<timestamp>.<body>`). A secret that begins with `whsec_` is base64 after that, as in the
specification; any other is used as it is.

A 2xx accepts the batch. `{"results": [{"key", "status", "code", "id"}, …]}` in it answers row by
row; a row that such an answer leaves out counts as not yet received.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import time
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import cast
from urllib.parse import urlsplit

import aiohttp
import standardwebhooks
from pydantic import Field

from cdp.activation.destinations.base import (
    ACCEPTED,
    Change,
    Destination,
    DestinationSettingError,
    Limits,
    Mode,
    Options,
    Problem,
    RowResult,
)
from cdp.activation.destinations.http import post, refused_row
from cdp.activation.spec import SyncSpec
from cdp.environment import named_secret, named_value, variable
from cdp.settings import Settings

DEFAULT_URL_VARIABLE = "CDP_WEBHOOK_URL"
DEFAULT_SECRET_VARIABLE = "CDP_WEBHOOK_SECRET"  # noqa: S105  # the variable's name
_text = json.encoder.encode_basestring


class WebhookOptions(Options):
    """Keys of a webhook sync beside the common ones.

    Attributes:
        timeout_seconds: How long one request may take, answer included.
    """

    url_variable: str = variable(DEFAULT_URL_VARIABLE, "an address", "Receiver.")
    secret_variable: str = variable(DEFAULT_SECRET_VARIABLE, "a secret", "Key of the signature.")
    timeout_seconds: float = Field(30, gt=0, le=600)


def secret_bytes(secret: str) -> bytes:
    """The key to sign with, of a secret as configured; raises ValueError for bad base64."""
    if not secret.startswith("whsec_"):
        return secret.encode()
    try:
        return base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except binascii.Error as error:
        raise ValueError("the part after whsec_ is not base64") from error


def sign(secret: bytes, message_id: str, timestamp: int, body: bytes) -> str:
    """Value of the `Webhook-Signature` header."""
    moment = datetime.fromtimestamp(timestamp, UTC)
    return standardwebhooks.Webhook(secret).sign(message_id, moment, body.decode())


def request_key(changes: Sequence[Change]) -> str:
    """Idempotency key of a request: the same rows in the same state give the same key."""
    joined = "\n".join(change.idempotency_key for change in changes)
    return hashlib.sha256(joined.encode()).hexdigest()[:32]


class WebhookSession:
    """An open webhook; see the module for what goes over the wire."""

    def __init__(
        self, client: aiohttp.ClientSession, url: str, secret: bytes, sync: str, object_name: str
    ) -> None:
        self._client = client
        self._url = url
        self._secret = secret
        self._sync = sync
        self._object = object_name
        self.account = urlsplit(url).netloc.rpartition("@")[2]

    def split(self, changes: Sequence[Change]) -> Sequence[Sequence[Change]]:
        """One request for all: the receiver's limits are not known."""
        return [changes]

    async def deliver(self, changes: Sequence[Change]) -> Sequence[RowResult]:
        """Post one batch; see `Session.deliver`."""
        # The values are JSON already, so they are inserted as text instead of being parsed first.
        rows = ",".join(map(_row_json, changes))
        sync, object_name = _text(self._sync), _text(self._object)
        body = f'{{"sync":{sync},"object":{object_name},"rows":[{rows}]}}'.encode()
        message_id = request_key(changes)
        timestamp = int(time.time())
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": message_id,
            "Webhook-Id": message_id,
            "Webhook-Timestamp": str(timestamp),
            "Webhook-Signature": sign(self._secret, message_id, timestamp, body),
        }
        answer = await post(self._client, self._url, body, headers)
        return _row_results(changes, answer.status, answer.document)


def _row_json(change: Change) -> str:
    into = f'"into":{_text(change.into_key)},' if change.into_key is not None else ""
    return (
        f'{{"key":{_text(change.key)},"operation":"{change.operation}",{into}'
        f'"idempotency_key":"{change.idempotency_key}","revision":{change.revision},'
        f'"values":{change.values_json}}}'
    )


def _row_results(changes: Sequence[Change], status: int, document: object) -> list[RowResult]:
    rows = document.get("results") if isinstance(document, Mapping) else None
    if not isinstance(rows, list):
        # A 207 promises a result per row; without results nothing is known.
        missing = RowResult("retry", f"{status} without results") if status == 207 else ACCEPTED
        return [missing] * len(changes)
    by_key = {row.get("key"): row for row in rows if isinstance(row, Mapping)}
    return [_row_result(by_key.get(change.key)) for change in changes]


def _row_result(row: Mapping[str, object] | None) -> RowResult:
    if row is None:
        return RowResult("retry", "no result for the row")
    status = row.get("status", 200)
    if not isinstance(status, int):
        return RowResult("retry", "unreadable result for the row")
    if 200 <= status < 300:
        receiver_id = row.get("id")
        return RowResult("accepted", None, None if receiver_id is None else str(receiver_id))
    return refused_row(status, row.get("code"))


class Webhook:
    """The webhook destination."""

    options: type[Options] = WebhookOptions
    modes: frozenset[Mode] = frozenset({"upsert", "update_only", "mirror", "append"})
    # Not every receiver supports merges.
    merges_unasked = False
    # The receiver decides about both; these defaults keep a request near 100 KB.
    limits = Limits(largest_batch=10_000, default_batch=100, max_in_flight=16)

    def check(self, spec: SyncSpec) -> Iterable[Problem]:
        """Nothing: any object, key and column will do."""
        return ()

    @asynccontextmanager
    async def open(self, spec: SyncSpec, settings: Settings) -> AsyncIterator[WebhookSession]:
        """Connect with the address and secret of the environment."""
        options = cast(WebhookOptions, spec.options)
        url = _address(options, settings)
        secret = named_secret(options.secret_variable)
        if secret is None:
            raise DestinationSettingError(
                f"{options.secret_variable} is not set: sync {spec.name!r} signs what it sends "
                "with it."
            )
        try:
            key = secret_bytes(secret.get_secret_value())
        except ValueError as error:
            raise DestinationSettingError(f"{options.secret_variable}: {error}.") from error
        async with aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=spec.max_in_flight),
            timeout=aiohttp.ClientTimeout(total=options.timeout_seconds),
        ) as client:
            yield WebhookSession(client, url, key, spec.name, spec.object)


def _address(options: WebhookOptions, settings: Settings) -> str:
    url = named_value(options.url_variable)
    if options.url_variable == DEFAULT_URL_VARIABLE:
        url = settings.webhook_url or url
    if not url:
        raise DestinationSettingError(
            f"{options.url_variable} is not set: set it to the http(s) address of the receiver."
        )
    if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).netloc:
        raise DestinationSettingError(
            f"{options.url_variable} is not an http(s) address: set it to https://HOST/PATH."
        )
    return url


DESTINATION: Destination = Webhook()
