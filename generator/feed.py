"""The export of one entity: rows go in as they become known, files come out."""

from __future__ import annotations

import csv
import gzip
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from typing import Any

import orjson

from generator.clock import DAY_MS, date_text, iso_utc
from generator.dirt import DIRT, Dirt, Spoiling
from generator.plan import Plan

Row = Mapping[str, Any]


class _OneLine:
    """Where the CSV writer puts the row that is being encoded."""

    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str, /) -> None:
        self.text = text


class Csv:
    """Encodes values as CSV lines; None becomes an empty field."""

    def __init__(self) -> None:
        self._line = _OneLine()
        self._writer = csv.writer(self._line, lineterminator="\n")

    def line(self, values: Sequence[object]) -> str:
        """One record with its line feed."""
        self._writer.writerow(values)
        return self._line.text


@dataclass(frozen=True, slots=True)
class FeedSpec:
    """How one entity is exported.

    Attributes:
        entity: `<channel>/<entity>`, also its folder below `landing`.
        key: The column that names a record; versions of a record share it.
        part: The column that tells the parts of a record apart, such as lines; empty for none.
        columns: Header of a CSV export; empty for JSON lines.
        late_columns: Columns that appear half-way, at the end of the header.
        days_per_file: 1 for daily files, 7 for weekly ones.
        gzip_every: Every so many files one is compressed; 0 for none.
        spoilings: Wrong values that its rows may hold.
        has_versions: Whether a record may come several times, changed.
        is_dirty: Whether its files are delivered as badly as others; master data is not.
        has_people: Whether its records belong to people, and so to the truth.
    """

    entity: str
    key: str
    part: str = ""
    columns: tuple[str, ...] = ()
    late_columns: tuple[str, ...] = ()
    days_per_file: int = 1
    gzip_every: int = 0
    spoilings: tuple[Spoiling, ...] = ()
    has_versions: bool = False
    is_dirty: bool = True
    has_people: bool = True


def _kinds(spec: FeedSpec) -> list[str]:
    """What may go wrong with a row on its way."""
    if not spec.is_dirty:
        return []
    breaks = ["csv_too_many_fields", "csv_too_few_fields"] if spec.columns else ["truncated_json"]
    spoils = sorted({spoiling.kind for spoiling in spec.spoilings})
    return ["duplicate_row", "late_row", *breaks, *spoils]


def _json_line(row: Row, _day: int) -> bytes:
    return orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE)


def _getter(columns: tuple[str, ...]) -> Callable[[Row], tuple[Any, ...]]:
    return itemgetter(*columns) if columns else lambda _: ()


def _holds(row: Row, path: tuple[str, ...]) -> bool:
    value: Any = row
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value is not None


def _replaced(row: Row, path: tuple[str, ...], value: object) -> Row:
    name, *rest = path
    return {**row, name: _replaced(row[name], tuple(rest), value) if rest else value}


class Truth:
    """Which person each record belongs to; a record of several versions is one line."""

    COLUMNS = ("channel", "entity", "source_key", "person_id")

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("w", encoding="utf-8", newline="")

    def write(self, lines: Iterable[str]) -> None:
        """Add records, each as a line of the file."""
        self._file.writelines(lines)

    def close(self) -> None:
        """Finish the file."""
        self._file.close()


class Feed:
    """The export of one entity: rows go in as they become known, files come out."""

    def __init__(self, spec: FeedSpec, plan: Plan, dirt: Dirt, landing: Path, truth: Truth) -> None:
        self.spec = spec
        self._days_per_file = spec.days_per_file
        self._part = f"-part{plan.part + 1}" if plan.parts > 1 else ""
        self._first_day = plan.first_day
        self._last_day = plan.last_day
        self._half_way_day = plan.half_way_day
        self._exported_at = plan.exported_at
        self._dirt = dirt
        self._truth = truth
        self._folder = landing / spec.entity
        self._rng = plan.stream("delivery", spec.entity)
        self._draw = self._rng.random
        self._encode = self._csv_line if spec.columns else _json_line
        self._csv = Csv()
        self._values_of = _getter(spec.columns)
        self._all_values_of = _getter((*spec.columns, *spec.late_columns))
        self._lines: defaultdict[int, list[tuple[int, bytes]]] = defaultdict(list)
        self._truth_prefix = spec.entity.replace("/", ",") + ","
        self._told: list[str] = []
        self._told_before: set[str] = set()
        self._files_written = 0
        self._rates = {kind: DIRT[kind].rate for kind in _kinds(spec)}
        self._dirty_share = sum(self._rates.values())

    def deliver(self, known_at: int, row: Row, person_id: str) -> bool:
        """Export a row, unless it becomes known only after the exports were taken.

        Args:
            known_at: When the source system knew it (epoch milliseconds); names its file.
            row: Values by column.
            person_id: The true person, empty for none.

        Returns:
            Whether it was exported in a form that can be read.
        """
        if known_at > self._exported_at:
            return False
        day = max(known_at // DAY_MS, self._first_day)
        if self._draw() < self._dirty_share:
            if not self._deliver_dirty(day, known_at, row):
                return False
        else:
            # As in _put; a call less for nearly all rows.
            period = (day - self._first_day) // self._days_per_file
            self._lines[period].append((known_at, self._encode(row, day)))
        if self.spec.has_people:
            key = row[self.spec.key]
            if self.spec.part:
                key = f"{key}-{row[self.spec.part]}"
            self._told.append(f"{self._truth_prefix}{key},{person_id}\n")
        return True

    def _put(self, day: int, known_at: int, line: bytes) -> None:
        period = (day - self._first_day) // self._days_per_file
        self._lines[period].append((known_at, line))

    def _csv_line(self, row: Row, day: int) -> bytes:
        return self._csv.line(self._values(row, day)).encode()

    def _values(self, row: Row, day: int) -> tuple[Any, ...]:
        return self._all_values_of(row) if self._has_late_columns(day) else self._values_of(row)

    def _has_late_columns(self, day: int) -> bool:
        # The header holds for a whole file, so its first day decides.
        days_into_file = (day - self._first_day) % self._days_per_file
        return day - days_into_file >= self._half_way_day

    def _deliver_dirty(self, day: int, known_at: int, row: Row) -> bool:
        kind = self._rng.choices(list(self._rates), list(self._rates.values()))[0]
        if kind == "duplicate_row":
            self._put(day, known_at, self._encode(row, day))
            self._repeat(day, known_at, row)
        elif kind == "late_row":
            self._put_late(day, known_at, row)
        elif kind == "truncated_json":
            return self._break_off(day, known_at, row)
        elif kind.startswith("csv_too_"):
            return self._break_fields(kind, day, known_at, row)
        else:
            self._put(day, known_at, self._encode(self._spoilt(kind, row), day))
        return True

    def _repeat(self, day: int, known_at: int, row: Row) -> None:
        self._dirt.count("duplicate_row", self.spec.entity)
        if self._rng.random() < 0.4:
            day = min(day + self.spec.days_per_file, self._last_day)
        if "received_at" in row and self._rng.random() < 0.5:
            # The sender saw no answer and sent the same event once more.
            again = known_at + self._rng.randrange(1_000, 120_000)
            row = {**row, "received_at": iso_utc(min(again, self._exported_at))}
        self._put(day, known_at, self._encode(row, day))

    def _put_late(self, day: int, known_at: int, row: Row) -> None:
        later = day + self.spec.days_per_file * self._rng.randint(1, 4)
        # What would come after the exports were taken is in time instead of missing.
        if later <= self._last_day:
            self._dirt.count("late_row", self.spec.entity)
            day = later
        self._put(day, known_at, self._encode(row, day))

    def _break_off(self, day: int, known_at: int, row: Row) -> bool:
        self._dirt.count("truncated_json", self.spec.entity)
        line = self._encode(row, day)
        cut = self._rng.randrange(len(line) // 5, len(line) * 4 // 5)
        # Bytes of one character must not be torn apart: the file stays valid UTF-8.
        text = line[:cut].decode(errors="ignore")
        self._put(day, known_at, f"{text}\n".encode())
        return self._written_again(day, known_at, line)

    def _written_again(self, day: int, known_at: int, line: bytes) -> bool:
        # Half of the broken writes were noticed by the source and repeated.
        again = self._rng.random() < 0.5
        if again:
            self._put(day, known_at, line)
        return again

    def _break_fields(self, kind: str, day: int, known_at: int, row: Row) -> bool:
        self._dirt.count(kind, self.spec.entity)
        values = self._values(row, day)
        if kind == "csv_too_many_fields":
            broken = (*values[:2], "", *values[2:])
        else:
            broken = values[: self._rng.randrange(1, len(values) - 1)]
        self._put(day, known_at, self._csv.line(broken).encode())
        return self._written_again(day, known_at, self._encode(row, day))

    def _spoilt(self, kind: str, row: Row) -> Row:
        spoilings = [s for s in self.spec.spoilings if s.kind == kind and _holds(row, s.path)]
        if not spoilings:
            return row
        self._dirt.count(kind, self.spec.entity)
        spoiling = self._rng.choice(spoilings)
        return _replaced(row, spoiling.path, spoiling.value)

    def flush(self, before_day: int | None = None) -> None:
        """Write the files that end before a day; all of them without one."""
        for period in sorted(self._lines):
            first = self._first_day + period * self.spec.days_per_file
            if before_day is None or first + self.spec.days_per_file <= before_day:
                self._write_file(first, self._lines.pop(period))
        if self.spec.has_versions:
            fresh = [line for line in dict.fromkeys(self._told) if line not in self._told_before]
            self._told_before.update(fresh)
            self._told = fresh
        self._truth.write(self._told)
        self._told.clear()

    def _write_file(self, first_day: int, lines: list[tuple[int, bytes]]) -> None:
        lines.sort(key=itemgetter(0))
        self._folder.mkdir(parents=True, exist_ok=True)
        name = self.spec.entity.partition("/")[2]
        suffix = "csv" if self.spec.columns else "jsonl"
        path = self._folder / f"{name}-{date_text(first_day)}{self._part}.{suffix}"
        content = b"".join(line for _, line in lines)
        if self.spec.columns:
            late = self.spec.late_columns if self._has_late_columns(first_day) else ()
            content = self._csv.line((*self.spec.columns, *late)).encode() + content
            if late:
                self._dirt.count("column_half_way", self.spec.entity, len(lines))
        self._files_written += 1
        if self.spec.gzip_every and self._files_written % self.spec.gzip_every == 0:
            # The time in a gzip header would make every run different.
            path = path.with_name(f"{path.name}.gz")
            content = gzip.compress(content, 1, mtime=0)
        # A file that is there already would mean a row came after its file was written.
        with path.open("xb") as file:
            file.write(content)
