"""The CRM's contacts: one row for each version of a contact."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from generator.clock import DAY_MS, HOUR_MS, MINUTE_MS, iso_local, within_day
from generator.company import Company
from generator.dirt import DIRT, Spoiling
from generator.draws import poisson
from generator.feed import FeedSpec
from generator.geography import COUNTRIES, from_pattern
from generator.people import Person, new_street
from generator.vocabulary import LANGUAGES

# Customers with neither account nor loyalty card whom the CRM knows all the same.
KNOWN_BY_PAPER = 0.7
CHANGES_PER_CONTACT_DAY = 0.0016
# A number lies idle for this long before somebody else gets it.
RECYCLED_AFTER_DAYS = 5
SPEC = FeedSpec(
    entity="crm/contacts",
    key="contact_id",
    columns=(
        "contact_id",
        "account_id",
        "email",
        "phone",
        "first_name",
        "last_name",
        "birth_date",
        "address_line",
        "postcode",
        "city",
        "country",
        "loyalty_number",
        "created_at",
        "updated_at",
        "is_deleted",
    ),
    late_columns=("preferred_language",),
    has_versions=True,
    spoilings=(
        Spoiling("impossible_date", ("birth_date",), "31.02.1985"),
        Spoiling("impossible_date", ("birth_date",), "0000-00-00"),
        Spoiling("impossible_date", ("updated_at",), "soon"),
    ),
)


@dataclass(slots=True)
class Contact:
    """A contact as staff or forms wrote it; its person may be spelt otherwise."""

    contact_id: str
    person: Person
    email: str
    phone: str | None
    first_name: str
    last_name: str
    created_at: int
    has_account: bool
    is_deleted: bool = False


class Crm:
    """The CRM."""

    def __init__(self, company: Company) -> None:
        self._company = company
        self._rng = company.plan.stream("crm")
        self._feed = company.exports.feed(SPEC)
        self._contacts: list[Contact] = []
        self._by_person: dict[str, Contact] = {}
        self._planned: dict[int, list[Callable[[int], None]]] = defaultdict(list)
        self._take_over()
        self._plan_recycling()

    def run(self, day: int) -> None:
        """Contacts that are new or changed on a day."""
        rng = self._rng
        for at, person in self._company.news.sign_ups:
            self._write(self._known(person, at + MINUTE_MS), at + MINUTE_MS)
        for person in self._company.news.enrolments:
            if person.person_id in self._by_person:
                self._write(self._by_person[person.person_id], day * DAY_MS + 21 * HOUR_MS)
        for _ in range(poisson(rng, len(self._contacts) * CHANGES_PER_CONTACT_DAY)):
            self._change(rng.choice(self._contacts), self._office_hour(day))
        # A change may plan another for the same day, at the end of the list.
        for change in self._planned[day]:
            change(self._office_hour(day))

    def _office_hour(self, day: int) -> int:
        return within_day(day, "Europe/Berlin", self._rng.uniform(8, 18) * 3600)

    def _take_over(self) -> None:
        """Contacts from before the first day, which the first file holds in full."""
        rng = self._rng
        before = self._company.plan.first_day * DAY_MS
        for person in self._company.population.customers:
            has_reason = person.account_id or person.loyalty_number
            if has_reason or rng.random() < KNOWN_BY_PAPER:
                at = before - int(rng.random() ** 2 * 1_500 * DAY_MS) - HOUR_MS
                self._write(self._known(person, at), at)
                if self._company.dirt.happens(rng, "duplicate_contact", SPEC.entity):
                    self._write(self._add(person, at + DAY_MS // 2, False), at + DAY_MS // 2)

    def _known(self, person: Person, at: int) -> Contact:
        """The person's contact, added where there is none yet."""
        contact = self._by_person.get(person.person_id)
        if contact is None:
            contact = self._add(person, at, person.account_id is not None)
            self._by_person[person.person_id] = contact
        contact.has_account = person.account_id is not None
        return contact

    def _add(self, person: Person, at: int, has_account: bool) -> Contact:
        rng, dirt = self._rng, self._company.dirt
        contact = Contact(
            contact_id=self._company.population.new_contact_id(),
            person=person,
            email=dirt.write_email(rng, person.email, SPEC.entity),
            phone=self._phone(person) if rng.random() < 0.75 else None,
            first_name=dirt.write_name(rng, person.first_name, SPEC.entity),
            last_name=dirt.write_name(rng, person.last_name, SPEC.entity),
            created_at=at,
            has_account=has_account,
        )
        self._contacts.append(contact)
        return contact

    def _phone(self, person: Person) -> str:
        return self._company.dirt.write_phone(self._rng, person.phone, person.country, SPEC.entity)

    def _change(self, contact: Contact, at: int) -> None:
        rng, person = self._rng, contact.person
        what = rng.choices(("address", "email", "phone", "deleted"), (40, 25, 25, 10))[0]
        if what == "address":
            country = person.country
            person.city = rng.choice(country.cities)
            person.postcode = from_pattern(rng, person.city.postcode)
            person.street = new_street(rng, country)
        elif what == "email":
            self._change_email(contact)
        elif what == "phone":
            person.phone = self._company.population.new_phone(person.country)
            contact.phone = self._phone(person)
        else:
            contact.is_deleted = True
        self._write(contact, at)

    def _change_email(self, contact: Contact) -> None:
        rng, person, dirt = self._rng, contact.person, self._company.dirt
        person.email = self._company.population.new_mailbox(
            person.first_name, person.last_name, person.country
        )
        contact.email = dirt.write_email(rng, person.email, SPEC.entity)
        if person.account_id:
            person.account_email = person.email
        if person.subscribed_email:
            person.subscribed_email = dirt.vary_email(rng, person.email, "email/events")

    def _plan_recycling(self) -> None:
        """Numbers that one customer gives up and another, some days later, gets."""
        rng, plan = self._rng, self._company.plan
        by_country = {
            country.code: [c for c in self._contacts if c.person.country is country]
            for country in COUNTRIES
        }
        pairs = max(1, round(len(self._contacts) * DIRT["recycled_phone"].rate))
        pools = [pool for pool in by_country.values() if len(pool) >= 2]
        for _ in range(pairs if pools else 0):
            old, new = rng.sample(rng.choice(pools), 2)
            given_up = plan.first_day + rng.randrange(max(1, plan.days // 2))
            taken = min(given_up + RECYCLED_AFTER_DAYS, plan.last_day)
            self._planned[given_up].append(self._giving_up(old, taken, new))

    def _giving_up(self, old: Contact, taken: int, new: Contact) -> Callable[[int], None]:
        def give_up(at: int) -> None:
            number = old.person.phone
            old.person.phone = self._company.population.new_phone(old.person.country)
            old.phone = self._phone(old.person)
            self._write(old, at)
            self._planned[taken].append(self._taking(number, new))

        return give_up

    def _taking(self, number: str, new: Contact) -> Callable[[int], None]:
        def take(at: int) -> None:
            new.person.phone = number
            new.phone = self._phone(new.person)
            self._company.dirt.count("recycled_phone", SPEC.entity)
            self._write(new, at)

        return take

    def _write(self, contact: Contact, at: int) -> None:
        person = contact.person
        zone = person.country.zone
        row = {
            "contact_id": contact.contact_id,
            "account_id": person.account_id if contact.has_account else None,
            "email": contact.email,
            "phone": contact.phone,
            "first_name": contact.first_name,
            "last_name": contact.last_name,
            "birth_date": person.birth_date,
            "address_line": person.street,
            "postcode": person.postcode,
            "city": person.city.name,
            "country": person.country.code,
            "loyalty_number": person.loyalty_number,
            "created_at": iso_local(contact.created_at, zone),
            "updated_at": iso_local(at, zone),
            "is_deleted": "true" if contact.is_deleted else "false",
            "preferred_language": LANGUAGES[person.country.code],
        }
        self._feed.deliver(at, row, person.person_id)
