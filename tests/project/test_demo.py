"""The company of the demo, in which the shopper of the boots story is to be reached."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from cdp.cli import demo


@pytest.mark.parametrize("catalog", ["stores", "products"])
def test_the_story_keeps_what_is_its_own_in_the_company(
    catalog: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another row of the same number would take its place, and the store would be elsewhere."""
    monkeypatch.setattr(demo, "CUSTOMERS", 20)
    monkeypatch.setattr(demo, "DAYS", 2)
    demo.write_company(tmp_path / "data" / "landing")
    of_story, of_company = set(), set()
    for file in (tmp_path / "data" / "landing" / "catalog" / catalog).iterdir():
        with file.open(newline="", encoding="utf-8") as rows:
            numbers = {row[0] for row in list(csv.reader(rows))[1:]}
        (of_story if file.name.startswith("boots-story-") else of_company).update(numbers)
    assert of_story
    assert of_company
    assert not of_story & of_company
