"""What one source system refers to is there in the other."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.generator.exported import Company


def _all(company: Company, entity: str, column: str) -> set[str]:
    return set(company.values(entity, column))


def _lost(company: Company, entity: str) -> int:
    """Rows whose delivery was broken: what they held may be missing."""
    company.records(entity)
    return len(company.unreadable[entity])


@pytest.mark.parametrize(
    ("entity", "column", "target"),
    [
        ("pos/receipts", "store_id", "catalog/stores"),
        ("loyalty/members", "home_store_id", "catalog/stores"),
        ("pos/receipt_lines", "product_id", "catalog/products"),
        ("pos/receipt_lines", "receipt_id", "pos/receipts"),
        ("pos/receipts", "receipt_id", "pos/receipt_lines"),
        ("pos/receipts", "loyalty_number", "loyalty/members"),
        ("crm/contacts", "loyalty_number", "loyalty/members"),
    ],
)
def test_references_between_files_hold(
    company: Company, entity: str, column: str, target: str
) -> None:
    names = {"home_store_id": "store_id"}
    there = _all(company, target, names.get(column, column))
    dangling = _all(company, entity, column) - there
    # The day's members are exported at night, after the exports were taken on the last day.
    tonight = 0
    if target == "loyalty/members":
        members = company.rows(target)
        assert len(members) > 100
        tonight = 3
    assert len(there) > 10
    assert len(dangling) <= _lost(company, target) + tonight


def test_products_of_the_shops_exist(company: Company) -> None:
    known = _all(company, "catalog/products", "product_id")
    seen: set[str] = set()
    for entity in ("web/events", "app/events"):
        for row in company.rows(entity):
            properties = row["properties"]
            seen |= {line["product_id"] for line in properties.get("products", [])}
            seen |= {properties["product_id"]} if "product_id" in properties else set()
    assert len(seen) > 100
    assert seen <= known


def test_orders_are_unique_and_tickets_name_them(company: Company) -> None:
    orders: dict[str, set[str]] = defaultdict(set)
    for entity, column in (("web/events", "message_id"), ("app/events", "event_id")):
        for row in company.rows(entity):
            if "order_id" in row["properties"]:
                orders[row["properties"]["order_id"]].add(row[column])
    assert len(orders) > 50
    assert all(len(events) == 1 for events in orders.values())
    asked_about = _all(company, "support/tickets", "order_id")
    assert len(asked_about) > 3
    lost = _lost(company, "web/events") + _lost(company, "app/events")
    assert len(asked_about - set(orders)) <= lost


def test_order_totals_are_the_sum_of_their_lines(company: Company) -> None:
    for row in company.rows("web/events"):
        properties = row["properties"]
        if row["event"] == "Order Completed" and isinstance(properties["total"], float):
            total = sum(line["quantity"] * line["price"] for line in properties["products"])
            assert properties["total"] == pytest.approx(total, abs=0.01)


def test_receipt_totals_are_the_sum_of_their_lines(company: Company) -> None:
    amounts: dict[str, dict[str, float]] = defaultdict(dict)
    spoilt = set()
    for row in company.rows("pos/receipt_lines"):
        try:
            amount = int(row["quantity"]) * float(row["unit_price"]) - float(row["discount_amount"])
        except ValueError:
            amount = -1.0
        amounts[row["receipt_id"]][row["line_number"]] = amount
        spoilt |= {row["receipt_id"]} if amount < 0 else set()
    wrong = compared = 0
    for receipt in company.rows("pos/receipts"):
        total = receipt["total_amount"]
        if receipt["receipt_id"] not in spoilt and re.fullmatch(r"\d+\.\d\d", total):
            compared += 1
            parts = sum(amounts[receipt["receipt_id"]].values())
            wrong += abs(float(total) - parts) > 0.01
    assert compared > 500
    assert wrong <= _lost(company, "pos/receipt_lines")


def test_ad_clicks_reach_the_landing_page(company: Company) -> None:
    clicks = {row["click_id"]: row for row in company.rows("ads/clicks")}
    landed = 0
    for row in company.rows("web/events"):
        click_id = row["properties"].get("click_id")
        if click_id is None:
            continue
        query = parse_qs(urlsplit(row["context"]["page"]["url"]).query)
        assert click_id in (query.get("gclid", [""])[0], query.get("fbclid", [""])[0])
        assert row["context"]["campaign"]["name"] == query["utm_campaign"][0]
        if click_id in clicks:
            landed += 1
            assert click_id in clicks[click_id]["landing_url"]
            assert clicks[click_id]["utm_campaign"] == query["utm_campaign"][0]
    assert 100 < landed < len(clicks)


def test_clicks_in_emails_begin_sessions(company: Company) -> None:
    visits = [
        row
        for row in company.rows("web/events")
        if row["context"].get("campaign", {}).get("medium") == "email"
    ]
    clicked = {
        re.sub(".*utm_campaign=", "", row["link_url"])
        for row in company.rows("email/events")
        if row["event_type"] == "clicked"
    }
    assert visits
    assert {row["context"]["campaign"]["name"] for row in visits} <= clicked


def test_consent_names_devices_of_the_app(company: Company) -> None:
    asked = {
        row["identifier_value"]
        for row in company.rows("consent/records")
        if row["identifier_type"] == "device"
    }
    used = _all(company, "app/events", "device_id")
    assert len(asked & used) > 50
    assert len(used - asked) <= 2 + _lost(company, "consent/records")


def test_logins_come_part_way_through_sessions(company: Company) -> None:
    users: dict[str, list[str | None]] = defaultdict(list)
    for row in sorted(company.rows("web/events"), key=lambda row: row["received_at"]):
        users[row["anonymous_id"]].append(row["user_id"])
    part_way = [seen for seen in users.values() if seen[0] is None and any(seen)]
    assert len(part_way) > 50


def test_a_few_people_make_most_of_the_events(company: Company) -> None:
    counts: dict[str, int] = defaultdict(int)
    for person in company.truth["web/events"].values():
        counts[person] += 1
    events = sorted(counts.values(), reverse=True)
    busiest = sum(events[: len(events) // 5])
    assert busiest > 0.45 * sum(events)


def test_location_pings_come_near_stores_and_elsewhere(company: Company) -> None:
    pings = [row for row in company.rows("app/events") if row["event_name"] == "location_ping"]
    near = [row for row in pings if _is_near_a_store(company, row["location"])]
    assert 0.3 < len(near) / len(pings) < 0.8
    # Somebody is still about in the last hour before the exports were taken.
    assert any(row["received_at"] > "2026-11-15T17" for row in near)


def _is_near_a_store(company: Company, location: dict[str, Any]) -> bool:
    # Two thousandths of a degree are between 130 and 220 metres here.
    return isinstance(location["latitude"], float) and any(
        abs(location["latitude"] - float(store["latitude"])) < 0.002
        and abs(location["longitude"] - float(store["longitude"])) < 0.002
        for store in company.rows("catalog/stores")
    )
