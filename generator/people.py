"""The people: who they are, what they own, and what the company knows them by."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate
from random import Random
from unicodedata import normalize

from generator import vocabulary
from generator.catalogue import Catalogue, Product
from generator.clock import DAY_MS, MINUTE_MS, date_text
from generator.dirt import DIRT, Dirt
from generator.geography import COUNTRIES, City, Country, Store, from_pattern, moved
from generator.plan import Plan

# Visitors whom the company never comes to know, for each customer.
VISITORS_PER_CUSTOMER = 0.5
HAS_ACCOUNT = 0.62
SIGNS_UP_WITHIN_THE_DAYS = 0.25
HAS_LOYALTY_CARD = 0.45
HAS_APP = 0.5  # of those with an account
HAS_SOCIAL_HANDLE = 0.08
TAKES_NEWSLETTER = 0.6
GRANTS_PUSH = 0.65
# Shape of the Pareto distribution of activity: a few people make most of the events.
ACTIVITY_SHAPE = 1.4
ACTIVITY_LIMIT = 60.0


@dataclass(slots=True)
class Browser:
    """A browser on one machine, known by its cookie until that expires.

    Attributes:
        user_agent: What it calls itself.
        ip: Its usual address, of a private range.
        cookie: The anonymous id that it sends.
        skew: Milliseconds that its clock is ahead.
        writes_offset: Whether it writes local time with an offset instead of UTC.
        last_used: Instant of its last session; 0 before the first.
        logged_in: The account that its last session left logged in.
    """

    user_agent: str
    ip: str
    cookie: str
    skew: int = 0
    writes_offset: bool = False
    last_used: int = 0
    logged_in: str | None = None


@dataclass(slots=True)
class AppDevice:
    """A phone or tablet with the app."""

    device_id: str
    platform: str
    app_version: str
    push_token: str | None
    logged_in: bool
    last_used: int = 0


@dataclass(slots=True)
class Person:
    """One true person, customer or visitor.

    Attributes:
        person_id: The key of the truth.
        home: Latitude and longitude.
        email: The mailbox this person reads, as the person would spell it.
        activity: How often this person does anything, relative to others.
        wants_account: Whether a later web session ends in a sign-up.
        account_email: The address the account logs in with, as it was typed.
        subscribed_email: The address that newsletters go to; None for none.
        shelf: Products looked at of late, the newest last.
    """

    person_id: str
    is_customer: bool
    country: Country
    city: City
    home: tuple[float, float]
    store: Store
    first_name: str
    last_name: str
    birth_date: str
    street: str
    postcode: str
    email: str
    phone: str
    activity: float
    tastes: tuple[str, ...]
    browsers: list[Browser]
    cards: list[str]
    account_id: str | None = None
    account_email: str | None = None
    wants_account: bool = False
    loyalty_number: str | None = None
    contact_ids: list[str] = field(default_factory=list)
    handle: str | None = None
    devices: list[AppDevice] = field(default_factory=list)
    subscribed_email: str | None = None
    shelf: list[Product] = field(default_factory=list)

    def look_at(self, product: Product) -> None:
        """Remember a product as one of the few last looked at."""
        self.shelf.append(product)
        del self.shelf[:-4]

    def interest(self, rng: Random, catalogue: Catalogue) -> Product:
        """The next product to look at: often one already seen, mostly of a favourite kind."""
        if self.shelf and rng.random() < 0.3:
            return self.shelf[int(rng.random() * len(self.shelf))]
        if rng.random() < 0.75:
            return catalogue.pick(rng, self.tastes[int(rng.random() * len(self.tastes))])
        return catalogue.pick(rng, catalogue.pick_category(rng))


class Crowd:
    """People drawn by their activity."""

    def __init__(self, people: list[Person]) -> None:
        self.people = people
        self._shares = list(accumulate(person.activity for person in people))

    def draw(self, rng: Random, expected: float) -> Iterator[Person]:
        """About `expected` people, each as often as active."""
        if not self.people:
            return
        total = self._shares[-1]
        for _ in range(poisson(rng, expected)):
            yield self.people[bisect(self._shares, rng.random() * total)]

    def size(self) -> int:
        """How many people there are."""
        return len(self.people)


def poisson(rng: Random, expected: float) -> int:
    """A number of independent events of which `expected` are expected."""
    if expected > 50:
        return max(0, round(rng.gauss(expected, expected**0.5)))
    count, waited = 0, rng.expovariate(1.0)
    while waited < expected:
        count += 1
        waited += rng.expovariate(1.0)
    return count


def new_cookie(rng: Random) -> str:
    """A fresh anonymous id."""
    return f"c-{rng.getrandbits(80):020x}"


def new_push_token(rng: Random, platform: str) -> str:
    """A fresh address for push messages, longer on Android."""
    return f"{rng.getrandbits(256):064x}" if platform == "ios" else f"f{rng.getrandbits(320):080x}"


class Population:
    """Builds all people from a seed; no two have an email, phone, card or handle in common."""

    def __init__(self, plan: Plan, catalogue: Catalogue, stores: list[Store], dirt: Dirt) -> None:
        self._plan = plan
        self._catalogue = catalogue
        self._dirt = dirt
        self._rng = plan.stream("people")
        self._used: set[str] = set()
        self.app_users: list[Person] = []
        self._stores = stores
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
        country = COUNTRIES[bisect(self._countries, rng.random() * self._countries[-1])]
        city = rng.choices(country.cities, [c.weight for c in country.cities])[0]
        first = rng.choice(vocabulary.FIRST_NAMES[country.code].split())
        last = rng.choice(vocabulary.LAST_NAMES[country.code].split()).replace("_", " ")
        street = rng.choice(vocabulary.STREETS[country.code])
        return Person(
            person_id=f"person-{number + 1:07d}",
            is_customer=is_customer,
            country=country,
            city=city,
            home=moved(city.latitude, city.longitude, rng.gauss(0, 3500), rng.gauss(0, 3500)),
            store=self._nearest_store(city, country),
            first_name=first,
            last_name=last,
            birth_date=date_text(rng.randrange(-11_000, 13_500)),
            street=street.format(n=rng.randint(1, 180)),
            postcode=from_pattern(rng, city.postcode),
            email=self.new_mailbox(first, last, country),
            phone=self.new_phone(country),
            activity=min(rng.paretovariate(ACTIVITY_SHAPE), ACTIVITY_LIMIT)
            * (1.0 if is_customer else 0.6),
            tastes=tuple(self._catalogue.pick_category(rng) for _ in range(3)),
            browsers=[self._new_browser() for _ in range(1 + (rng.random() < 0.6))],
            cards=[f"tok_{rng.getrandbits(64):016x}" for _ in range(1 + (rng.random() < 0.25))],
        )

    def _nearest_store(self, city: City, country: Country) -> Store:
        own = [store for store in self._stores if store.city is city]
        national = [store for store in self._stores if store.country is country]
        return self._rng.choice(own or national)

    def new_mailbox(self, first: str, last: str, country: Country) -> str:
        """An email address that nobody has."""
        rng = self._rng
        given, family = _ascii(first), _ascii(last)
        local = rng.choice((f"{given}.{family}", f"{given[0]}.{family}", f"{given}{family}"))
        if rng.random() < 0.5:
            local += str(rng.randint(60, 99))
        domain = rng.choice(vocabulary.MAIL_DOMAINS[country.code])
        tried = local
        # What a mailbox provider treats as the same mailbox must not belong to two people.
        while not self._take(_mailbox_key(tried, domain)):
            tried = f"{local}{rng.randint(100, 99_999)}"
        return f"{tried}@{domain}"

    def new_phone(self, country: Country) -> str:
        """A mobile number, in E.164, that nobody has."""
        while True:
            national = from_pattern(self._rng, self._rng.choice(country.mobile))
            number = f"+{country.calling_code}{national}"
            if self._take(number):
                return number

    def _take(self, value: str) -> bool:
        if value in self._used:
            return False
        self._used.add(value)
        return True

    def _new_browser(self) -> Browser:
        rng = self._rng
        skew = 0
        if rng.random() < DIRT["clock_skew"].rate:
            reach = rng.choice((10 * MINUTE_MS, 120 * MINUTE_MS, DAY_MS, 200 * DAY_MS))
            skew = int(rng.uniform(-reach, reach))
        return Browser(
            user_agent=rng.choice(vocabulary.USER_AGENTS),
            ip=f"10.{rng.randrange(256)}.{rng.randrange(256)}.{rng.randrange(1, 255)}",
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
            person.devices = [self.new_device() for _ in range(1 + (rng.random() < 0.15))]
            self.app_users.append(person)

    def new_device(self) -> AppDevice:
        """A phone on which the app was installed, mostly with an account logged in."""
        rng = self._rng
        platform = rng.choice(("ios", "android"))
        return AppDevice(
            device_id=f"{rng.getrandbits(128):032x}",
            platform=platform,
            app_version=rng.choice(("6.2.0", "6.2.1", "6.3.0", "6.4.2")),
            push_token=new_push_token(rng, platform) if rng.random() < 0.8 else None,
            logged_in=rng.random() < 0.8,
        )

    def new_loyalty_number(self) -> str:
        """A loyalty number that nobody has."""
        return f"NP{self._number('NP', 9)}"

    def new_contact_id(self) -> str:
        """A CRM id that no contact has."""
        return f"C{self._number('C', 9)}"

    def _number(self, prefix: str, digits: int) -> str:
        while True:
            number = str(self._rng.randrange(10 ** (digits - 1), 10**digits))
            if self._take(prefix + number):
                return number

    def _handle(self, person: Person) -> str:
        base = f"@{_ascii(person.first_name)}_{_ascii(person.last_name)}"
        handle = base
        while not self._take(handle):
            handle = f"{base}{self._rng.randint(2, 9_999)}"
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


def _ascii(name: str) -> str:
    spelt = name.lower()
    for letter, spelling in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss")):
        spelt = spelt.replace(letter, spelling)
    return "".join(c for c in normalize("NFKD", spelt) if c.isascii() and c.isalnum())


def _mailbox_key(local: str, domain: str) -> str:
    if domain in ("gmail.com", "googlemail.com"):
        return local.replace(".", "") + "@gmail.com"
    return f"{local}@{domain}"
