"""Finding people by any identifier, written as people write it.

Spelling is the macros' that staging normalises with, rendered here without starting dbt, so that
whatever joined two records also finds them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from types import SimpleNamespace
from typing import Any

import jinja2
import yaml

from cdp.customer_page.masking import Masker
from cdp.customer_page.reader import Reader, query_text
from cdp.settings import PROJECT_DIR, Target
from cdp.warehouse.connection import quote

MACROS = (
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
LONGEST_TERM = 254
MOST_FOUND = 50


@dataclass(frozen=True)
class Found:
    """One person that a search may mean, masked as the role demands.

    Attributes:
        profile_id: The person.
        how: `identifier`, `shared` (several people share it), `profile` or `redirect`.
        matched: What fitted, as `type value`.
        name: Name, or None where none is known.
        email: Address.
        phone: Number.
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
    """People that a term may mean: `MOST_FOUND` and one more where there are that many.

    Args:
        reader: The warehouse.
        masker: Of the role.
        types: Types of identifiers that a term may name, as in `email:ann@example.com`.
        term: What was typed.
    """
    term = " ".join(term.replace("\x00", "").split())[:LONGEST_TERM]
    asked_type, _, rest = term.partition(":")
    if asked_type.lower() in (*types, "profile"):
        asked_type, term = asked_type.lower(), rest.strip()
    else:
        asked_type = ""
    if not term:
        return []
    statement = _statement(reader.connection.target, quote(f"{reader.schema}_rules"))
    rows = reader.connection.execute(statement.format(**reader.schemas()), (term, asked_type))
    return [_found(masker, row) for row in rows]


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
def _statement(target: Target, rules: str) -> str:
    """queries/search.sql with the macros' SQL; layers' names are still to be filled in."""
    source = "".join((PROJECT_DIR / "macros" / f"{name}.sql").read_text() for name in MACROS)
    # The output is SQL, in which nothing is to be escaped as HTML is.
    environment = jinja2.Environment(autoescape=False)  # noqa: S701
    module: Any = None
    environment.globals.update(
        adapter=SimpleNamespace(dispatch=lambda name, *_: getattr(module, f"{target}__{name}")),
        ref=lambda name: f"{rules}.{quote(name)}",
        var=yaml.safe_load((PROJECT_DIR / "dbt_project.yml").read_text())["vars"].__getitem__,
    )
    module = environment.from_string(source).module
    text = query_text("search")
    for name, expression in {
        "numbered": module.normalise_phone("asked", "asked.term"),
        "address": module.normalise_email("numbered.term"),
        "canonical_address": module.canonical_email("address"),
    }.items():
        # Braces of regular expressions are to survive the filling in.
        escaped = str(expression).replace("{", "{{").replace("}", "}}")
        text = text.replace(f"{{{name}}}", escaped)
    return text
