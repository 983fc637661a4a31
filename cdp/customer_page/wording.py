"""How the page writes names, times, counts and values."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any


def words(name: str | None) -> str:
    """A name of the warehouse as words."""
    return (name or "").replace("_", " ")


def moment(value: datetime | None) -> str:
    """A time."""
    return "never" if value is None else f"{value:%Y-%m-%d %H:%M}"


def span(first: datetime, last: datetime) -> str:
    """Two times, or one if they are written the same."""
    return " to ".join(dict.fromkeys([moment(first), moment(last)]))


def shown(value: Any) -> str:
    """The value of a trait."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date | str):
        return str(value)
    return f"{value:,.2f}" if isinstance(value, float) else f"{value:,}"


def records(count: int) -> str:
    """A number of records."""
    return "1 record" if count == 1 else f"{count:,} records"


def counted(rows: Sequence[Any], limit: int) -> str:
    """The number of rows, of which at most `limit` and one more were read."""
    return f"more than {limit:,}" if len(rows) > limit else f"{len(rows):,}"
