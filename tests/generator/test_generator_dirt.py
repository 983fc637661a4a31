"""Every kind of dirt is in the files themselves, found without help from the generator."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

import pytest

from generator.dirt import DIRT
from generator.vocabulary import FIRST_NAMES
from tests.generator.exported import JSON_LINES, KEYS, MASTER_DATA, VERSIONED, Company

EMAILS = (
    ("crm/contacts", "email"),
    ("loyalty/members", "email"),
    ("pos/receipts", "email"),
    ("email/events", "email"),
)
CALLING_CODES = {"DE": "49", "AT": "43", "NL": "31", "GB": "44", "FR": "33"}
GMAIL = ("gmail.com", "googlemail.com")


def _emails(company: Company) -> Iterable[tuple[str, str]]:
    """Written address and true person."""
    for entity, column in EMAILS:
        for row in company.rows(entity):
            if row[column]:
                yield row[column], company.person(entity, row)


def _mailbox(address: str) -> str | None:
    local, at, domain = address.strip().lower().partition("@")
    if not at or domain in ("test.com", "none.com", "mail.com", "nordpfad.example"):
        return None
    local = local.partition("+")[0]
    if domain in GMAIL:
        return local.replace(".", "") + "@gmail.com"
    return f"{local}@{domain}"


def _e164(number: str, country: str) -> str | None:
    digits = re.sub(r"\(0\)(?=\d)", "", number) if number.startswith("+") else number
    digits = re.sub(r"[^\d+]", "", digits)
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    elif digits.startswith("0"):
        digits = f"+{CALLING_CODES[country]}{digits[1:]}"
    for code in CALLING_CODES.values():
        if digits.startswith(f"+{code}0"):
            digits = f"+{code}{digits[len(code) + 2 :]}"
    return digits if re.fullmatch(r"\+[1-9]\d{8,14}", digits) else None


def _letter_case(company: Company) -> int:
    return sum(address != address.lower() for address, _ in _emails(company))


def _surrounding_spaces(company: Company) -> int:
    return sum(value != value.strip() for value in company.values("crm/contacts", "last_name"))


def _plus_addressing(company: Company) -> int:
    return sum("+" in address for address, _ in _emails(company))


def _gmail_dots(company: Company) -> int:
    spellings: dict[str, set[str]] = defaultdict(set)
    for address, _ in _emails(company):
        mailbox = _mailbox(address)
        if mailbox and mailbox.endswith("@gmail.com"):
            plain = address.strip().lower()
            spellings[mailbox].add(plain.partition("@")[0].partition("+")[0])
    return sum(len(written) > 1 for written in spellings.values())


def _phone_local_format(company: Company) -> int:
    written = [
        (row["phone"], row["country"]) for row in company.rows("crm/contacts") if row["phone"]
    ]
    shapes = {re.sub(r"\d+", "9", number.strip()) for number, _ in written}
    assert {"9 9", "9/9", "+9 (9)9 9 9 9 9"} <= shapes
    assert {country for _, country in written} == set(CALLING_CODES)
    return sum(not number.strip().startswith("+") for number, _ in written)


def _name_typo(company: Company) -> int:
    known = {name for names in FIRST_NAMES.values() for name in names}
    return sum(name.strip() not in known for name in company.values("crm/contacts", "first_name"))


def _placeholder_email(company: Company) -> int:
    written = company.values("crm/contacts", "email")
    return sum(value in ("test@test.com", "n/a", "null") for value in written)


def _placeholder_phone(company: Company) -> int:
    written = company.values("crm/contacts", "phone")
    return sum(value in ("0000000", "0000000000", "n/a", "null") for value in written)


def _owners(pairs: Iterable[tuple[str | None, str]]) -> dict[str, set[str]]:
    owners: dict[str, set[str]] = defaultdict(set)
    for value, person in pairs:
        if value and person:
            owners[value].add(person)
    return owners


def _shared_family_email(company: Company) -> int:
    owners = _owners((_mailbox(address), person) for address, person in _emails(company))
    return sum(len(people) == 2 for people in owners.values())


def _accounts_of_cookies(company: Company) -> list[int]:
    owners = _owners((row["anonymous_id"], row["user_id"]) for row in company.rows("web/events"))
    return [len(accounts) for accounts in owners.values()]


def _shared_family_browser(company: Company) -> int:
    return sum(accounts == 2 for accounts in _accounts_of_cookies(company))


def _kiosk_cookie(company: Company) -> int:
    owners = _owners(
        (row["anonymous_id"], row["user_id"] or "somebody") for row in company.rows("web/events")
    )
    return sum(len(accounts) > 20 and "somebody" in accounts for accounts in owners.values())


def _kiosk_device(company: Company) -> int:
    owners = _owners((row["device_id"], row["account_id"]) for row in company.rows("app/events"))
    return sum(len(accounts) > 5 for accounts in owners.values())


def _kiosk_email(company: Company) -> int:
    people = {
        company.person("pos/receipts", row)
        for row in company.rows("pos/receipts")
        if row["email"] == "kiosk@nordpfad.example"
    }
    return len(people) if len(people) > 1 else 0


def _recycled_phone(company: Company) -> int:
    owners = _owners(
        (_e164(row["phone"], row["country"]), company.person("crm/contacts", row))
        for row in company.rows("crm/contacts")
    )
    return sum(len(people) > 1 for people in owners.values())


def _duplicate_contact(company: Company) -> int:
    contacts = _owners(
        (company.person("crm/contacts", row), row["contact_id"])
        for row in company.rows("crm/contacts")
    )
    return sum(len(ids) > 1 for ids in contacts.values())


def _repeated(company: Company, entity: str) -> int:
    keys = [company.key(entity, row) for row in company.rows(entity)]
    return len(keys) - len(set(keys))


def _duplicate_row(company: Company) -> int:
    return _repeated(company, "web/events")


def _late_row(company: Company) -> int:
    times = Counter(company.values("web/events", "message_id"))
    return sum(
        record.values["received_at"][:10] < record.file[7:17]
        for record in company.records("web/events")
        if times[record.values["message_id"]] == 1
    )


def _sent_later(company: Company) -> int:
    found = 0
    for entity, column in (("web/events", "timestamp"), ("app/events", "occurred_at")):
        before = "sent_at" if entity == "web/events" else "received_at"
        later = [
            row
            for row in company.rows(entity)
            if not re.search("02.3[01]|3[01].02", row[column])
            and datetime.fromisoformat(row[before]) - datetime.fromisoformat(row[column])
            > timedelta(minutes=9)
        ]
        assert later
        found += len(later)
    return found


def _clock_skew(company: Company) -> int:
    skewed = 0
    for row in company.rows("web/events"):
        sent = datetime.fromisoformat(row["sent_at"])
        received = datetime.fromisoformat(row["received_at"])
        skewed += abs((received - sent).total_seconds()) > 300
    return skewed


def _mixed_time_zones(company: Company) -> int:
    offsets = {
        row["sent_at"][-6:] for row in company.rows("web/events") if row["sent_at"][-1] != "Z"
    }
    assert len(offsets) > 1
    return sum(row["sent_at"][-1] != "Z" for row in company.rows("web/events"))


def _column_half_way(company: Company) -> int:
    found = 0
    for entity, column in (
        ("web/events", "consent_string"),
        ("email/events", "subject"),
        ("crm/contacts", "preferred_language"),
    ):
        has_column = [column in row for row in company.rows(entity)]
        assert not all(has_column)
        # Repeated and broken rows are counted as one record or not at all.
        assert sum(has_column) == pytest.approx(company.dirt["column_half_way", entity], rel=0.03)
        found += sum(has_column)
    return found


def _truncated_json(company: Company) -> int:
    return sum(len(company.unreadable[entity]) for entity in _read(company, JSON_LINES))


def _broken_rows(company: Company, how: str, kind: str) -> int:
    found = 0
    for entity in _read(company, set(KEYS) - JSON_LINES):
        broken = company.unreadable[entity].count(how)
        assert broken == company.dirt[kind, entity]
        found += broken
    return found


def _read(company: Company, entities: set[str]) -> list[str]:
    for entity in entities:
        company.records(entity)
    return sorted(entities)


def _wrong_number(company: Company) -> int:
    prices = [row["properties"].get("price", 0.0) for row in company.rows("web/events")]
    latitudes = [
        row["location"]["latitude"] for row in company.rows("app/events") if "location" in row
    ]
    assert "N/A" in latitudes
    return prices.count("abc")


def _impossible_date(company: Company) -> int:
    return company.values("web/events", "timestamp").count("31.02.2026")


def _negative_quantity(company: Company) -> int:
    quantities = company.values("pos/receipt_lines", "quantity")
    quantities += [str(row["properties"].get("quantity")) for row in company.rows("web/events")]
    return quantities.count("-1")


def _missing_identifier(company: Company) -> int:
    return sum(row["anonymous_id"] is None for row in company.rows("web/events"))


DETECTORS: dict[str, Callable[[Company], int]] = {
    "letter_case": _letter_case,
    "surrounding_spaces": _surrounding_spaces,
    "plus_addressing": _plus_addressing,
    "gmail_dots": _gmail_dots,
    "phone_local_format": _phone_local_format,
    "name_typo": _name_typo,
    "placeholder_email": _placeholder_email,
    "placeholder_phone": _placeholder_phone,
    "shared_family_email": _shared_family_email,
    "shared_family_browser": _shared_family_browser,
    "recycled_phone": _recycled_phone,
    "duplicate_contact": _duplicate_contact,
    "kiosk_cookie": _kiosk_cookie,
    "kiosk_device": _kiosk_device,
    "kiosk_email": _kiosk_email,
    "duplicate_row": _duplicate_row,
    "late_row": _late_row,
    "sent_later": _sent_later,
    "clock_skew": _clock_skew,
    "mixed_time_zones": _mixed_time_zones,
    "column_half_way": _column_half_way,
    "truncated_json": _truncated_json,
    "csv_too_many_fields": lambda company: _broken_rows(company, "too many", "csv_too_many_fields"),
    "csv_too_few_fields": lambda company: _broken_rows(company, "too few", "csv_too_few_fields"),
    "wrong_number": _wrong_number,
    "impossible_date": _impossible_date,
    "negative_quantity": _negative_quantity,
    "missing_identifier": _missing_identifier,
}


def test_every_kind_has_a_detector() -> None:
    assert set(DETECTORS) == set(DIRT)


@pytest.mark.parametrize("kind", sorted(DIRT))
def test_the_kind_is_in_the_files_and_in_the_count(company: Company, kind: str) -> None:
    assert DETECTORS[kind](company) > 0
    assert sum(count for (counted, _), count in company.dirt.items() if counted == kind) > 0


@pytest.mark.parametrize("entity", sorted(set(KEYS) - VERSIONED - MASTER_DATA))
def test_repeated_rows_are_counted_exactly(company: Company, entity: str) -> None:
    assert _repeated(company, entity) == company.dirt["duplicate_row", entity]


@pytest.mark.parametrize("kind", ["duplicate_row", "late_row", "truncated_json"])
def test_delivery_fails_about_as_often_as_the_table_says(company: Company, kind: str) -> None:
    entities = JSON_LINES if kind == "truncated_json" else set(KEYS) - MASTER_DATA
    rows = sum(len(company.rows(entity)) for entity in entities)
    made = sum(company.dirt[kind, entity] for entity in entities)
    assert 0.5 * DIRT[kind].rate < made / rows < 2.2 * DIRT[kind].rate


def test_people_keep_their_numbers_when_written_in_local_formats(company: Company) -> None:
    written: dict[str, set[str]] = defaultdict(set)
    for entity in ("crm/contacts", "loyalty/members"):
        for row in company.rows(entity):
            number = _e164(row["phone"], row["country"])
            if number and not number.endswith("0000000"):
                written[company.person(entity, row)].add(number)
    known_twice = [numbers for numbers in written.values() if len(numbers) <= 2]
    assert len(known_twice) > 0.97 * len(written) > 300
