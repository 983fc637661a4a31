"""Every entity has the columns and the ways to write time that its source system has."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.generator.exported import JSON_LINES, KEYS, MASTER_DATA, Company, text_of

HEADERS = {
    "email/events": (
        "event_id event_type email campaign_id campaign_name occurred_at link_url bounce_type"
    ),
    "crm/contacts": (
        "contact_id account_id email phone first_name last_name birth_date address_line "
        "postcode city country loyalty_number created_at updated_at is_deleted"
    ),
    "pos/receipts": (
        "receipt_id store_id till_id purchased_at receipt_type loyalty_number card_token "
        "email total_amount currency"
    ),
    "pos/receipt_lines": ("receipt_id line_number product_id quantity unit_price discount_amount"),
    "loyalty/members": (
        "loyalty_number email phone first_name last_name birth_date postcode country tier "
        "points_balance home_store_id joined_at updated_at"
    ),
    "ads/clicks": (
        "click_id clicked_at platform campaign_id campaign_name utm_source utm_medium "
        "utm_campaign landing_url cost_amount currency"
    ),
    "catalog/products": (
        "product_id product_name category brand price cost currency product_url updated_at"
    ),
    "catalog/stores": (
        "store_id store_name address_line postcode city country latitude longitude time_zone "
        "opened_on"
    ),
    "consent/records": (
        "consent_id identifier_type identifier_value channel purpose status source proof "
        "recorded_at"
    ),
}
HALF_WAY = {"email/events": "subject", "crm/contacts": "preferred_language"}
FIELDS = {
    "web/events": (
        "message_id type event anonymous_id user_id timestamp sent_at received_at context "
        "properties traits consent_string"
    ),
    "app/events": (
        "event_id device_id account_id event_name occurred_at received_at platform "
        "app_version push_token properties location"
    ),
    "support/tickets": (
        "ticket_id requester order_id subject status source created_at updated_at satisfaction"
    ),
    "social/messages": ("message_id network handle text sent_at shared_email direction"),
}
ISO_UTC = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"
ISO_LOCAL = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d"
PLAIN = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"
DAY = r"\d{4}-\d\d-\d\d"
# What a field holds when it is neither empty nor dirt.
PATTERNS = {
    ("web/events", "timestamp"): f"{ISO_UTC}|{ISO_LOCAL}",
    ("web/events", "sent_at"): f"{ISO_UTC}|{ISO_LOCAL}",
    ("web/events", "received_at"): ISO_UTC,
    ("web/events", "type"): "page|track|identify",
    (
        "web/events",
        "event",
    ): ("Product Viewed|Product Added|Checkout Started|Order Completed|Signed Up"),
    ("app/events", "occurred_at"): ISO_LOCAL,
    ("app/events", "received_at"): ISO_UTC,
    ("app/events", "platform"): "ios|android",
    ("app/events", "event_name"): (
        "app_opened|product_(viewed|added)|order_completed|push_(received|opened)|location_ping"
    ),
    ("email/events", "event_type"): "sent|delivered|opened|clicked|bounced|unsubscribed|complained",
    ("email/events", "occurred_at"): PLAIN,
    ("email/events", "bounce_type"): "hard|soft",
    ("crm/contacts", "updated_at"): ISO_LOCAL,
    ("crm/contacts", "birth_date"): DAY,
    ("crm/contacts", "country"): "DE|AT|NL|GB|FR",
    ("crm/contacts", "is_deleted"): "true|false",
    ("pos/receipts", "purchased_at"): PLAIN,
    ("pos/receipts", "receipt_type"): "sale|return",
    ("pos/receipts", "total_amount"): r"\d+\.\d\d",
    ("pos/receipt_lines", "quantity"): "[1-9]",
    ("loyalty/members", "updated_at"): ISO_UTC,
    ("loyalty/members", "joined_at"): DAY,
    ("support/tickets", "created_at"): r"\d{13}",
    ("support/tickets", "updated_at"): r"\d{13}",
    ("support/tickets", "source"): "email|phone|chat",
    ("ads/clicks", "clicked_at"): rf"{PLAIN}\+0[12]",
    ("ads/clicks", "platform"): "google|meta",
    ("social/messages", "sent_at"): ISO_UTC,
    ("social/messages", "direction"): "inbound|outbound",
    ("catalog/products", "updated_at"): ISO_UTC,
    ("catalog/stores", "time_zone"): "Europe/(Berlin|Vienna|Amsterdam|London|Paris)",
    ("consent/records", "identifier_type"): "email|phone|device",
    ("consent/records", "channel"): "email|push|sms|ads",
    ("consent/records", "purpose"): "marketing|personalisation",
    ("consent/records", "status"): "granted|withdrawn",
    ("consent/records", "recorded_at"): ISO_LOCAL,
}


@pytest.mark.parametrize("entity", sorted(HEADERS))
def test_csv_headers_are_those_of_the_source(company: Company, entity: str) -> None:
    headers = [text_of(path).split("\n", 1)[0] for path in company.paths(entity)]
    header = ",".join(HEADERS[entity].split())
    late = HALF_WAY.get(entity)
    assert set(headers) == {header, *([f"{header},{late}"] if late else [])}
    # Once it is there, the column stays.
    assert headers == sorted(headers, key=len)


@pytest.mark.parametrize("entity", sorted(JSON_LINES))
def test_json_lines_have_the_fields_of_the_source(company: Company, entity: str) -> None:
    names = {name for row in company.rows(entity) for name in row}
    assert names == set(FIELDS[entity].split())


@pytest.mark.parametrize(("entity", "column"), sorted(PATTERNS))
def test_fields_are_written_as_the_source_writes_them(
    company: Company, entity: str, column: str
) -> None:
    pattern = re.compile(PATTERNS[entity, column])
    values = [str(row[column]) for row in company.rows(entity) if row[column] not in (None, "")]
    odd = [value for value in values if not pattern.fullmatch(value)]
    # What is odd was meant to be, and is rare.
    allowed = sum(
        company.dirt[kind, entity]
        for kind in ("impossible_date", "wrong_number", "negative_quantity")
    )
    assert len(values) > 5
    assert len(odd) <= 2 * allowed


def test_nested_web_fields_are_those_of_the_source(company: Company) -> None:
    properties = _names(company, "properties")
    assert properties == set(
        [
            "product_id",
            "category",
            "price",
            "quantity",
            "currency",
            "order_id",
            "total",
            "products",
            "click_id",
        ]
    )
    context = _names(company, "context")
    assert context == {"page", "campaign", "user_agent", "ip", "locale", "timezone"}
    pages = {name for row in company.rows("web/events") for name in row["context"]["page"]}
    assert pages == {"url", "path", "referrer", "title"}
    assert _names(company, "traits") == {"email", "phone"}


def test_nested_app_fields_are_those_of_the_source(company: Company) -> None:
    names: set[str] = set()
    for row in company.rows("app/events"):
        names |= set(row["properties"])
        located = row["event_name"] == "location_ping"
        assert ("location" in row) == located
        if located:
            assert set(row["location"]) == {"latitude", "longitude", "accuracy_metres"}
    assert names == set(
        ["product_id", "price", "quantity", "order_id", "total", "currency", "campaign_id"]
    )


def _names(company: Company, column: str) -> set[str]:
    return {name for row in company.rows("web/events") for name in row.get(column, {})}


def test_only_truncated_lines_are_not_json(company: Company) -> None:
    for entity in JSON_LINES:
        company.records(entity)
        assert len(company.unreadable[entity]) == company.dirt["truncated_json", entity]
        for line in company.unreadable[entity]:
            assert line.startswith("{")


def test_some_files_are_compressed(company: Company) -> None:
    names = [path.name for entity in KEYS for path in company.paths(entity)]
    assert {name.rpartition(".")[2] for name in names} == {"csv", "jsonl", "gz"}


def test_texts_need_quoting_and_are_quoted(company: Company) -> None:
    assert any('"Sale, jackets' in text_of(path) for path in company.paths("email/events"))
    assert any("," in value for value in company.values("crm/contacts", "address_line"))


def test_master_data_is_clean(company: Company) -> None:
    for entity in MASTER_DATA:
        company.records(entity)
        assert company.unreadable[entity] == []


def test_nothing_is_exported_before_it_is_known(company: Company) -> None:
    taken = json.loads((company.folder / "generator.json").read_text())["exported_at"]
    received = [_received(row) for row in company.rows("web/events")]
    assert max(received) <= taken
    assert any(instant[:10] == taken[:10] for instant in received)


def _received(row: dict[str, Any]) -> str:
    return str(row["received_at"])
