"""What destinations that send a message to one recipient a row share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from pydantic import Field

from cdp.activation.destinations.api import TimedOptions, no_column
from cdp.activation.destinations.base import Problem, RowResult, Value
from cdp.activation.spec import SyncSpec

EXPIRED = RowResult("rejected", "expired")
# Four weeks, the longest that Android and web push keep a message.
MAX_TTL_SECONDS = 28 * 24 * 3600


class MessageOptions(TimedOptions):
    """Keys of a sync that sends a message a row, beside the common ones.

    Attributes:
        body: Payload column with the text.
        expires_at: Payload column with the time after which the message is not to be sent; by
            default it never expires.
    """

    body: str = Field(min_length=1)
    expires_at: str | None = None


class PushOptions(MessageOptions):
    """Keys of a sync of push notifications beside the common ones.

    Attributes:
        recipient: Payload column with whom it goes to, in the vendor's terms.
        title: Payload column with the title.
        data: Payload columns that the app gets beside the text.
        ttl_seconds: How long the vendor tries to reach a device, at most until `expires_at`.
    """

    recipient: str = Field(min_length=1)
    title: str | None = None
    data: tuple[str, ...] = ()
    ttl_seconds: int = Field(24 * 3600, ge=1, le=MAX_TTL_SECONDS)


def seconds_left(options: MessageOptions, values: Mapping[str, Value]) -> float | None:
    """Seconds until a message expires, below 0 where it has; None where it does not."""
    moment = values.get(options.expires_at) if options.expires_at else None
    if moment is None:
        return None
    return (datetime.fromisoformat(str(moment)) - datetime.now(UTC)).total_seconds()


def time_to_live(options: PushOptions, values: Mapping[str, Value]) -> int:
    """Seconds that the vendor may try, in whole; 0 or less where the message has expired."""
    left = seconds_left(options, values)
    return options.ttl_seconds if left is None else min(options.ttl_seconds, int(left))


def as_text(value: Value) -> str:
    """A value in a text, the way JSON spells it; null is empty."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def message_problems(spec: SyncSpec, options: MessageOptions) -> Iterable[Problem]:
    """Columns that the payload does not have, or that are of the wrong kind."""
    named = [("body", options.body)]
    if isinstance(options, PushOptions):
        named += [("recipient", options.recipient), ("title", options.title or options.body)]
        named += [("data", name) for name in options.data]
    for key, name in named:
        if spec.payload.column(name) is None:
            yield no_column(spec, key, name)
    if options.expires_at:
        column = spec.payload.column(options.expires_at)
        if column is None:
            yield no_column(spec, "expires_at", options.expires_at)
        elif column.kind != "timestamp":
            yield Problem(
                "expires_at",
                f"is {column.name!r}, which is {column.kind}: cast it to timestamp in the model.",
            )
