"""Slack under the contract suite."""

from __future__ import annotations

from tests.cdp.activation.destinations.contract import Case, Row
from tests.cdp.activation.emulators.slack import CHANNEL, TOKEN, SlackEmulator


def row(number: int, version: str) -> Row:
    return {
        "message_key": f"k{number:05d}",
        "text": f"<!channel> Zoë & co, {version}: k{number:05d}",
    }


CASE = Case(
    destination="slack",
    emulator=SlackEmulator,
    environment=lambda emulator: {"CDP_SLACK_URL": emulator.url, "CDP_SLACK_TOKEN": TOKEN},
    secrets=["CDP_SLACK_TOKEN"],
    meta={"object": "alerts", "key": "message_key", "body": "text", "channel_id": CHANNEL},
    columns={"message_key": "text", "text": "text"},
    row=row,
    held=lambda row: {"text": row["text"]},
    answers_with_a_document=True,
    rejection="200 restricted_action",
    mistakes=[
        ({"channel_id": None}, "channel_id or channel_column is needed, and only one"),
        ({"channel_column": "text"}, "channel_id or channel_column is needed, and only one"),
        ({"channel_id": None, "channel_column": "room"}, "channel_column names 'room'"),
        ({"body": "message"}, "body names 'message', which sync_webhook__members does not have"),
    ],
)
