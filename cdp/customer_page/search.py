"""Finds people by any identifier, in any spelling.

Spelling is normalised by the macros of staging, so that a value that joined two records also finds
them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import yaml

from cdp.customer_page.masking import Masker
from cdp.customer_page.warehouse import Reader
from cdp.dbt.macros import load_macros
from cdp.settings import PROJECT_DIR, Target
from cdp.warehouse.connection import quote
from cdp.warehouse.queries import Sql

MACROS = (
    "types/value_matches",
    "types/matches",
    "normalisation/blanks",
    "normalisation/trimmed",
    "normalisation/email_pattern",
    "normalisation/normalise_email",
    "normalisation/canonical_email",
    "normalisation/calling_code",
    "normalisation/dialled_number",
    "normalisation/national_number",
    "normalisation/normalise_phone",
)
MAX_TERM_LENGTH = 254
MAX_FOUND = 50


@dataclass(frozen=True)
class Found:
    """One person that a search may mean, masked as the role requires.

    Attributes:
        profile_id: The person.
        how: `identifier`, `shared` (several people share it), `profile` or `redirect`.
        matched: The identifier that matched, as `type value`.
        name: Name; None if not known.
        email: Email address.
        phone: Phone number.
        stage: Lifecycle stage.
        country: ISO 3166-1 alpha-2 code.
        last_seen_at: Last event (UTC).
    """

    profile_id: str
    how: str
    matched: str
    name: str | None
    email: str | None
    phone: str | None
    stage: str | None
    country: str | None
    last_seen_at: datetime | None


def search(reader: Reader, masker: Masker, types: list[str], term: str) -> list[Found]:
    """People that a term may mean, at most `MAX_FOUND` and one more.

    Args:
        reader: The warehouse.
        masker: Masker of the role.
        types: Identifier types that a term may start with, as in `email:ann@example.com`.
        term: The text that was typed.
    """
    term = " ".join(term.replace("\x00", "").split())[:MAX_TERM_LENGTH]
    asked_type, _, rest = term.partition(":")
    if asked_type.lower() in (*types, "profile"):
        asked_type, term = asked_type.lower(), rest.strip()
    else:
        asked_type = ""
    if not term:
        return []
    spellings = _spellings(reader.connection.target, quote(f"{reader.schema}_rules"))
    return [
        _found(masker, row) for row in reader.rows("search", term, asked_type, values=spellings)
    ]


def _found(masker: Masker, row: tuple[Any, ...]) -> Found:
    profile_id, how, kind, value, stage, _, country, last_seen_at, first, last, email, phone = row
    names = [masker.name(name) for name in (first, last) if name]
    return Found(
        profile_id=profile_id,
        how=how,
        matched=f"{kind} {value if kind == 'profile' else masker.identifier(kind, value)}",
        name=" ".join(names) or None,
        email=email and masker.identifier("email", email),
        phone=phone and masker.identifier("phone", phone),
        stage=stage,
        country=country,
        last_seen_at=last_seen_at,
    )


@cache
def _spellings(target: Target, rules: str) -> Mapping[str, Sql]:
    """SQL of the macros that queries/search.sql inserts."""
    macros = load_macros(
        target,
        MACROS,
        ref=lambda name: f"{rules}.{quote(name)}",
        var=yaml.safe_load((PROJECT_DIR / "dbt_project.yml").read_text())["vars"].__getitem__,
    )
    return {
        "numbered": Sql(macros.normalise_phone("asked", "asked.term")),
        "address": Sql(macros.normalise_email("numbered.term")),
        "canonical_address": Sql(macros.canonical_email("address")),
    }
