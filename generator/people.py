"""People, and the browsers and phones by which the company sees them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate
from random import Random

from generator import vocabulary
from generator.catalogue import Catalogue, Product
from generator.draws import pick, poisson, weighted
from generator.geography import City, Country, Store


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
        for _ in range(poisson(rng, expected)):
            yield self.people[weighted(rng, self._shares)]

    def size(self) -> int:
        """How many people there are."""
        return len(self.people)


def new_street(rng: Random, country: Country) -> str:
    """A street and house number."""
    return pick(rng, vocabulary.STREETS[country.code]).format(n=1 + int(rng.random() * 180))


def new_cookie(rng: Random) -> str:
    """A fresh anonymous id."""
    return f"c-{rng.randbytes(10).hex()}"


def new_push_token(rng: Random, platform: str) -> str:
    """A fresh address for push messages, longer on Android."""
    return rng.randbytes(32).hex() if platform == "ios" else f"f{rng.randbytes(40).hex()}"


def new_device(rng: Random) -> AppDevice:
    """A phone on which the app was just installed, mostly with an account logged in."""
    platform = rng.choice(("ios", "android"))
    return AppDevice(
        device_id=rng.randbytes(16).hex(),
        platform=platform,
        app_version=rng.choice(("6.2.0", "6.2.1", "6.3.0", "6.4.2")),
        push_token=new_push_token(rng, platform) if rng.random() < 0.8 else None,
        logged_in=rng.random() < 0.8,
    )
