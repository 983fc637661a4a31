"""Instants as epoch milliseconds and the texts that the source systems write for them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

SECOND_MS = 1_000
MINUTE_MS = 60 * SECOND_MS
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS

_EPOCH = date(1970, 1, 1)
# Formatting is the hot path of the whole run: a table of the day's seconds halves its cost.
_TIME_TEXTS = [f"{s // 3600:02d}:{s // 60 % 60:02d}:{s % 60:02d}" for s in range(86_400)]
# Only ever the end of a UTC instant.
_MILLISECOND_TEXTS = [f".{ms:03d}Z" for ms in range(1_000)]


def day_number(day: date) -> int:
    """Days from 1970-01-01 to `day`."""
    return (day - _EPOCH).days


class _DateTexts(dict[int, str]):
    def __missing__(self, day: int) -> str:
        self[day] = text = (_EPOCH + timedelta(days=day)).isoformat()
        return text


_DATE_TEXTS = _DateTexts()


def date_text(day: int) -> str:
    """`YYYY-MM-DD` of a day number."""
    return _DATE_TEXTS[day]


@cache
def weekday(day: int) -> int:
    """Weekday of a day number, Monday is 0."""
    return (_EPOCH + timedelta(days=day)).weekday()


@cache
def week_name(day: int) -> str:
    """ISO week of a day number as `YYYY-wNN`."""
    year, week, _ = (_EPOCH + timedelta(days=day)).isocalendar()
    return f"{year}-w{week:02d}"


def _local_text(instant: int, separator: str) -> str:
    day, rest = divmod(instant, DAY_MS)
    return f"{_DATE_TEXTS[day]}{separator}{_TIME_TEXTS[rest // 1000]}"


def utc_text(instant: int) -> str:
    """`YYYY-MM-DD HH:MM:SS` in UTC."""
    return _local_text(instant, " ")


def iso_utc(instant: int) -> str:
    """`YYYY-MM-DDTHH:MM:SS.mmmZ`."""
    seconds, ms = divmod(instant, SECOND_MS)
    return (
        f"{_DATE_TEXTS[seconds // 86_400]}T{_TIME_TEXTS[seconds % 86_400]}{_MILLISECOND_TEXTS[ms]}"
    )


@cache
def _offset_at_hour(zone: str, hour: int) -> int:
    # Offsets of the zones used here change on the hour only.
    moment = datetime.fromtimestamp(hour * 3600, ZoneInfo(zone))
    ahead = moment.utcoffset() or timedelta()
    return int(ahead.total_seconds()) * SECOND_MS


def offset(zone: str, instant: int) -> int:
    """Milliseconds that local time in `zone` is ahead of UTC."""
    return _offset_at_hour(zone, instant // HOUR_MS)


@cache
def _offset_text(offset_ms: int) -> str:
    sign = "-" if offset_ms < 0 else "+"
    hours, minutes = divmod(abs(offset_ms) // MINUTE_MS, 60)
    return f"{sign}{hours:02d}:{minutes:02d}"


def iso_local(instant: int, zone: str) -> str:
    """`YYYY-MM-DDTHH:MM:SS±HH:MM` in the local time of `zone`."""
    shift = offset(zone, instant)
    day, rest = divmod(instant + shift, DAY_MS)
    return f"{_DATE_TEXTS[day]}T{_TIME_TEXTS[rest // 1000]}{_offset_text(shift)}"


def local_text(instant: int, zone: str) -> str:
    """`YYYY-MM-DD HH:MM:SS` in the local time of `zone`, without saying so."""
    return _local_text(instant + offset(zone, instant), " ")


def short_offset_text(instant: int, zone: str) -> str:
    """`YYYY-MM-DD HH:MM:SS±HH` in the local time of `zone`."""
    shift = offset(zone, instant)
    return _local_text(instant + shift, " ") + _offset_text(shift)[:3]


def within_day(day: int, zone: str, local_second: float) -> int:
    """The instant of the UTC day at which clocks in `zone` show a second of the day."""
    midnight = day * DAY_MS
    instant = midnight + int(local_second * SECOND_MS)
    shifted = instant - offset(zone, instant)
    # Wrapped round instead of moved to the day before, whose files are already written.
    return midnight + (shifted - midnight) % DAY_MS
