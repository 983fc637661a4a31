"""Everything that is wrong with the exports: what it is, how often it happens, how it is made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from random import Random
from typing import NamedTuple

from generator.geography import COUNTRIES, Country

KIOSK_EMAIL = "kiosk@nordpfad.example"
PLACEHOLDER_EMAILS = (
    "test@test.com",
    "noreply@nordpfad.example",
    "none@none.com",
    "no@mail.com",
    "n/a",
    "null",
    "-",
)
PLACEHOLDER_PHONES = ("0000000", "0000000000", "+490000000000", "123456789", "n/a", "null", "none")


class Kind(NamedTuple):
    """One kind of dirt.

    Attributes:
        rate: How often it happens, as a share of `of`.
        of: What the rate is a share of.
        meaning: What it looks like in the exports.
    """

    rate: float
    of: str
    meaning: str


DIRT: dict[str, Kind] = {
    # How people and staff write identifiers.
    "letter_case": Kind(0.06, "email addresses written down", "Anna.MEYER@Gmail.com"),
    "surrounding_spaces": Kind(0.03, "texts written down", "blanks around a value"),
    "plus_addressing": Kind(0.02, "email addresses written down", "anna.meyer+shop@gmx.de"),
    "gmail_dots": Kind(0.20, "gmail addresses written down", "annam.eyer@googlemail.com"),
    "phone_local_format": Kind(
        0.75, "phone numbers written down", "0151/1234567, (0)151…, 0049 151… instead of +49151…"
    ),
    "name_typo": Kind(0.02, "names written down", "Schmitd, schmidt, Shcmidt"),
    "placeholder_email": Kind(
        0.012, "email addresses written down", "test@test.com, noreply@…, n/a, null"
    ),
    "placeholder_phone": Kind(0.015, "phone numbers written down", "0000000, n/a, null"),
    # People who share what should be one person's.
    "shared_family_email": Kind(0.04, "customers", "the mailbox of somebody else at home"),
    "shared_family_browser": Kind(0.03, "customers", "two accounts log in on one cookie"),
    "recycled_phone": Kind(0.004, "CRM contacts", "a number that another customer had before"),
    "duplicate_contact": Kind(0.012, "CRM contacts", "a second contact_id for the same person"),
    "kiosk_cookie": Kind(0.02, "web sessions", "one cookie per store kiosk, used by hundreds"),
    "kiosk_device": Kind(0.02, "app sessions", "one store tablet on which many accounts log in"),
    "kiosk_email": Kind(0.05, "e-receipts", f"{KIOSK_EMAIL} typed instead of the shopper's"),
    # How systems deliver.
    "duplicate_row": Kind(0.006, "rows", "the same record again, in the same or a later file"),
    "late_row": Kind(0.005, "rows", "a row in the file of a later day"),
    "sent_later": Kind(
        0.01, "web sessions, app events", "kept on the device, received hours or days later"
    ),
    "clock_skew": Kind(0.04, "browsers", "a client clock wrong by minutes to months"),
    "mixed_time_zones": Kind(0.25, "browsers", "timestamp with an offset instead of Z"),
    "column_half_way": Kind(1.0, "rows from the middle day on", "a column not there before"),
    "truncated_json": Kind(0.0008, "JSON lines", "a line that ends in its middle"),
    "csv_too_many_fields": Kind(0.0005, "CSV rows", "one field more than the header"),
    "csv_too_few_fields": Kind(0.0005, "CSV rows", "a row that ends early"),
    # What systems put into a field.
    "wrong_number": Kind(0.001, "rows", "price abc, total 12,50 EUR, latitude N/A"),
    "impossible_date": Kind(0.0008, "rows", "31.02.2026, 0000-00-00, soon"),
    "missing_identifier": Kind(0.0004, "web events", "no anonymous_id, so perhaps nobody at all"),
    "negative_quantity": Kind(0.002, "rows with a quantity", "quantity -1"),
}


@dataclass(frozen=True, slots=True)
class Spoiling:
    """A wrong value that one field of an entity sometimes holds.

    Attributes:
        kind: Its name in `DIRT`.
        path: The column, or for nested JSON the keys from the top.
        value: What stands there instead.
    """

    kind: str
    path: tuple[str, ...]
    value: str | int | None


class Dirt:
    """Makes dirt at the rates of `DIRT` and counts what it made, by kind and entity."""

    def __init__(self) -> None:
        self.counts: Counter[tuple[str, str, str]] = Counter()

    def count(self, kind: str, entity: str, times: int = 1) -> None:
        """Note dirt that was made; `entity` is `<channel>/<entity>`."""
        channel, _, name = entity.partition("/")
        self.counts[kind, channel, name] += times

    def happens(self, rng: Random, kind: str, entity: str) -> bool:
        """Draw whether a kind of dirt happens now, and count it if so."""
        if rng.random() >= DIRT[kind].rate:
            return False
        self.count(kind, entity)
        return True

    def write_email(self, rng: Random, address: str, entity: str) -> str:
        """An email address as somebody typed it: placeholder, variant, or just as it is."""
        if self.happens(rng, "placeholder_email", entity):
            return rng.choice(PLACEHOLDER_EMAILS)
        return self.vary_email(rng, address, entity)

    def vary_email(self, rng: Random, address: str, entity: str) -> str:
        """Another way to write an email address that reaches the same mailbox."""
        local, _, domain = address.partition("@")
        if domain in ("gmail.com", "googlemail.com") and self.happens(rng, "gmail_dots", entity):
            local = _redotted(rng, local)
            domain = rng.choice(("gmail.com", "googlemail.com"))
        if self.happens(rng, "plus_addressing", entity):
            local += rng.choice(("+shop", "+nordpfad", "+newsletter", "+outdoor"))
        address = f"{local}@{domain}"
        if self.happens(rng, "letter_case", entity):
            address = rng.choice((address.upper(), address.title(), address.capitalize()))
        return self.pad(rng, address, entity)

    def write_phone(self, rng: Random, number: str, reader: Country, entity: str) -> str:
        """An E.164 number as somebody typed it, or a placeholder.

        Only a number of the country that the reader of the record assumes is written without its
        calling code: without that, nobody could tell whose it is.
        """
        if self.happens(rng, "placeholder_phone", entity):
            return rng.choice(PLACEHOLDER_PHONES)
        if self.happens(rng, "phone_local_format", entity):
            return _local_phone(rng, number, reader)
        return self.pad(rng, number, entity)

    def write_name(self, rng: Random, name: str, entity: str) -> str:
        """A name as somebody typed it."""
        if self.happens(rng, "name_typo", entity):
            return _mistyped(rng, name)
        return self.pad(rng, name, entity)

    def pad(self, rng: Random, text: str, entity: str) -> str:
        """A text, now and then with blanks around it."""
        if self.happens(rng, "surrounding_spaces", entity):
            return rng.choice((f" {text}", f"{text} ", f"  {text} ", f"{text}\t"))
        return text

    def rows(self) -> Iterable[tuple[str, str, str, int]]:
        """Kind, channel, entity and count of what was made; 0 for a kind that was not."""
        seen = {kind for kind, _, _ in self.counts}
        for kind in DIRT:
            if kind not in seen:
                yield kind, "", "", 0
        for (kind, channel, entity), count in sorted(self.counts.items()):
            yield kind, channel, entity, count


def _redotted(rng: Random, local: str) -> str:
    plain = local.replace(".", "")
    if len(plain) < 2 or ("." in local and rng.random() < 0.5):
        return plain
    cut = rng.randrange(1, len(plain))
    return f"{plain[:cut]}.{plain[cut:]}"


def _local_phone(rng: Random, number: str, reader: Country) -> str:
    owner = next(c for c in COUNTRIES if number.startswith(f"+{c.calling_code}"))
    code, trunk = owner.calling_code, owner.trunk
    national = number.removeprefix(f"+{code}")
    head, tail = national[:3], national[3:]
    pairs = " ".join(tail[i : i + 2] for i in range(0, len(tail), 2))
    ways = [
        f"00{code} {head} {tail}",
        f"00{code}{national}",
        f"+{code} ({trunk}){head} {pairs}",
        f"+{code} {head} {pairs}",
        f"+{code}-{head}-{tail}",
    ]
    if owner is reader:
        ways += [
            f"{trunk}{head} {tail}",
            f"{trunk}{head}/{tail}",
            f"({trunk}{head}) {pairs}",
            f"{trunk}{head}-{tail}",
            f"{trunk}{national}",
        ]
    return rng.choice(ways)


def _mistyped(rng: Random, name: str) -> str:
    if len(name) < 3:
        return name.lower()
    at = rng.randrange(1, len(name) - 1)
    return rng.choice(
        (
            name[:at] + name[at + 1] + name[at] + name[at + 2 :],
            name[:at] + name[at + 1 :],
            name[: at + 1] + name[at:],
            name.lower(),
            name.upper(),
        )
    )
