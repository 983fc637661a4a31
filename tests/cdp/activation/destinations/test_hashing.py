"""Addresses and numbers in the forms that Meta and Google compare."""

from __future__ import annotations

import hashlib

import pytest

from cdp.activation.destinations.hashing import hashed_email, hashed_phone

# printf ann@example.com | sha256sum
HASH = "71d4f55f72fa128dfb468a1a3901507c804b74316488744d769d7f4b16696476"


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def test_the_hash_is_lower_case_hexadecimal() -> None:
    assert hashed_email(" Ann@Example.com ") == HASH


@pytest.mark.parametrize(
    ("text", "plain", "google"),
    [
        ("Ann.Smith+news@gmail.com", "ann.smith+news@gmail.com", "annsmith@gmail.com"),
        ("a.b@GoogleMail.com\n", "a.b@googlemail.com", "ab@googlemail.com"),
        ("a.b+c@example.com", "a.b+c@example.com", "a.b+c@example.com"),
        ("zoë@example.com", "zoë@example.com", "zoë@example.com"),
    ],
)
def test_dots_and_tags_go_for_google_and_its_own_domains_only(
    text: str, plain: str, google: str
) -> None:
    assert hashed_email(text) == sha(plain)
    assert hashed_email(text, without_google_tags=True) == sha(google)


@pytest.mark.parametrize("text", ["", " ", "ann", "ann@", "@example.com", "a b@example.com", "a@b"])
def test_what_is_no_address_has_no_hash(text: str) -> None:
    assert hashed_email(text) is None


def test_an_address_of_nothing_but_a_tag_has_no_hash() -> None:
    assert hashed_email("+tag@gmail.com", without_google_tags=True) is None


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("+49 171 1234567", "491711234567"),
        ("0049-171/1234567", "491711234567"),
        ("+49 (0)171 1234567", "491711234567"),
        ("491711234567", "491711234567"),
        ("+1 (212) 555-0100", "12125550100"),
    ],
)
def test_meta_hashes_digits_and_google_e164(text: str, digits: str) -> None:
    assert hashed_phone(text, with_plus=False) == sha(digits)
    assert hashed_phone(text, with_plus=True) == sha("+" + digits)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0171 1234567",
        "+0171 1234567",
        "call me",
        "12345",
        "+1234567890123456",
        "+49+1711234567",
    ],
)
def test_an_unusable_number_has_no_hash(text: str) -> None:
    assert hashed_phone(text, with_plus=True) is None


def test_a_hash_is_not_hashed_again() -> None:
    hashed = sha("ann@example.com")
    assert hashed_email(f" {hashed.upper()} ") == hashed
    assert hashed_phone(hashed.upper(), with_plus=True) == hashed


def test_a_national_number_takes_the_country_code_that_is_given() -> None:
    assert hashed_phone("0171 1234567", with_plus=True, country_code="49") == sha("+491711234567")
    assert hashed_phone("0043 664 123456", with_plus=True, country_code="49") == sha("+43664123456")
    assert hashed_phone("+0171 1234567", with_plus=True, country_code="49") is None
