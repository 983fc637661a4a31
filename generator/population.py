"""Makes up all the people of the company."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import accumulate
from unicodedata import normalize

from generator import vocabulary
from generator.catalogue import Catalogue
from generator.clock import DAY_MS, MINUTE_MS, date_text
from generator.dirt import DIRT, Dirt
from generator.draws import pick, weighted
from generator.geography import COUNTRIES, Country, Store, from_pattern, moved
from generator.people import Browser, Person, new_cookie, new_device, new_street
from generator.plan import Plan

# Visitors whom the company never comes to know, for each customer.
VISITORS_PER_CUSTOMER = 0.5
VISITOR_ACTIVITY = 0.6
HAS_ACCOUNT = 0.62
SIGNS_UP_WITHIN_THE_DAYS = 0.25
HAS_LOYALTY_CARD = 0.45
HAS_APP = 0.5  # of those with an account
HAS_SOCIAL_HANDLE = 0.08
TAKES_NEWSLETTER = 0.6
# Shape of the Pareto distribution of activity: a few people make most of the events.
ACTIVITY_SHAPE = 1.4
ACTIVITY_LIMIT = 60.0


class Population:
    """Builds all people from a seed; no two have an email, phone, card or handle in common."""

    def __init__(self, plan: Plan, catalogue: Catalogue, stores: list[Store], dirt: Dirt) -> None:
        self._plan = plan
        self._catalogue = catalogue
        self._dirt = dirt
        self._rng = plan.stream("people")
        self._used: set[str] = set()
        self.app_users: list[Person] = []
        self._nearest_stores = {
            city: [store for store in stores if store.city is city]
            or [store for store in stores if store.country is country]
            for country in COUNTRIES
            for city in country.cities
        }
        self._countries = list(accumulate(country.weight for country in COUNTRIES))
        visitors = round(plan.customers * VISITORS_PER_CUSTOMER)
        self.customers = [self._person(number, True) for number in range(plan.customers)]
        self.visitors = [self._person(plan.customers + number, False) for number in range(visitors)]
        for person in self.customers:
            self._make_known(person)
        self._share_mailboxes()
        self._share_browsers()

    def _person(self, number: int, is_customer: bool) -> Person:
        rng = self._rng
        country = COUNTRIES[weighted(rng, self._countries)]
        city = country.cities[weighted(rng, country.city_shares)]
        first = pick(rng, vocabulary.FIRST_NAMES[country.code])
        last = pick(rng, vocabulary.LAST_NAMES[country.code])
        return Person(
            person_id=f"person-{self._plan.numbered(number):07d}",
            is_customer=is_customer,
            country=country,
            city=city,
            home=moved(city.latitude, city.longitude, rng.gauss(0, 3500), rng.gauss(0, 3500)),
            store=pick(rng, self._nearest_stores[city]),
            first_name=first,
            last_name=last,
            birth_date=date_text(int(rng.uniform(-11_000, 13_500))),
            street=new_street(rng, country),
            postcode=from_pattern(rng, city.postcode),
            email=self.new_mailbox(first, last, country),
            phone=self.new_phone(country),
            activity=min(rng.paretovariate(ACTIVITY_SHAPE), ACTIVITY_LIMIT)
            * (1.0 if is_customer else VISITOR_ACTIVITY),
            tastes=tuple(self._catalogue.pick_category(rng) for _ in range(3)),
            browsers=[self._new_browser() for _ in range(1 + (rng.random() < 0.6))],
            cards=[f"tok_{rng.randbytes(8).hex()}" for _ in range(1 + (rng.random() < 0.25))],
        )

    def new_mailbox(self, first: str, last: str, country: Country) -> str:
        """An email address that nobody has, nor anybody of another part."""
        rng, plan = self._rng, self._plan
        given, family = _ascii(first), _ascii(last)
        local = pick(rng, (f"{given}.{family}", f"{given[0]}.{family}", f"{given}{family}"))
        domain = pick(rng, vocabulary.MAIL_DOMAINS[country.code])
        tried = local
        if plan.part or rng.random() < 0.5:
            tried = f"{local}{plan.draw_number(rng, 60, 100)}"
        # What a mailbox provider treats as the same mailbox must not belong to two people.
        while not self._take(_mailbox_key(tried, domain)):
            tried = f"{local}{plan.draw_number(rng, 100, 100_000)}"
        return f"{tried}@{domain}"

    def new_phone(self, country: Country) -> str:
        """A mobile number, in E.164, that nobody has, nor anybody of another part."""
        rng = self._rng
        while True:
            head = from_pattern(rng, pick(rng, country.mobile)[:-1])
            number = f"+{country.calling_code}{head}{self._plan.draw_number(rng, 0, 10)}"
            if self._take(number):
                return number

    def _take(self, value: str) -> bool:
        if value in self._used:
            return False
        self._used.add(value)
        return True

    def _new_browser(self) -> Browser:
        rng = self._rng
        address = rng.getrandbits(24)
        skew = 0
        if rng.random() < DIRT["clock_skew"].rate:
            reach = rng.choice((10 * MINUTE_MS, 120 * MINUTE_MS, DAY_MS, 200 * DAY_MS))
            skew = int(rng.uniform(-reach, reach))
        return Browser(
            user_agent=pick(rng, vocabulary.USER_AGENTS),
            ip=f"10.{address >> 16}.{address >> 8 & 255}.{address & 255}",
            cookie=new_cookie(rng),
            skew=skew,
            writes_offset=rng.random() < DIRT["mixed_time_zones"].rate,
        )

    def _make_known(self, person: Person) -> None:
        rng = self._rng
        if rng.random() < HAS_ACCOUNT:
            if rng.random() < SIGNS_UP_WITHIN_THE_DAYS:
                person.wants_account = True
            else:
                self.open_account(person)
        if rng.random() < HAS_LOYALTY_CARD:
            person.loyalty_number = self.new_loyalty_number()
        if rng.random() < HAS_SOCIAL_HANDLE:
            person.handle = self._handle(person)

    def open_account(self, person: Person) -> None:
        """Give a person a shop account, a newsletter and a phone with the app, as it happens."""
        rng = self._rng
        person.account_id = f"A-{self._number('A', 8)}"
        person.account_email = person.email
        person.wants_account = False
        if rng.random() < TAKES_NEWSLETTER:
            person.subscribed_email = self._dirt.vary_email(rng, person.email, "email/events")
        if rng.random() < HAS_APP:
            person.devices = [new_device(rng) for _ in range(1 + (rng.random() < 0.15))]
            self.app_users.append(person)

    def new_loyalty_number(self) -> str:
        """A loyalty number that nobody has."""
        return f"NP{self._number('NP', 9)}"

    def new_contact_id(self) -> str:
        """A CRM id that no contact has."""
        return f"C{self._number('C', 9)}"

    def _number(self, prefix: str, digits: int) -> str:
        while True:
            number = str(self._plan.draw_number(self._rng, 10 ** (digits - 1), 10**digits))
            if self._take(prefix + number):
                return number

    def _handle(self, person: Person) -> str:
        base = f"@{_ascii(person.first_name)}_{_ascii(person.last_name)}"
        handle = base
        while (self._plan.part and handle == base) or not self._take(handle):
            handle = f"{base}{self._plan.draw_number(self._rng, 10, 10_000)}"
        return handle

    def _share_mailboxes(self) -> None:
        for person, other in self._families("shared_family_email"):
            # One account a mailbox: the second person is known by card and contact only.
            if person.account_id is None:
                person.email = other.email
                person.wants_account = False
                self._dirt.count("shared_family_email", "crm/contacts")

    def _share_browsers(self) -> None:
        for person, other in self._families("shared_family_browser"):
            if person.account_id and other.account_id:
                person.browsers[0] = other.browsers[0]
                self._dirt.count("shared_family_browser", "web/events")

    def _families(self, kind: str) -> Iterator[tuple[Person, Person]]:
        """Pairs of customers who become one household, as many as the rate wants."""
        rng = self._rng
        wants_both = kind == "shared_family_browser"
        holders = [p for p in self.customers if p.account_id]
        others = [p for p in self.customers if (p.account_id is not None) == wants_both]
        pairs = min(len(holders) // 2, len(others) // 2, _at_least_one(kind, len(self.customers)))
        for holder, other in zip(
            rng.sample(holders, pairs), rng.sample(others, pairs), strict=True
        ):
            if other is not holder:
                other.last_name, other.street = holder.last_name, holder.street
                other.country, other.city, other.home = holder.country, holder.city, holder.home
                other.postcode, other.store = holder.postcode, holder.store
                yield other, holder


def _at_least_one(kind: str, of: int) -> int:
    return max(1, round(DIRT[kind].rate * of))


@cache
def _ascii(name: str) -> str:
    spelt = name.lower()
    for letter, spelling in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss")):
        spelt = spelt.replace(letter, spelling)
    return "".join(c for c in normalize("NFKD", spelt) if c.isascii() and c.isalnum())


def _mailbox_key(local: str, domain: str) -> str:
    if domain in ("gmail.com", "googlemail.com"):
        return local.replace(".", "") + "@gmail.com"
    return f"{local}@{domain}"
