"""Which input contracts a table fills, by the names of its columns."""

from __future__ import annotations

import re
from collections.abc import Mapping

from cdp.connectors.draft import (
    MACRO,
    Draft,
    Field,
    KnownType,
    draft_columns,
    is_consent,
    name_columns,
)
from cdp.connectors.names import REFUSAL, singular, snake
from cdp.connectors.sample import Column, Sample

_CONTACT_COLUMNS = (
    "email", "email_identifier", "phone", "first_name", "last_name", "birth_date", "address_line",
    "postcode", "city", "country", "preferred_language",
)  # fmt: skip
_EVENT_COLUMNS = (
    "order_id",
    "product_id",
    "campaign_id",
    "store_id",
    "page_path",
    "currency",
    "quantity",
    "amount",
)
_LINE_COLUMNS = (
    "order_id",
    "line_number",
    "product_id",
    "quantity",
    "unit_price",
    "discount_amount",
)
_PRODUCT_COLUMNS = ("product_id", "product_name", "category", "brand", "price", "cost", "currency")
# Lines without a number are numbered within their file.
_LINE_NUMBER = Field(
    "line_number",
    "",
    "bigint",
    "row_number() over (partition by _load_id, order_id order by _row_number)",
)


def draft(connector: str, entity: str, sample: Sample, known_type: KnownType) -> Draft:
    """Decide what the connector is.

    Args:
        connector: Name of the connector.
        entity: Name of the table.
        sample: Its first rows.
        known_type: Finds the identifier type that the warehouse knows some values as.
    """
    named = name_columns(sample.columns)
    made = draft_columns(connector, entity, sample, known_type, named)
    names = made.names
    if {"channel", "status"} <= names and names & {"email", "phone"}:
        _add_consents(made, names)
    elif {"order_id", "product_id", "quantity"} <= names and not named["order_id"].is_unique:
        _add_order_lines(made, names)
        return made
    elif {"order_id", "amount"} <= names:
        _add_orders(made, names)
    elif {"product_id", "product_name"} <= names and not made.identifiers.keys() - {"order"}:
        made.contracts["products"] = {c: c for c in _PRODUCT_COLUMNS if c in names}
        made.identifiers = {}
        return made
    elif made.identifiers:
        _add_events(made, names)
    if names & {"email", "phone"}:
        made.contracts["contacts"] = {c: c for c in _CONTACT_COLUMNS if c in names}
        _add_consent_flags(made, named)
    elif "events" in made.contracts:
        made.notes.append("No column is an address or a number that people can be reached at.")
    return made


def _add_order_lines(made: Draft, names: set[str]) -> None:
    if "line_number" not in names:
        made.fields.append(_LINE_NUMBER)
    made.key = ["order_id", "line_number"]
    made.contracts["order_lines"] = {c: c for c in _LINE_COLUMNS if c in names | {"line_number"}}
    made.identifiers = {}
    if "amount" in names:
        made.notes.append("The file has a row per line: write a model for its orders too.")


def _add_orders(made: Draft, names: set[str]) -> None:
    made.contracts["orders"] = {
        "order_id": "order_id",
        "status": "status" if "status" in names else "'completed'",
        "currency": "currency" if "currency" in names else "'EUR'",
        "amount": "amount",
    }
    if "currency" not in names:
        made.notes.append("No column is a currency: the entry says EUR.")
    if "status" not in names:
        made.notes.append("No column is a status: the entry says that every order is completed.")


def _add_events(made: Draft, names: set[str]) -> None:
    is_contact = bool(names & {"first_name", "last_name"})
    constant = "contact_updated" if is_contact else f"{singular(made.entity)}_recorded"
    events = {"event_name": "event_name" if "event_name" in names else f"'{constant}'"}
    events |= {column: column for column in _EVENT_COLUMNS if column in names}
    if visitor := next((c for c in ("anonymous_id", "device_id") if c in names), None):
        events["visitor_id"] = visitor
    made.contracts["events"] = events
    if "event_name" not in names and not is_contact:
        made.notes.append(f"Add the event {constant} to seed event_types, or name it otherwise.")


def _add_consents(made: Draft, names: set[str]) -> None:
    both = {"email", "phone"} <= names
    one = "email" if "email" in names else "phone"
    value = {"email": "email_identifier", "phone": "phone"}
    made.contracts["consents"] = {
        "identifier_type": "case when email is not null then 'email' else 'phone' end"
        if both
        else f"'{one}'",
        "identifier_value": "coalesce(email_identifier, phone)" if both else value[one],
        "consent_channel": "channel",
        "purpose": "purpose" if "purpose" in names else "'marketing'",
        "status": "status",
    }
    made.contracts["events"] = {"event_name": f"{MACRO}consent_event('status')"}


def _add_consent_flags(made: Draft, named: Mapping[str, Column]) -> None:
    for name, column in named.items():
        says_no = bool(REFUSAL.fullmatch(snake(column.name)))
        if not column.is_flag or not is_consent(column):
            continue
        channel = "sms" if re.search(r"sms|text", name) else "push" if "push" in name else "email"
        identifier = "phone" if channel == "sms" else "email"
        if identifier not in made.names or channel == "push" or channel in dict(made.consents):
            made.notes.append(
                f"{column.name} may be a consent: write it into the consents yourself."
            )
            continue
        made.consents.append((channel, f"not {name}" if says_no else name))
