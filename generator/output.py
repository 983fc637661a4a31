"""The folder of one run: the feeds of all entities, the truth beside them, all or nothing."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from generator.clock import iso_utc
from generator.dirt import Dirt
from generator.feed import Csv, Feed, FeedSpec, Truth
from generator.plan import Plan

MARKER = "generator.json"


class FolderInUse(ValueError):
    """The output folder holds something that this generator did not make."""


class Exports:
    """All feeds of one part of the company and their truth, below one folder."""

    def __init__(self, folder: Path, plan: Plan, dirt: Dirt) -> None:
        self._folder = folder
        self._plan = plan
        self._dirt = dirt
        self._truth = Truth(_truth_of(folder, plan))
        self._feeds: list[Feed] = []

    def feed(self, spec: FeedSpec) -> Feed:
        """Open the feed of one entity."""
        feed = Feed(spec, self._plan, self._dirt, self._folder / "landing", self._truth)
        self._feeds.append(feed)
        return feed

    def flush(self, before_day: int | None = None) -> None:
        """Write the files that end before a day; all of them without one."""
        for feed in self._feeds:
            feed.flush(before_day)

    def close(self) -> None:
        """Write what is left."""
        self.flush()
        self._truth.close()


def _truth_of(folder: Path, plan: Plan) -> Path:
    return folder / "truth" / f"records-{plan.part}.part"


def complete(folder: Path, plan: Plan, dirt: Dirt) -> None:
    """Put together what the parts wrote apart, and mark the folder as made here."""
    csv_of = Csv()
    with (folder / "truth" / "records.csv").open("wb") as truth:
        truth.write(csv_of.line(Truth.COLUMNS).encode())
        for part in plan.split():
            path = _truth_of(folder, part)
            with path.open("rb") as lines:
                shutil.copyfileobj(lines, truth)
            path.unlink()
    counts = [csv_of.line(row) for row in (("kind", "channel", "entity", "count"), *dirt.rows())]
    (folder / "truth" / "dirt.csv").write_text("".join(counts), encoding="utf-8")
    marker = {
        "customers": plan.customers,
        "days": plan.days,
        "seed": plan.seed,
        "end_date": plan.end_date.isoformat(),
        "exported_at": iso_utc(plan.exported_at),
    }
    (folder / MARKER).write_text(json.dumps(marker, indent=2) + "\n", encoding="utf-8")


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
