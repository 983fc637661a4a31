"""Files of one run: a feed for each entity, the truth beside them, the folder around them."""

from __future__ import annotations

import csv
import gzip
import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from random import Random
from typing import Any

import orjson

from generator.clock import DAY_MS, date_text, iso_utc
from generator.dirt import DIRT, Dirt, Spoiling
from generator.plan import Plan

MARKER = "generator.json"

Row = Mapping[str, Any]


class FolderInUse(ValueError):
    """The output folder holds something that this generator did not make."""


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
    has_people: bool = True


class Truth:
    """Which person each record belongs to; a record of several versions is named once."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        self._file = (folder / "records.csv").open("w", encoding="utf-8", newline="")
        self._csv = Csv()
        self._file.write(self._csv.line(("channel", "entity", "source_key", "person_id")))

    def write(self, entity: str, rows: Sequence[tuple[str, str]]) -> None:
        """Add records of an entity, as key and person."""
        prefix = entity.replace("/", ",")
        self._file.writelines(f"{prefix},{key},{person}\n" for key, person in rows)

    def close(self) -> None:
        """Finish the file."""
        self._file.close()


class Feed:
    """The export of one entity: rows go in as they become known, files come out."""

    def __init__(self, spec: FeedSpec, plan: Plan, dirt: Dirt, landing: Path, truth: Truth) -> None:
        self.spec = spec
        self._plan = plan
        self._dirt = dirt
        self._truth = truth
        self._folder = landing / spec.entity
        self._rng: Random = plan.stream("delivery", spec.entity)
        self._csv = Csv()
        self._lines: dict[int, list[tuple[int, bytes]]] = {}
        self._told: list[tuple[str, str]] = []
        self._known: set[str] = set()
        self._files_written = 0
        self._columns = (*spec.columns, *spec.late_columns)
        self._half_way_count = 0
        kinds = ["duplicate_row", "late_row"]
        kinds += ["csv_too_many_fields", "csv_too_few_fields"] if spec.columns else []
        kinds += [] if spec.columns else ["truncated_json"]
        kinds += sorted({spoiling.kind for spoiling in spec.spoilings})
        self._kinds = kinds
        self._rates = [DIRT[kind].rate for kind in kinds]
        self._dirty_share = sum(self._rates)

    def deliver(self, known_at: int, row: Row, person_id: str) -> bool:
        """Export a row.

        Args:
            known_at: When the source system knew it (epoch milliseconds); names its file.
            row: Values by column.
            person_id: The true person, empty for none.

        Returns:
            Whether the row is exported: not if it becomes known after the exports were taken.
        """
        if known_at > self._plan.exported_at:
            return False
        day = max(known_at // DAY_MS, self._plan.first_day)
        if self._rng.random() < self._dirty_share:
            readable = self._deliver_dirty(day, known_at, row)
        else:
            self._put(day, known_at, self._encode(row, day))
            readable = True
        if readable and self.spec.has_people:
            self._told.append((self._key(row), person_id))
        return True

    def _key(self, row: Row) -> str:
        key: str = row[self.spec.key]
        return f"{key}-{row[self.spec.part]}" if self.spec.part else key

    def _put(self, day: int, known_at: int, line: bytes) -> None:
        period = (day - self._plan.first_day) // self.spec.days_per_file
        lines = self._lines.get(period)
        if lines is None:
            lines = self._lines[period] = []
        lines.append((known_at, line))

    def _encode(self, row: Row, day: int) -> bytes:
        if not self.spec.columns:
            return orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE)
        return self._csv.line(self._values(row, day)).encode()

    def _values(self, row: Row, day: int) -> list[Any]:
        columns = self._columns if self._has_late_columns(day) else self.spec.columns
        return [row.get(column) for column in columns]

    def _has_late_columns(self, day: int) -> bool:
        # The header holds for a whole file, so its first day decides.
        days = (day - self._plan.first_day) // self.spec.days_per_file * self.spec.days_per_file
        return self._plan.first_day + days >= self._plan.half_way_day

    def _deliver_dirty(self, day: int, known_at: int, row: Row) -> bool:
        kind = self._rng.choices(self._kinds, self._rates)[0]
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
            day = min(day + self.spec.days_per_file, self._plan.last_day)
        self._put(day, known_at, self._encode(row, day))

    def _put_late(self, day: int, known_at: int, row: Row) -> None:
        later = day + self.spec.days_per_file * self._rng.randint(1, 4)
        # What would come after the exports were taken is in time instead of missing.
        if later <= self._plan.last_day:
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
            broken = [*values[:2], "", *values[2:]]
        else:
            broken = values[: self._rng.randrange(1, len(values) - 1)]
        self._put(day, known_at, self._csv.line(broken).encode())
        return self._written_again(day, known_at, self._encode(row, day))

    def _spoilt(self, kind: str, row: Row) -> Row:
        spoiling = self._rng.choice([s for s in self.spec.spoilings if s.kind == kind])
        *parents, last = spoiling.path
        spoilt = dict(row)
        holder: dict[str, Any] = spoilt
        for parent in parents:
            if not isinstance(holder.get(parent), dict):
                return row
            holder[parent] = dict(holder[parent])
            holder = holder[parent]
        if holder.get(last) is None:
            return row
        holder[last] = spoiling.value
        self._dirt.count(kind, self.spec.entity)
        return spoilt

    def flush(self, before_day: int | None = None) -> None:
        """Write the files that end before a day; all of them without one."""
        for period in sorted(self._lines):
            first = self._plan.first_day + period * self.spec.days_per_file
            if before_day is None or first + self.spec.days_per_file <= before_day:
                self._write_file(first, self._lines.pop(period))
        self._truth.write(self.spec.entity, self._untold())
        self._told.clear()

    def _untold(self) -> list[tuple[str, str]]:
        fresh = []
        for key, person in self._told:
            if key not in self._known:
                self._known.add(key)
                fresh.append((key, person))
        return fresh

    def _write_file(self, first_day: int, lines: list[tuple[int, bytes]]) -> None:
        lines.sort(key=itemgetter(0))
        self._folder.mkdir(parents=True, exist_ok=True)
        name = self.spec.entity.partition("/")[2]
        suffix = "csv" if self.spec.columns else "jsonl"
        path = self._folder / f"{name}-{date_text(first_day)}.{suffix}"
        content = b"".join(line for _, line in lines)
        if self.spec.columns:
            late = self.spec.late_columns if self._has_late_columns(first_day) else ()
            content = self._csv.line((*self.spec.columns, *late)).encode() + content
            if late:
                self._dirt.count("column_half_way", self.spec.entity, len(lines))
        self._files_written += 1
        if self.spec.gzip_every and self._files_written % self.spec.gzip_every == 0:
            # The time in a gzip header would make every run different.
            path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(content, 1, mtime=0))
        else:
            path.write_bytes(content)


class Exports:
    """All feeds of a run, its truth and its count of dirt, below one folder."""

    def __init__(self, folder: Path, plan: Plan, dirt: Dirt) -> None:
        self._folder = folder
        self._plan = plan
        self._dirt = dirt
        self._truth = Truth(folder / "truth")
        self._feeds: dict[str, Feed] = {}

    def feed(self, spec: FeedSpec) -> Feed:
        """Open the feed of one entity."""
        feed = Feed(spec, self._plan, self._dirt, self._folder / "landing", self._truth)
        self._feeds[spec.entity] = feed
        return feed

    def flush(self, before_day: int | None = None) -> None:
        """Write the files that end before a day; all of them without one."""
        for feed in self._feeds.values():
            feed.flush(before_day)

    def close(self) -> None:
        """Write what is left, the count of dirt, and the marker that names the arguments."""
        self.flush()
        self._truth.close()
        encoder = Csv()
        lines = [encoder.line(("kind", "channel", "entity", "count"))]
        lines += [encoder.line(row) for row in self._dirt.rows()]
        (self._folder / "truth" / "dirt.csv").write_text("".join(lines), encoding="utf-8")
        marker = {
            "customers": self._plan.customers,
            "days": self._plan.days,
            "seed": self._plan.seed,
            "end_date": self._plan.end_date.isoformat(),
            "exported_at": iso_utc(self._plan.exported_at),
        }
        (self._folder / MARKER).write_text(json.dumps(marker, indent=2) + "\n", encoding="utf-8")


@contextmanager
def replaced_folder(target: Path) -> Iterator[Path]:
    """A new folder that takes the place of `target` once it is complete.

    A run that fails leaves `target` as it was. A folder that an earlier run made is replaced;
    any other folder with something in it raises `FolderInUse`.
    """
    if target.exists() and not target.is_dir():
        raise FolderInUse(f"{target} is a file: name a folder.")
    if target.is_dir() and any(target.iterdir()) and not (target / MARKER).is_file():
        raise FolderInUse(
            f"{target} is not empty and was not made by this generator (it has no {MARKER}): "
            "name another folder or remove it."
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f".{target.name}.partial")
    previous = target.with_name(f".{target.name}.previous")
    shutil.rmtree(partial, ignore_errors=True)
    shutil.rmtree(previous, ignore_errors=True)
    partial.mkdir()
    try:
        yield partial
        if target.exists():
            target.rename(previous)
        partial.rename(target)
    except BaseException:
        if previous.exists() and not target.exists():
            previous.rename(target)
        raise
    finally:
        shutil.rmtree(partial, ignore_errors=True)
        shutil.rmtree(previous, ignore_errors=True)
