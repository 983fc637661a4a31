"""What is known about one person, masked as the role requires: all that templates get."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

import yaml

from cdp.customer_page.graph_view import Identity, read_identity
from cdp.customer_page.masking import Masker
from cdp.customer_page.timeline import Timeline, read_timeline
from cdp.customer_page.warehouse import Reader
from cdp.customer_page.wording import moment, shown, words
from cdp.settings import PROJECT_DIR


@dataclass(frozen=True)
class Fact:
    """A value with its source; `note` adds details."""

    label: str
    value: str
    source: str | None = None
    observed_at: datetime | None = None
    note: str | None = None


@dataclass(frozen=True)
class Head:
    """The top of every page of a person."""

    profile_id: str
    name: str | None
    email: str | None
    phone: str | None
    facts: Sequence[Fact]
    former_ids: Sequence[tuple[str, datetime]]


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
        """The id itself if its profile exists, the id that it was merged into, or None."""
        rows = self.reader.rows("living_profile", profile_id)
        return str(rows[0][0]) if rows else None

    def head(self, profile_id: str) -> Head:
        """Who the person is. Call it first: it tells the masker what to mask in free text."""
        contact = self.reader.record("contacts", "profile_contacts", profile_id)
        self._learn(profile_id, contact)
        mask = self.masker
        names = [mask.name(contact[key]) for key in ("first_name", "last_name") if contact.get(key)]
        facts = []
        if profile := self.reader.record("profiles", "profiles", profile_id):
            tier, points = profile["loyalty_tier"], profile["loyalty_points_count"] or 0
            loyalty = f"{words(tier)}, {points:,} points" if tier else "not a member"
            known_as = "customer or lead" if profile["is_known"] else "anonymous visitor"
            facts = [
                Fact("Stage", words(profile["lifecycle_stage"])),
                Fact("Known as", known_as),
                Fact("Orders", f"{profile['order_count'] or 0:,}"),
                Fact("Channels used", str(profile["channel_count"] or 0)),
                Fact("Loyalty", loyalty),
                Fact("Identifiers", f"{profile['identifier_count'] or 0:,}"),
                Fact("First seen", moment(profile["first_seen_at"])),
                Fact("Last seen", moment(profile["last_seen_at"])),
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
        """Each attribute with source and date; empty if no contact detail is known."""
        contact, mask = self.reader.record("contacts", "profile_contacts", profile_id), self.masker
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
        """Device, platform, has a push token, used last by this person, first and last use."""
        return [
            (self.masker.identifier("device", device), platform, token is not None, *rest)
            for device, platform, token, *rest in self.reader.rows("devices", profile_id)
        ]

    def lifecycle(self, profile_id: str) -> list[tuple[Any, ...]]:
        """Stages, the current one first."""
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
        """Membership periods, current ones first."""
        return self.reader.rows("audiences", profile_id)

    def offers(self, profile_id: str) -> list[tuple[Any, ...]]:
        """Offers that were made, the latest first."""
        return self.reader.rows("offers", profile_id)

    def outcomes(self, profile_id: str) -> list[tuple[Any, ...]] | None:
        """What syncs sent or skipped, the latest first; None if no sync ever ran."""
        if not self.reader.has("activation", "sync_outcomes"):
            return None
        return self.reader.rows("outcomes", profile_id)

    def traits(self, profile_id: str) -> list[tuple[str, str, str]]:
        """Label, value and description of each trait that is known."""
        described = trait_descriptions()
        traits = self.reader.record("profiles", "profile_traits", profile_id)
        return [
            (words(name).capitalize(), shown(value), described.get(name, ""))
            for name, value in traits.items()
            if name != "profile_id" and value is not None
        ]

    def timeline(self, profile_id: str, channel: str, page: int) -> Timeline:
        """A page of events; a page beyond the last is the last."""
        return read_timeline(self.reader, self.masker, profile_id, channel, page)

    def identity(self, profile_id: str) -> Identity:
        """The graph with the evidence of each link."""
        return read_identity(self.reader, self.masker, profile_id)

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


@cache
def trait_descriptions() -> dict[str, str]:
    """The description of each trait in the models' YAML."""
    text = (PROJECT_DIR / "models/profiles/_profiles__models.yml").read_text()
    return {
        column["name"]: column["description"]
        for model in yaml.safe_load(text)["models"]
        if model["name"] == "profile_traits"
        for column in model["columns"]
    }
