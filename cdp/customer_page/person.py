"""What is known of one person, masked as the role demands: everything that templates get."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any

import yaml

from cdp.customer_page.graph import Drawing, Edge, Node, draw
from cdp.customer_page.masking import Masker
from cdp.customer_page.reader import Reader
from cdp.identity.explain import REASONS
from cdp.settings import PROJECT_DIR

EVENTS_A_PAGE = 50
MOST_IDENTIFIERS = 5000
MOST_LINKS = 10_000
# Rows of evidence beneath the drawing: withheld links come first, then the strongest.
MOST_EVIDENCE = 200


@dataclass(frozen=True)
class Fact:
    """A value with where it is from; `note` says more."""

    label: str
    value: str
    source: str | None = None
    observed_at: datetime | None = None
    note: str | None = None


@dataclass(frozen=True)
class Head:
    """What stands above every page of a person."""

    profile_id: str
    name: str | None
    email: str | None
    phone: str | None
    facts: Sequence[Fact]
    former_ids: Sequence[tuple[str, datetime]]


@dataclass(frozen=True)
class Event:
    """One thing that happened."""

    event_id: str
    channel: str
    name: str
    is_interaction: bool
    occurred_at: datetime
    details: Sequence[tuple[str, str]]
    properties: dict[str, str]
    source: str


@dataclass(frozen=True)
class Timeline:
    """A page of events, newest first, with how many there are by channel."""

    events: Sequence[Event]
    channels: Sequence[tuple[str, int]]
    channel: str
    page: int
    page_count: int
    event_count: int


@dataclass(frozen=True)
class Evidence:
    """One link: both ends, what shows it, or the guard that withholds it."""

    number: int
    ends: Sequence[tuple[str, str, str | None]]
    is_active: bool
    reason: str | None
    record_count: int
    source_count: int
    sample: str
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True)
class Change:
    """A merge or a split, and the link that it came from."""

    what: str
    from_profile_id: str
    to_profile_id: str
    cause: str
    identifier_count: int
    changed_at: datetime
    link: str | None


@dataclass(frozen=True)
class Identity:
    """The graph, drawn and as a list."""

    drawing: Drawing
    evidence: Sequence[Evidence]
    has_more_evidence: bool
    identifiers: Sequence[Node]
    identifier_count: str
    link_count: str
    changes: Sequence[Change]


@dataclass
class Customers:
    """Reads people from one state of the warehouse for one role.

    Attributes:
        reader: The warehouse.
        sees_identifiers: Whether the role sees direct identifiers.
    """

    reader: Reader
    sees_identifiers: bool
    masker: Masker = field(init=False)
    types: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        rows = self.reader.rows("types")
        self.types = {name: comment or "" for name, _, _, comment in rows}
        self.masker = Masker(
            sees_identifiers=self.sees_identifiers,
            indirect_types=[name for name, is_direct, *_ in rows if not is_direct],
        )

    def living_profile(self, profile_id: str) -> str | None:
        """The id itself, the one it was merged into, or None where no such id lives."""
        rows = self.reader.rows("living_profile", profile_id)
        return str(rows[0][0]) if rows else None

    def head(self, profile_id: str) -> Head:
        """Who it is. Called first: it tells the masker what to look for in free text."""
        contact = self._contact(profile_id)
        self._learn(profile_id, contact)
        mask = self.masker
        names = [mask.name(contact[key]) for key in ("first_name", "last_name") if contact.get(key)]
        facts = []
        for row in self.reader.rows("profile", profile_id):
            _, stage, is_known, tier, points, identifiers, channels, orders, first, last, *_ = row
            facts = [
                Fact("Stage", _words(stage)),
                Fact("Known as", "customer or lead" if is_known else "anonymous visitor"),
                Fact("Orders", f"{orders or 0:,}"),
                Fact("Channels used", str(channels or 0)),
                Fact(
                    "Loyalty", f"{_words(tier)}, {points or 0:,} points" if tier else "not a member"
                ),
                Fact("Identifiers", f"{identifiers or 0:,}"),
                Fact("First seen", moment(first)),
                Fact("Last seen", moment(last)),
            ]
        email, phone = contact.get("email"), contact.get("phone")
        return Head(
            profile_id=profile_id,
            name=" ".join(names) or None,
            email=email and mask.identifier("email", email),
            phone=phone and mask.identifier("phone", phone),
            facts=facts,
            former_ids=[(old, at) for old, at in self.reader.rows("former_ids", profile_id)],
        )

    def golden_record(self, profile_id: str) -> list[Fact]:
        """Each attribute with source and date; empty where no contact detail is known."""
        contact, mask = self._contact(profile_id), self.masker
        street = [contact.get(key) for key in ("address_line", "postcode", "city")]
        names = [mask.name(contact[key]) for key in ("first_name", "last_name") if contact.get(key)]
        validity = contact.get("email_validity")
        values = {
            "email": ("Email", mask.identifier("email", contact.get("email") or "")),
            "phone": ("Phone", mask.identifier("phone", contact.get("phone") or "")),
            "name": ("Name", " ".join(names)),
            "birth_date": ("Date of birth", mask.hidden(str(contact.get("birth_date") or ""))),
            "address": (
                "Address",
                ", ".join(
                    [mask.hidden(part) for part in street if part][
                        : 3 if mask.sees_identifiers else 1
                    ]
                    + [part for part in [contact.get("country")] if part]
                ),
            ),
            "preferred_language": ("Language", contact.get("preferred_language") or ""),
        }
        return [
            Fact(
                label,
                value,
                contact[f"{attribute}_source"],
                contact[f"{attribute}_observed_at"],
                f"{validity} address" if attribute == "email" and validity else None,
            )
            for attribute, (label, value) in values.items()
            if contact.get(f"{attribute}_source")
        ]

    def devices(self, profile_id: str) -> list[tuple[Any, ...]]:
        """Device, platform, whether pushes are allowed and reach the person, first and last use."""
        return [
            (self.masker.identifier("device", device), platform, token is not None, *rest)
            for device, platform, token, *rest in self.reader.rows("devices", profile_id)
        ]

    def lifecycle(self, profile_id: str) -> list[tuple[Any, ...]]:
        """Stages, the present one first."""
        return self.reader.rows("lifecycle", profile_id)

    def consents(self, profile_id: str) -> list[tuple[Any, ...]]:
        """Channel, purpose, status, source, proof, record and time."""
        text = self.masker.optional
        return [
            (channel, purpose, status, text(source), text(proof), text(record), at)
            for channel, purpose, status, source, proof, record, at in self.reader.rows(
                "consents", profile_id
            )
        ]

    def suppressions(self, profile_id: str) -> list[tuple[Any, ...]]:
        """Channel, reason and since when."""
        return self.reader.rows("suppressions", profile_id)

    def audiences(self, profile_id: str) -> list[tuple[Any, ...]]:
        """Stays in audiences, present ones first."""
        return self.reader.rows("audiences", profile_id)

    def offers(self, profile_id: str) -> list[tuple[Any, ...]]:
        """Offers that were made, the latest first."""
        return self.reader.rows("offers", profile_id)

    def outcomes(self, profile_id: str) -> list[tuple[Any, ...]] | None:
        """What syncs sent or withheld, the latest first; None where no sync ever ran."""
        if not self.reader.has("activation", "sync_outcomes"):
            return None
        return self.reader.rows("outcomes", profile_id)

    def traits(self, profile_id: str) -> list[tuple[str, str, str]]:
        """Label, value and description of each trait that is known."""
        names = self.reader.connection.columns(f"{self.reader.schema}_profiles", "profile_traits")
        described = trait_descriptions()
        return [
            (_words(name).capitalize(), shown(value), described.get(name, ""))
            for row in self.reader.rows("traits", profile_id)
            for name, value in zip(names, row, strict=True)
            if name != "profile_id" and value is not None
        ]

    def timeline(self, profile_id: str, channel: str, page: int) -> Timeline:
        """A page of events; a page beyond the last is the last."""
        channels = [(name, int(count)) for name, count in self.reader.rows("channels", profile_id)]
        if channel not in dict(channels):
            channel = ""
        total = sum(count for name, count in channels if channel in ("", name))
        page_count = max(1, -(-total // EVENTS_A_PAGE))
        page = min(max(page, 1), page_count)
        rows = self.reader.rows(
            "events", profile_id, channel, EVENTS_A_PAGE, (page - 1) * EVENTS_A_PAGE
        )
        return Timeline(
            [self._event(row) for row in rows], channels, channel, page, page_count, total
        )

    def identity(self, profile_id: str) -> Identity:
        """The graph with the evidence of each link."""
        rows = self.reader.rows("identifiers", profile_id)
        nodes = {(row[0], row[1]): self._node(row) for row in rows[:MOST_IDENTIFIERS]}
        own = list(nodes.values())
        links = self.reader.rows("links", profile_id)
        evidence, edges = [], []
        for number, link in enumerate(links[:MOST_LINKS], start=1):
            each = self._evidence(profile_id, number, link)
            evidence.append(each)
            start, end = (link[0], link[1]), (link[2], link[3])
            edges.append(Edge(start, end, each.is_active, number, self._told(each)))
            for key, (_, label, other) in zip((start, end), each.ends, strict=True):
                if key not in nodes and other is not None:
                    title = f"{_words(key[0])} {label}, of another profile"
                    nodes[key] = Node(key, _words(key[0]), label, 0, False, other, title)
        return Identity(
            drawing=draw(list(nodes.values()), edges),
            evidence=evidence[:MOST_EVIDENCE],
            has_more_evidence=len(evidence) > MOST_EVIDENCE,
            identifiers=own,
            identifier_count=_counted(rows, MOST_IDENTIFIERS),
            link_count=_counted(links, MOST_LINKS),
            changes=[self._change(row) for row in self.reader.rows("changes", profile_id)],
        )

    def _contact(self, profile_id: str) -> dict[str, Any]:
        rows = self.reader.rows("contacts", profile_id)
        return dict(zip(CONTACT_COLUMNS, rows[0], strict=True)) if rows else {}

    def _learn(self, profile_id: str, contact: dict[str, Any]) -> None:
        direct = ("email", "phone", "first_name", "last_name", "address_line")
        values = [contact.get(key) for key in direct]
        if birth_date := contact.get("birth_date"):
            values.append(str(birth_date))
        values += [row[2] for row in self.reader.rows("devices", profile_id)]
        for kind, value, *_ in self.reader.rows("identifiers", profile_id):
            if self.masker.identifier(kind, value) != value:
                values.append(value)
        self.masker.learn(values)

    def _event(self, row: tuple[Any, ...]) -> Event:
        (
            event_id, channel, name, is_interaction, occurred_at, product, store, order_id,
            campaign, page_path, referrer, quantity, amount, currency, properties, source_model,
            record_id,
        ) = row  # fmt: skip
        text = self.masker.text
        details = {
            "product": product,
            "amount": f"{amount:,.2f} {currency or ''}".strip() if amount is not None else None,
            "pieces": str(quantity) if quantity not in (None, 1) else None,
            "store": store,
            "order": order_id,
            "campaign": campaign,
            "page": page_path,
            "came from": referrer,
        }
        return Event(
            event_id=event_id,
            channel=channel,
            name=_words(name).capitalize(),
            is_interaction=is_interaction,
            occurred_at=occurred_at,
            details=[(label, text(value)) for label, value in details.items() if value],
            properties=self.masker.properties(properties),
            source=text(f"{source_model} {record_id}"),
        )

    def _node(self, row: tuple[Any, ...]) -> Node:
        kind, value, strength, is_blocked, is_shared, records, first, last, reason = row
        label = self.masker.identifier(kind, value)
        told = [f"{_words(kind)} {label}", _records(records), span(first, last)]
        if reason:
            told.append(reason)
        is_guarded = is_blocked or is_shared
        return Node((kind, value), _words(kind), label, strength, is_guarded, None, "; ".join(told))

    def _evidence(self, profile_id: str, number: int, row: tuple[Any, ...]) -> Evidence:
        (
            type_a, value_a, type_b, value_b, is_active, reason, records, sources, model, record,
            first, last, profile_a, profile_b,
        ) = row  # fmt: skip
        mask = self.masker.identifier
        return Evidence(
            number=number,
            ends=[
                (type_a, mask(type_a, value_a), None if profile_a == profile_id else profile_a),
                (type_b, mask(type_b, value_b), None if profile_b == profile_id else profile_b),
            ],
            is_active=is_active,
            reason=None if is_active else REASONS.get(reason, "see docs/identity.md"),
            record_count=records,
            source_count=sources,
            sample=self.masker.text(f"{model} {record}"),
            first_at=first,
            last_at=last,
        )

    def _told(self, link: Evidence) -> str:
        ends = " and ".join(f"{_words(kind)} {label}" for kind, label, _ in link.ends)
        told = [ends, f"{_records(link.record_count)}, such as {link.sample}"]
        told.append(span(link.first_at, link.last_at))
        if link.reason:
            told.append(f"withheld: {link.reason}")
        return "; ".join(told)

    def _change(self, row: tuple[Any, ...]) -> Change:
        what, source, target, cause, count, at, type_a, value_a, type_b, value_b, *sample = row
        link = None
        if type_a is not None:
            mask = self.masker.identifier
            link = f"{_words(type_a)} {mask(type_a, value_a)} and {_words(type_b)} "
            link += f"{mask(type_b, value_b)}, shown by {self.masker.text(' '.join(sample))}"
        return Change(what, source, target, _words(cause), count, at, link)


# In the order of queries/contacts.sql.
CONTACT_COLUMNS = (
    "email",
    "email_source",
    "email_observed_at",
    "email_validity",
    "phone",
    "phone_source",
    "phone_observed_at",
    "first_name",
    "last_name",
    "name_source",
    "name_observed_at",
    "birth_date",
    "birth_date_source",
    "birth_date_observed_at",
    "address_line",
    "postcode",
    "city",
    "country",
    "address_source",
    "address_observed_at",
    "preferred_language",
    "preferred_language_source",
    "preferred_language_observed_at",
)


@cache
def trait_descriptions() -> dict[str, str]:
    """What the models' YAML says of each trait."""
    text = (PROJECT_DIR / "models/profiles/_profiles__models.yml").read_text()
    return {
        column["name"]: column["description"]
        for model in yaml.safe_load(text)["models"]
        if model["name"] == "profile_traits"
        for column in model["columns"]
    }


def moment(value: datetime | None) -> str:
    """A time as the page writes it."""
    return "never" if value is None else f"{value:%Y-%m-%d %H:%M}"


def span(first: datetime, last: datetime) -> str:
    """Both times, or the one that they are."""
    return " to ".join(dict.fromkeys([moment(first), moment(last)]))


def shown(value: Any) -> str:
    """A trait's value as people read it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date | str):
        return str(value)
    return f"{value:,.2f}" if isinstance(value, float) else f"{value:,}"


def _words(name: str | None) -> str:
    return (name or "").replace("_", " ")


def _records(count: int) -> str:
    return "1 record" if count == 1 else f"{count:,} records"


def _counted(rows: Sequence[Any], most: int) -> str:
    return f"more than {most:,}" if len(rows) > most else f"{len(rows):,}"
