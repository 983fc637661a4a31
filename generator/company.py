"""The company as a whole: what its channels share and tell each other."""

from __future__ import annotations

from bisect import bisect
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import accumulate
from random import Random
from typing import Protocol

from generator.catalogue import Catalogue
from generator.dirt import Dirt
from generator.geography import open_stores
from generator.output import Exports
from generator.people import Crowd, Person
from generator.plan import Plan
from generator.population import Population

# How busy each hour of local time is on the web and in the app.
_HOURS = (2, 1, 1, 1, 1, 2, 4, 7, 9, 9, 9, 9, 10, 9, 8, 8, 9, 11, 13, 15, 17, 16, 11, 5)


class Channel(Protocol):
    """One source system."""

    def run(self, day: int) -> None:
        """Do everything that happens there on a day (days since 1970-01-01)."""


@dataclass(frozen=True, slots=True)
class CampaignVisit:
    """A web session that a message led to.

    Attributes:
        at: When the link was opened.
        person: Who opened it.
        medium: `email` or `push`.
        campaign: Name of the campaign in the link.
    """

    at: int
    person: Person
    medium: str
    campaign: str


@dataclass(frozen=True, slots=True)
class Order:
    """An order of the web shop or the app."""

    at: int
    order_id: str
    person: Person


@dataclass(slots=True)
class News:
    """What one channel did on a day that others act upon; forgotten at the end of the day."""

    sign_ups: list[tuple[int, Person]] = field(default_factory=list)
    installs: list[tuple[int, Person]] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)
    card_sales: list[tuple[str, float]] = field(default_factory=list)
    enrolments: list[Person] = field(default_factory=list)
    unsubscriptions: list[tuple[int, Person]] = field(default_factory=list)


class Company:
    """What all channels share."""

    def __init__(self, plan: Plan, exports: Exports, dirt: Dirt) -> None:
        self.plan = plan
        self.exports = exports
        self.dirt = dirt
        self.catalogue = Catalogue(plan.common_stream("catalogue"), plan.first_day * 86_400_000)
        self.stores = open_stores(plan.common_stream("stores"))
        self.population = Population(plan, self.catalogue, self.stores, dirt)
        self.customers = Crowd(self.population.customers)
        self.everyone = Crowd(self.population.customers + self.population.visitors)
        self.visits: dict[int, list[CampaignVisit]] = defaultdict(list)
        self.news = News()
        self._order_count = 0
        self._hours = list(accumulate(_HOURS))

    def new_order_id(self) -> str:
        """The next order number of the shop."""
        self._order_count += 1
        return f"O-{700_000 + self.plan.numbered(self._order_count)}"

    def local_second(self, rng: Random) -> float:
        """A second of the day at which somebody is about, in local time."""
        hour = bisect(self._hours, rng.random() * self._hours[-1])
        return (hour + rng.random()) * 3600
