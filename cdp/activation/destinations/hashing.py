"""Email addresses and telephone numbers in the form that advertising receivers compare: SHA-256.

Each receiver wants its own form. A value that is a SHA-256 already passes as it is, in lower case.
"""

from __future__ import annotations

import hashlib
import re

_SHA256 = re.compile(r"[0-9a-fA-F]{64}")
# Text on both sides of one @, and a dot in the domain.
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_GOOGLE_DOMAINS = frozenset({"gmail.com", "googlemail.com"})
# E.164: at most 15 digits with the country code; fewer than 8 cannot be a subscriber number.
_PHONE_DIGITS = re.compile(r"[1-9]\d{7,14}")
_PHONE_CHARACTERS = re.compile(r"[+\d\s().\-/]+")


def sha256_hex(text: str) -> str:
    """The SHA-256 of a text's UTF-8, as 64 lower-case hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def hashed_email(text: str, *, without_google_tags: bool = False) -> str | None:
    """The hash of an address, trimmed and in lower case; None where it is no address.

    Args:
        text: The address, or its hash.
        without_google_tags: Whether dots and plus tags of gmail.com and googlemail.com addresses,
            which reach the same mailbox, are taken out first.
    """
    email = text.strip().lower()
    if _SHA256.fullmatch(email):
        return email
    if not _EMAIL.fullmatch(email):
        return None
    name, _, domain = email.partition("@")
    if without_google_tags and domain in _GOOGLE_DOMAINS:
        name = name.partition("+")[0].replace(".", "")
        if not name:
            return None
    return sha256_hex(f"{name}@{domain}")


def hashed_phone(text: str, *, with_plus: bool, country_code: str = "") -> str | None:
    """The hash of a number with its country code; None where it cannot be one.

    Args:
        text: The number, `+49 171 …`, `0049 171 …` or `49171…`, or its hash.
        with_plus: Whether the receiver hashes E.164 with its plus sign, or the digits alone.
        country_code: Digits for a national number, which begins with a single 0; without them it
            is unusable.
    """
    phone = text.strip()
    if _SHA256.fullmatch(phone):
        return phone.lower()
    if not _PHONE_CHARACTERS.fullmatch(phone) or "+" in phone[1:]:
        return None
    # The trunk zero, dialled only within the country.
    digits = re.sub(r"\D", "", phone.replace("(0)", ""))
    if not phone.startswith("+"):
        digits = digits.removeprefix("00")
        if country_code and digits.startswith("0"):
            digits = country_code + digits[1:]
    if not _PHONE_DIGITS.fullmatch(digits):
        return None
    return sha256_hex(f"+{digits}" if with_plus else digits)
