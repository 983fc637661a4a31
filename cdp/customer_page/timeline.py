"""The events of one person, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cdp.customer_page.masking import Masker
from cdp.customer_page.warehouse import Reader
from cdp.customer_page.wording import words

EVENTS_PER_PAGE = 50


@dataclass(frozen=True)
class Event:
    """One event, masked."""

    event_id: str
    channel: str
    name: str
    is_interaction: bool
    occurred_at: datetime
    details: Sequence[tuple[str, str]]
    properties: dict[str, str]
    source: str


@dataclass(frozen=True)
class Timeline:
    """A page of events, newest first, with the number of events per channel."""

    events: Sequence[Event]
    channels: Sequence[tuple[str, int]]
    channel: str
    page: int
    page_count: int
    event_count: int


def read_timeline(
    reader: Reader, masker: Masker, profile_id: str, channel: str, page: int
) -> Timeline:
    """A page of events of all channels or of one; a number beyond the last page gives the last."""
    channels = [(name, int(count)) for name, count in reader.rows("channels", profile_id)]
    if channel not in dict(channels):
        channel = ""
    total = sum(count for name, count in channels if channel in ("", name))
    page_count = max(1, -(-total // EVENTS_PER_PAGE))
    page = min(max(page, 1), page_count)
    rows = reader.rows("events", profile_id, channel, EVENTS_PER_PAGE, (page - 1) * EVENTS_PER_PAGE)
    return Timeline(
        [_event(masker, row) for row in rows], channels, channel, page, page_count, total
    )


def _event(masker: Masker, row: tuple[Any, ...]) -> Event:
    (
        event_id, channel, name, is_interaction, occurred_at, product, store, order_id,
        campaign, page_path, referrer, quantity, amount, currency, properties, source_model,
        record_id,
    ) = row  # fmt: skip
    text = masker.text
    details = {
        "product": product,
        "amount": f"{amount:,.2f} {currency or ''}".strip() if amount is not None else None,
        "pieces": str(quantity) if quantity not in (None, 1) else None,
        "store": store,
        "order": order_id,
        "campaign": campaign,
        "page": page_path,
        "came from": referrer,
    }
    return Event(
        event_id=event_id,
        channel=channel,
        name=words(name).capitalize(),
        is_interaction=is_interaction,
        occurred_at=occurred_at,
        details=[(label, text(value)) for label, value in details.items() if value],
        properties=masker.properties(properties),
        source=text(f"{source_model} {record_id}"),
    )
