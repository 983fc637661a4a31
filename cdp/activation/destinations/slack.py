"""Messages to Slack channels, one a row.

Slack answers almost everything with 200 and says in the body whether it went well. It knows no
idempotency: a message whose answer was lost is posted again.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import cast

from pydantic import Field

from cdp.activation.destinations.api import Api, address_in, no_column, open_api, secret_in
from cdp.activation.destinations.base import (
    BatchRefusedError,
    Change,
    Destination,
    DestinationUnusableError,
    Limits,
    Mode,
    Options,
    Problem,
    RowResult,
    TemporaryFailureError,
    ThrottledError,
    Value,
)
from cdp.activation.destinations.http import document_of, safe_code
from cdp.activation.destinations.messages import (
    EXPIRED,
    MessageOptions,
    as_text,
    message_problems,
    seconds_left,
)
from cdp.activation.spec import SyncSpec
from cdp.environment import address_variable, variable
from cdp.settings import Settings

DEFAULT_ADDRESS = "https://slack.com/api"
# DESTINATIONS.md: one message a request, and about one a second and channel.
MAX_BATCH = 1
RATE_PER_SECOND = 1.0
# Slack truncates longer texts.
MAX_TEXT = 40_000
_UNUSABLE = frozenset(
    {
        "access_denied",
        "account_inactive",
        "ekm_access_denied",
        "invalid_auth",
        "missing_scope",
        "no_permission",
        "not_allowed_token_type",
        "not_authed",
        "org_login_required",
        "team_access_not_granted",
        "token_expired",
        "token_revoked",
    }
)
_CHANNEL = frozenset({"channel_not_found", "is_archived", "not_in_channel"})
_THROTTLED = frozenset({"message_limit_exceeded", "rate_limited", "ratelimited"})
_TEMPORARY = frozenset({"fatal_error", "internal_error", "request_timeout", "service_unavailable"})


class SlackOptions(MessageOptions):
    """Keys of a Slack sync beside the common ones; one of the two channels is needed.

    Attributes:
        channel_id: Id of the channel that every message goes to.
        channel_column: Payload column with the id of each message's channel.
    """

    channel_id: str | None = Field(None, min_length=1)
    channel_column: str | None = None
    token_variable: str = variable("CDP_SLACK_TOKEN", "a secret", "Bot token.")
    url_variable: str = address_variable("CDP_SLACK_URL")


class SlackSession:
    """An open Slack workspace."""

    def __init__(self, api: Api, options: SlackOptions) -> None:
        self._api = api
        self._options = options
        self.account = api.account

    def split(self, changes: Sequence[Change]) -> Sequence[Sequence[Change]]:
        """A request for each."""
        return [[change] for change in changes]

    async def deliver(self, changes: Sequence[Change]) -> Sequence[RowResult]:
        """Post one message; see `Session.deliver`."""
        (change,) = changes
        options, values = self._options, change.values
        left = seconds_left(options, values)
        if left is not None and left <= 0:
            return [EXPIRED]
        text = _escaped(values.get(options.body))
        if len(text) > MAX_TEXT:
            raise BatchRefusedError("413 larger_than_the_vendor_takes")
        channel = options.channel_id or as_text(values.get(options.channel_column or ""))
        document = {"channel": channel, "text": text}
        answer = await self._api.send("POST", "/chat.postMessage", document)
        return [self._result(document_of(answer, "ok"))]

    def _result(self, told: Mapping[str, object]) -> RowResult:
        if told.get("ok") is True:
            return RowResult("accepted", None, str(told.get("ts")))
        error = told.get("error")
        code = safe_code(error) or "unknown_error"
        if code in _THROTTLED:
            raise ThrottledError(f"429 {code}")
        if code in _TEMPORARY:
            raise TemporaryFailureError(f"503 {code}")
        if code in _UNUSABLE:
            raise DestinationUnusableError(f"401 {code}")
        if code in _CHANNEL and self._options.channel_id:
            raise DestinationUnusableError(f"404 {code}")
        return RowResult("rejected", f"200 {code}")


def _escaped(value: Value) -> str:
    """A text in which nothing is a link or calls a person or channel."""
    text = as_text(value)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


class Slack:
    """The destination for Slack."""

    options: type[Options] = SlackOptions
    modes: frozenset[Mode] = frozenset({"append"})
    limits = Limits(
        largest_batch=MAX_BATCH,
        default_batch=MAX_BATCH,
        rate_per_second=RATE_PER_SECOND,
        max_in_flight=1,
    )

    def check(self, spec: SyncSpec) -> Iterable[Problem]:
        """One channel or a column of them, and the columns of the message."""
        options = cast(SlackOptions, spec.options)
        if (options.channel_id is None) == (options.channel_column is None):
            yield Problem("channel_id", "or channel_column is needed, and only one of them.")
        elif options.channel_column and spec.payload.column(options.channel_column) is None:
            yield no_column(spec, "channel_column", options.channel_column)
        yield from message_problems(spec, options)

    @asynccontextmanager
    async def open(self, spec: SyncSpec, settings: Settings) -> AsyncIterator[SlackSession]:
        """Connect with the token of the environment."""
        options = cast(SlackOptions, spec.options)
        address = address_in(options.url_variable, DEFAULT_ADDRESS, spec)
        token = secret_in(options.token_variable, spec)
        async with open_api(spec, address, token, {"Authorization": f"Bearer {token}"}) as api:
            yield SlackSession(api, options)


DESTINATION: Destination = Slack()
