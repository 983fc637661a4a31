"""What was asked for: how many customers, which days, which seed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from generator.clock import DAY_MS, HOUR_MS, day_number

# The exports are taken in the early evening of the last day, while shoppers are still about.
EXPORT_HOUR = 18
MAX_CUSTOMERS = 5_000_000
MAX_DAYS = 3_650
EARLIEST_END_DATE = date(2001, 1, 1)
LATEST_END_DATE = date(2100, 12, 31)
# More customers than this are made in parts that need nothing of each other, at the same time.
CUSTOMERS_PER_PART = 25_000
# The last digit of a number tells the parts apart, so there are ten at most.
MAX_PARTS = 10


class ImpossiblePlan(ValueError):
    """Arguments that no company fits; the message names the argument and its limits."""


@dataclass(frozen=True)
class Plan:
    """The arguments of one run.

    Attributes:
        customers: People the company can come to know; unknown visitors come on top.
        days: Days of activity, the last of which is `end_date`.
        seed: Any whole number; another seed gives another company.
        end_date: The day, in UTC, on which the exports are taken.
        part: Which part of the company this is, from 0.
        parts: How many parts the company has; a function of the customers, not of the machine.
    """

    customers: int
    days: int
    seed: int
    end_date: date
    part: int = 0
    parts: int = 1

    def __post_init__(self) -> None:
        if not 1 <= self.customers <= MAX_CUSTOMERS:
            raise ImpossiblePlan(f"--customers must be from 1 to {MAX_CUSTOMERS}.")
        if not 1 <= self.days <= MAX_DAYS:
            raise ImpossiblePlan(f"--days must be from 1 to {MAX_DAYS}.")
        if not EARLIEST_END_DATE <= self.end_date <= LATEST_END_DATE:
            raise ImpossiblePlan(
                f"--end-date must be from {EARLIEST_END_DATE} to {LATEST_END_DATE}."
            )

    @property
    def first_day(self) -> int:
        """First day of activity, in days since 1970-01-01."""
        return day_number(self.end_date - timedelta(days=self.days - 1))

    @property
    def last_day(self) -> int:
        """Day of `end_date`, in days since 1970-01-01."""
        return day_number(self.end_date)

    @property
    def half_way_day(self) -> int:
        """Day from which the exports have the columns that appear half-way."""
        return self.first_day + self.days // 2

    @property
    def exported_at(self) -> int:
        """Instant at which the exports are taken (epoch milliseconds): nothing is known later."""
        return self.last_day * DAY_MS + EXPORT_HOUR * HOUR_MS

    def split(self) -> list[Plan]:
        """The plans of the parts that this company is made in."""
        parts = min(MAX_PARTS, -(-self.customers // CUSTOMERS_PER_PART))
        share, rest = divmod(self.customers, parts)
        return [
            replace(self, customers=share + (part < rest), part=part, parts=parts)
            for part in range(parts)
        ]

    def stream(self, *name: str) -> Random:
        """Random numbers of their own for one matter, so that a change in one leaves the others."""
        return self.common_stream(f"part {self.part}", *name)

    def common_stream(self, *name: str) -> Random:
        """Random numbers that are the same in all parts, for what the parts have in common."""
        # A text seed goes through SHA-512, so it does not depend on PYTHONHASHSEED.
        return Random("/".join((str(self.seed), *name)))

    def numbered(self, count: int) -> int:
        """A number for the thing after `count` others of its kind; no two parts use the same."""
        return count * self.parts + self.part + 1

    def draw_number(self, rng: Random, low: int, high: int) -> int:
        """A whole number below `high` that no other part draws, from about `low` on."""
        tens = rng.randrange(low // 10, high // 10)
        digits = (9 - self.part) // self.parts + 1
        return tens * 10 + rng.randrange(digits) * self.parts + self.part
