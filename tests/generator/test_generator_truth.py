"""The truth names the person of every record that can be read, once."""

from __future__ import annotations

from collections import Counter, defaultdict

import pytest

from tests.generator.exported import KEYS, MASTER_DATA, Company

PERSONAL = sorted(set(KEYS) - MASTER_DATA)


@pytest.mark.parametrize("entity", PERSONAL)
def test_every_readable_record_is_in_the_truth(company: Company, entity: str) -> None:
    keys = {company.key(entity, row) for row in company.rows(entity)}
    assert len(keys) > 20
    assert keys == set(company.truth[entity])


def test_master_data_belongs_to_nobody(company: Company) -> None:
    assert set(company.truth) == set(PERSONAL)


def test_every_record_is_in_the_truth_once(company: Company) -> None:
    rows = Counter((row["channel"], row["entity"], row["source_key"]) for row in company.truth_rows)
    assert max(rows.values()) == 1


def test_only_anonymous_use_of_shared_devices_belongs_to_nobody(company: Company) -> None:
    for entity in PERSONAL:
        nobody = [key for key, person in company.truth[entity].items() if not person]
        assert bool(nobody) == (entity in ("web/events", "app/events")), entity
    for entity, shared, account in (
        ("web/events", "anonymous_id", "user_id"),
        ("app/events", "device_id", "account_id"),
    ):
        rows = [row for row in company.rows(entity) if not company.person(entity, row)]
        assert len({row[shared] for row in rows if row[shared]}) <= 2
        assert all(row[account] is None for row in rows)


@pytest.mark.parametrize(
    ("entity", "column"),
    [
        ("crm/contacts", "contact_id"),
        ("crm/contacts", "account_id"),
        ("crm/contacts", "loyalty_number"),
        ("web/events", "user_id"),
        ("pos/receipts", "card_token"),
        ("social/messages", "handle"),
        ("ads/clicks", "click_id"),
    ],
)
def test_personal_identifiers_have_one_owner(company: Company, entity: str, column: str) -> None:
    owners: dict[str, set[str]] = defaultdict(set)
    for row in company.rows(entity):
        if row[column]:
            owners[row[column]].add(company.person(entity, row))
    assert len(owners) > 10
    assert [value for value, people in owners.items() if len(people) > 1] == []


def test_the_same_account_is_the_same_person_in_all_channels(company: Company) -> None:
    owners: dict[str, set[str]] = defaultdict(set)
    for entity, column in (
        ("web/events", "user_id"),
        ("app/events", "account_id"),
        ("crm/contacts", "account_id"),
    ):
        for row in company.rows(entity):
            if row[column]:
                owners[row[column]].add(company.person(entity, row))
    assert len(owners) > 300
    assert {len(people) for people in owners.values()} == {1}


def test_people_have_several_cookies_and_devices(company: Company) -> None:
    cookies: dict[str, set[str]] = defaultdict(set)
    for row in company.rows("web/events"):
        if row["anonymous_id"]:
            cookies[company.person("web/events", row)].add(row["anonymous_id"])
    assert sum(len(own) > 1 for own in cookies.values()) > 100
    devices: dict[str, set[str]] = defaultdict(set)
    for row in company.rows("app/events"):
        devices[company.person("app/events", row)].add(row["device_id"])
    assert sum(len(own) > 1 for own in devices.values()) > 5
