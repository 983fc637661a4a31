"""What was asked for: how many customers, which days, which seed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from generator.clock import DAY_MS, HOUR_MS, day_number

# The exports are taken in the early evening of the last day, while shoppers are still about.
EXPORT_HOUR = 18
LARGEST_CUSTOMERS = 5_000_000
LARGEST_DAYS = 3_650
EARLIEST_END_DATE = date(2001, 1, 1)
LATEST_END_DATE = date(2100, 12, 31)


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
    """

    customers: int
    days: int
    seed: int
    end_date: date

    def __post_init__(self) -> None:
        if not 1 <= self.customers <= LARGEST_CUSTOMERS:
            raise ImpossiblePlan(f"--customers must be from 1 to {LARGEST_CUSTOMERS}.")
        if not 1 <= self.days <= LARGEST_DAYS:
            raise ImpossiblePlan(f"--days must be from 1 to {LARGEST_DAYS}.")
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

    def stream(self, *name: str) -> Random:
        """Random numbers of their own for one part, so that a change in one leaves the others."""
        # A text seed goes through SHA-512, so it does not depend on PYTHONHASHSEED.
        return Random("/".join((str(self.seed), *name)))
