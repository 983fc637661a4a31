"""The help desk: one line for each version of a ticket."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from generator.clock import DAY_MS, HOUR_MS
from generator.company import Company
from generator.dirt import Spoiling
from generator.feed import FeedSpec
from generator.geography import HOME_COUNTRY
from generator.people import Person
from generator.vocabulary import TICKET_SUBJECTS

ABOUT_AN_ORDER = 0.07
TICKETS_PER_CUSTOMER_DAY = 0.0012
SPEC = FeedSpec(
    entity="support/tickets",
    key="ticket_id",
    days_per_file=7,
    has_versions=True,
    spoilings=(
        Spoiling("impossible_date", ("created_at",), "yesterday"),
        Spoiling("wrong_number", ("satisfaction",), "good"),
    ),
)


class Support:
    """The help desk."""

    def __init__(self, company: Company) -> None:
        self._company = company
        self._rng = company.plan.stream("support")
        self._feed = company.exports.feed(SPEC)
        self._coming: dict[int, list[tuple[Person, str | None]]] = defaultdict(list)
        self._ticket_count = 0

    def run(self, day: int) -> None:
        """Tickets opened on a day, with what becomes of them later."""
        company, rng = self._company, self._rng
        for order in company.news.orders:
            if rng.random() < ABOUT_AN_ORDER:
                later = day + rng.randint(1, 9)
                self._coming[later].append((order.person, order.order_id))
        expected = company.customers.size() * TICKETS_PER_CUSTOMER_DAY
        tickets = [(person, None) for person in company.customers.draw(rng, expected)]
        for person, order_id in [*self._coming.pop(day, []), *tickets]:
            self._open(day * DAY_MS + rng.randrange(6, 20) * HOUR_MS, person, order_id)

    def _open(self, at: int, person: Person, order_id: str | None) -> None:
        rng = self._rng
        at += rng.randrange(HOUR_MS)
        self._ticket_count += 1
        source = rng.choices(("email", "phone", "chat"), (60, 25, 15))[0]
        ticket: dict[str, Any] = {
            "ticket_id": f"T-{30_000 + self._company.plan.numbered(self._ticket_count)}",
            "requester": self._requester(person, source),
            "order_id": order_id,
            "subject": rng.choice(TICKET_SUBJECTS),
            "status": "open",
            "source": source,
            "created_at": at,
            "updated_at": at,
            "satisfaction": None,
        }
        self._feed.deliver(at, ticket, person.person_id)
        for status in ("pending", "solved"):
            if rng.random() < 0.2:
                return
            at += int(rng.expovariate(1 / (18 * HOUR_MS))) + 60_000
            score = rng.randint(1, 5) if status == "solved" and rng.random() < 0.4 else None
            version = {**ticket, "status": status, "updated_at": at, "satisfaction": score}
            self._feed.deliver(at, version, person.person_id)

    def _requester(self, person: Person, source: str) -> dict[str, str | None]:
        rng, dirt = self._rng, self._company.dirt
        name = f"{person.first_name} {person.last_name}"
        email = dirt.write_email(rng, person.email, SPEC.entity)
        phone = dirt.write_phone(rng, person.phone, HOME_COUNTRY, SPEC.entity)
        return {
            "email": email if source != "phone" else None,
            "phone": phone if source == "phone" or rng.random() < 0.2 else None,
            "name": dirt.write_name(rng, name, SPEC.entity),
        }
