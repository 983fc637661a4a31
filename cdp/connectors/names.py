"""What the name of a column says about it: words that exports of many systems use."""

from __future__ import annotations

import re

# Role of a column, which is its name in the models, and the names that exports have for it.
ROLES: dict[str, str] = {
    "email": r"(.*_)?e_?mail(_?addr(ess)?)?",
    "phone": r"(.*_)?(tele)?(phone|mobile|cell|fon|msisdn)(_?(number|nr|no))?|tel(_?nr)?",
    "first_name": r"(first|given|fore)_?name|vorname|fname",
    "last_name": r"(last|family|sur)_?name|nachname|lname",
    "birth_date": r"birth_?da(te|y)|date_of_birth|dob|geburtsdatum",
    "address_line": r"(.*_)?(address(_?line)?(_?1)?|address_?1|street(_address)?|strasse)",
    "postcode": r"(.*_)?(post_?code|zip(_?code)?|postal_code|plz)",
    "city": r"(.*_)?(city|town|ort)",
    "country": r"(.*_)?country(_?(code|iso))?|land",
    "preferred_language": r"(preferred_)?(language|locale)",
    "account_id": r"(account|user|login)_?id",
    "anonymous_id": r"(anonymous|visitor|client|cookie)_?id",
    "device_id": r"(device|installation|idfv|advertising)_?id",
    "push_token": r"(push|device|fcm|apns)_?token",
    "loyalty_number": r"(loyalty|card|membership)_?(card_?)?(number|nr|no|id)",
    "order_id": r"order_?(id|number|no|nr|name)|(receipt|transaction)_?(id|number)|bestellnummer",
    "product_id": r"(product|variant|item)_?id|(.*_)?sku|artikelnummer",
    "event_name": r"event(_?(name|type))?|action|activity(_type)?",
    "status": r"(order_|financial_|payment_|consent_)?(status|state)",
    "currency": r"(.*_)?currency(_?code)?|waehrung",
    "amount": r"(order_|grand_)?total(_?(price|amount|value))?|amount|revenue|price_total|betrag",
    "line_number": r"line_?(number|no|nr)|position",
    "quantity": r"(.*_)?(quantity|qty)|menge",
    "unit_price": r"(unit_|item_|lineitem_)price",
    "discount_amount": r"(.*_)?discount(_amount)?",
    "product_name": r"(product_)?(title|name)",
    "category": r"(product_)?(category|type)",
    "brand": r"brand|vendor|manufacturer",
    "price": r"price|preis",
    "cost": r"cost(_per_item)?",
    "channel": r"(consent_)?channel",
    "purpose": r"purpose",
    "page_path": r"(page_)?path",
    "campaign_id": r"campaign_?id",
    "store_id": r"(store|shop|location|branch)_?id",
}
# Times, the most telling first.
TIMES = (
    r"(last_)?(updated|modified|changed)(_?(at|on|date|time))?|last_modified.*",
    r"(event_|occurred_?|happened_?)(at|on|time|date|timestamp)|timestamp",
    r"(recorded|consented|opted_in)(_?(at|on|date|time))?",
    r"(ordered|purchased|processed|paid|completed)(_?(at|on|date|time))?|order_date",
    r"(created|submitted|sent|received|rated|signed_up|registered)(_?(at|on|date|time))?",
    r"date|time|datetime|.*_(at|on|date|time)",
)
# A consent that is a column of yes and no; those of the second kind say no.
CONSENT = re.compile(
    r".*(accepts|opt_?(ed_?)?in|subscri|newsletter|consent|permission|marketing).*"
)
REFUSAL = re.compile(r".*(opt_?(ed_?)?out|unsubscri|do_not|refus|declin).*")
# Numbers that are names: nothing is added up, and leading zeros count.
NUMBER_AS_NAME = re.compile(
    r"(.*_)?(id|uuid|key|code|number|nr|no|token|zip|plz|postcode|sku|version)"
)
KEY = re.compile(r"(.*_)?(id|uuid|guid|key|number|no|nr)")
PERSON = re.compile(
    r"(customer|contact|subscriber|member|person|profile|lead|client)_?(id|number|key|uuid)"
)
# Words that engines reserve; such a column gets a longer name.
# fmt: off
RESERVED = frozenset((
    "all", "and", "any", "array", "as", "asc", "both", "case", "cast", "check", "column",
    "constraint", "create", "current_date", "default", "desc", "distinct", "do", "else", "end",
    "except", "exists", "false", "fetch", "for", "foreign", "from", "full", "grant", "group",
    "having", "in", "inner", "intersect", "into", "is", "join", "lateral", "left", "like",
    "limit", "natural", "not", "null", "offset", "on", "only", "or", "order", "outer", "primary",
    "references", "right", "select", "some", "table", "then", "time", "timestamp", "to",
    "trailing", "true", "union", "unique", "user", "using", "values", "when", "where", "window",
    "with", "date", "interval",
))
# fmt: on


def snake(name: str) -> str:
    """The name in lower snake case, of ASCII letters, digits and underscores alone."""
    words = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name)
    plain = re.sub(r"[^a-z0-9]+", "_", words.lower()).strip("_")
    return plain if re.match(r"[a-z]", plain) else f"column_{plain}".rstrip("_")


def singular(name: str) -> str:
    """The name of one of them."""
    if name.endswith("ies"):
        return f"{name[:-3]}y"
    return name[:-1] if name.endswith("s") and not name.endswith("ss") else name


def role_of(name: str) -> str | None:
    """The first role that has such a name."""
    return next((role for role, names in ROLES.items() if re.fullmatch(names, name)), None)
