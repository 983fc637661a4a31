"""The hand-written boots story is in the formats of the sources and hangs together."""

from __future__ import annotations

import re
from datetime import datetime
from math import cos, hypot, radians
from pathlib import Path

import pytest

from tests.generator.exported import JSON_LINES, KEYS, Company, Exported, text_of

STORY = Path(__file__).parents[1] / "fixtures" / "boots_story"
VARIANTS = ("base", "bought_the_boots", "no_push_consent", "second_ping_same_day")
MARA, JONAS = "A-20010001", "A-20010002"
BOOTS, SOCKS, TENT = "P-1001", "P-1002", "P-1003"


@pytest.fixture(scope="module")
def base() -> Exported:
    return Exported(STORY / "base")


def _entities(variant: str) -> list[str]:
    return sorted(
        f"{path.parent.name}/{path.name}" for path in (STORY / variant).glob("*/*") if path.is_dir()
    )


def _metres(store: dict[str, str], location: dict[str, float]) -> float:
    north = (location["latitude"] - float(store["latitude"])) * 111_320
    east = (location["longitude"] - float(store["longitude"])) * 111_320
    return hypot(north, east * cos(radians(location["latitude"])))


def _devices(base: Exported) -> dict[str, str]:
    return {row["account_id"]: row["device_id"] for row in base.rows("app/events")}


def test_the_folders_are_the_variants_that_the_readme_names() -> None:
    assert tuple(sorted(path.name for path in STORY.iterdir() if path.is_dir())) == VARIANTS
    told = (STORY / "README.md").read_text()
    evaluated = re.findall(r"^\| `(\w+)` \|.*`(\d{4}-\S+Z)`", told, re.MULTILINE)
    assert [variant for variant, _ in evaluated] == sorted(VARIANTS, key=told.index)


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_row_can_be_read(variant: str) -> None:
    story = Exported(STORY / variant)
    assert set(_entities(variant)) <= set(KEYS)
    for entity in _entities(variant):
        assert story.rows(entity)
        assert story.unreadable[entity] == []


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_formats_are_those_of_the_generated_company(variant: str, company: Company) -> None:
    story = Exported(STORY / variant)
    for entity in _entities(variant):
        if entity in JSON_LINES:
            known = {name for row in company.rows(entity) for name in row}
            assert {name for row in story.rows(entity) for name in row} <= known
        else:
            header = text_of(story.paths(entity)[0]).split("\n")[0]
            last = company.paths(entity)[-1]
            assert header == text_of(last).split("\n")[0]


@pytest.mark.parametrize("variant", [name for name in VARIANTS if name != "base"])
def test_variants_add_files_and_records_to_the_base(base: Exported, variant: str) -> None:
    story = Exported(STORY / variant)
    for entity in _entities(variant):
        assert not {path.name for path in story.paths(entity)} & {
            path.name for path in base.paths(entity)
        }
        keys = [base.key(entity, row) for row in (*base.rows(entity), *story.rows(entity))]
        assert len(keys) == len(set(keys))


@pytest.mark.parametrize("variant", VARIANTS)
def test_products_stores_and_receipts_exist(base: Exported, variant: str) -> None:
    story = Exported(STORY / variant)
    products = set(base.values("catalog/products", "product_id"))
    stores = set(base.values("catalog/stores", "store_id"))
    if "pos/receipts" in _entities(variant):
        assert set(story.values("pos/receipts", "store_id")) <= stores
        assert set(story.values("pos/receipt_lines", "product_id")) <= products
        receipts = set(story.values("pos/receipts", "receipt_id"))
        assert set(story.values("pos/receipt_lines", "receipt_id")) == receipts
    if variant == "base":
        viewed = {row["properties"].get("product_id") for row in story.rows("web/events")} - {None}
        assert viewed == {BOOTS, SOCKS, TENT}


def test_the_cookie_is_anonymous_before_the_sign_up_and_known_after(base: Exported) -> None:
    rows = [row for row in base.rows("web/events") if row["message_id"].startswith("web-mara")]
    users = [row["user_id"] for row in rows]
    assert len({row["anonymous_id"] for row in rows}) == 1
    assert users == [None] * 5 + [MARA] * 3
    assert [row["traits"] for row in rows if "traits" in row] == [
        {"email": "Mara.Lindner@gmail.com"}
    ]
    assert "Order Completed" not in {row["event"] for row in rows}
    viewed = [row["properties"].get("product_id") for row in rows]
    assert viewed.count(BOOTS) == 3


def test_the_loyalty_card_hangs_on_the_email_alone(base: Exported) -> None:
    (member,) = base.rows("loyalty/members")
    assert member["email"] == "maralindner@gmail.com"
    assert base.values("crm/contacts", "loyalty_number") == []
    receipt = base.rows("pos/receipts")[0]
    assert receipt["loyalty_number"] == member["loyalty_number"]
    lines = base.rows("pos/receipt_lines")
    bought = {row["product_id"] for row in lines if row["receipt_id"] == receipt["receipt_id"]}
    assert bought == {SOCKS}


def test_both_shoppers_granted_push_and_stand_by_the_store(base: Exported) -> None:
    devices = _devices(base)
    granted = {
        row["identifier_value"]
        for row in base.rows("consent/records")
        if (row["channel"], row["purpose"], row["status"]) == ("push", "marketing", "granted")
    }
    assert granted == {devices[MARA], devices[JONAS]}
    store = base.rows("catalog/stores")[0]
    pings = [row for row in base.rows("app/events") if row["event_name"] == "location_ping"]
    assert {row["account_id"] for row in pings} == {MARA, JONAS}
    assert all(_metres(store, row["location"]) < 200 for row in pings)
    as_of = datetime.fromisoformat("2026-11-14T15:05:00Z")
    for row in pings:
        age = as_of - datetime.fromisoformat(row["occurred_at"])
        assert 0 < age.total_seconds() < 600


def test_the_other_shopper_bought_what_he_looked_at(base: Exported) -> None:
    rows = [row for row in base.rows("web/events") if row["message_id"].startswith("web-jonas")]
    (order,) = [row for row in rows if row["event"] == "Order Completed"]
    assert [line["product_id"] for line in order["properties"]["products"]] == [TENT]
    assert {row["properties"].get("product_id") for row in rows} == {None, TENT}


def test_consent_is_withdrawn_for_the_device_before_the_ping(base: Exported) -> None:
    (withdrawal,) = Exported(STORY / "no_push_consent").rows("consent/records")
    assert withdrawal["identifier_value"] == _devices(base)[MARA]
    assert (withdrawal["channel"], withdrawal["status"]) == ("push", "withdrawn")
    assert "2026-11-10T20:02:40+01:00" < withdrawal["recorded_at"] < "2026-11-14"


def test_the_boots_are_bought_with_the_loyalty_card_before_the_ping(base: Exported) -> None:
    bought = Exported(STORY / "bought_the_boots")
    (receipt,) = bought.rows("pos/receipts")
    (line,) = bought.rows("pos/receipt_lines")
    assert line["product_id"] == BOOTS
    assert receipt["loyalty_number"] == base.rows("loyalty/members")[0]["loyalty_number"]
    assert receipt["purchased_at"] < "2026-11-14"


def test_the_second_ping_is_near_and_fresh_when_the_first_no_longer_is(base: Exported) -> None:
    (second,) = Exported(STORY / "second_ping_same_day").rows("app/events")
    assert second["device_id"] == _devices(base)[MARA]
    assert _metres(base.rows("catalog/stores")[0], second["location"]) < 200
    (first,) = [
        row
        for row in base.rows("app/events")
        if row["account_id"] == MARA and row["event_name"] == "location_ping"
    ]
    as_of = datetime.fromisoformat("2026-11-14T16:15:00Z")
    ages = [
        (as_of - datetime.fromisoformat(row["occurred_at"])).total_seconds() / 60
        for row in (first, second)
    ]
    assert first["occurred_at"][:10] == second["occurred_at"][:10]
    assert ages[0] > 60 > ages[1] > 0
