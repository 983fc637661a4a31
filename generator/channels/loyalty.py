"""The loyalty programme: one row for each version of a member."""

from __future__ import annotations

from dataclasses import dataclass

from generator.clock import DAY_MS, HOUR_MS, date_text, iso_utc
from generator.company import Company
from generator.dirt import Spoiling
from generator.feed import FeedSpec
from generator.people import Person

HAS_EMAIL = 0.8
HAS_PHONE = 0.5
_TIERS = ((3_000, "gold"), (1_000, "silver"), (0, "bronze"))
SPEC = FeedSpec(
    entity="loyalty/members",
    key="loyalty_number",
    columns=(
        "loyalty_number",
        "email",
        "phone",
        "first_name",
        "last_name",
        "birth_date",
        "postcode",
        "country",
        "tier",
        "points_balance",
        "home_store_id",
        "joined_at",
        "updated_at",
    ),
    days_per_file=7,
    has_versions=True,
    spoilings=(
        Spoiling("wrong_number", ("points_balance",), "many"),
        Spoiling("impossible_date", ("birth_date",), "31.02.1979"),
        Spoiling("impossible_date", ("joined_at",), "0000-00-00"),
    ),
)


@dataclass(slots=True)
class _Member:
    """A membership as the form at the till was filled in."""

    person: Person
    loyalty_number: str
    email: str | None
    phone: str | None
    first_name: str
    last_name: str
    joined_on: str
    points: int


class Loyalty:
    """The loyalty programme."""

    def __init__(self, company: Company) -> None:
        self._company = company
        self._rng = company.plan.stream("loyalty")
        self._feed = company.exports.feed(SPEC)
        self._members: dict[str, _Member] = {}
        first_day = company.plan.first_day
        for person in company.population.customers:
            if person.loyalty_number:
                joined = first_day - self._rng.randrange(1, 2_000)
                points = int(self._rng.expovariate(1 / 700))
                member = self._enrol(person, person.loyalty_number, joined, points)
                self._write(member, (first_day - self._rng.randrange(1, 60)) * DAY_MS)

    def run(self, day: int) -> None:
        """Members who joined or collected points on a day, as the nightly run sees them."""
        night = day * DAY_MS + 22 * HOUR_MS
        changed: dict[str, _Member] = {}
        for person in self._company.news.enrolments:
            if person.loyalty_number:
                changed[person.loyalty_number] = self._enrol(person, person.loyalty_number, day, 0)
        for loyalty_number, amount in self._company.news.card_sales:
            member = changed[loyalty_number] = self._members[loyalty_number]
            member.points += int(amount)
        for number, member in enumerate(changed.values()):
            self._write(member, night + number)

    def _enrol(self, person: Person, number: str, joined: int, points: int) -> _Member:
        rng, dirt = self._rng, self._company.dirt
        member = _Member(
            person=person,
            loyalty_number=number,
            email=dirt.write_email(rng, person.email, SPEC.entity)
            if rng.random() < HAS_EMAIL
            else None,
            phone=dirt.write_phone(rng, person.phone, person.country, SPEC.entity)
            if rng.random() < HAS_PHONE
            else None,
            first_name=dirt.write_name(rng, person.first_name, SPEC.entity),
            last_name=dirt.write_name(rng, person.last_name, SPEC.entity),
            joined_on=date_text(joined),
            points=points,
        )
        self._members[number] = member
        return member

    def _write(self, member: _Member, at: int) -> None:
        person = member.person
        row = {
            "loyalty_number": member.loyalty_number,
            "email": member.email,
            "phone": member.phone,
            "first_name": member.first_name,
            "last_name": member.last_name,
            "birth_date": person.birth_date if int(member.loyalty_number[-1]) % 3 else None,
            "postcode": person.postcode,
            "country": person.country.code,
            "tier": next(tier for least, tier in _TIERS if member.points >= least),
            "points_balance": member.points,
            "home_store_id": person.store.store_id,
            "joined_at": member.joined_on,
            "updated_at": iso_utc(at),
        }
        self._feed.deliver(at, row, person.person_id)
