"""The documentation site: built strictly, complete, and without files of other machines."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from mkdocs.config import load_config

from cdp.settings import PROJECT_DIR
from tests.docs.pages import DOCS

LOADED = re.compile(r"<(?:script|link|img|source)\b[^>]*\b(?:src|href)=\"?(?:https?:)?//[^\s\">]+")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built site; a broken link, a missing heading or a page outside the navigation fails."""
    folder = tmp_path_factory.mktemp("docs") / "site"
    built = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)],
        cwd=PROJECT_DIR,
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    return folder


def listed(entry: Any) -> Iterator[str]:
    """Paths of the pages in a part of the navigation."""
    if isinstance(entry, str):
        yield entry
    else:
        for part in entry.values() if isinstance(entry, dict) else entry:
            yield from listed(part)


def test_every_page_is_in_the_navigation_once() -> None:
    navigation = list(listed(load_config(str(PROJECT_DIR / "mkdocs.yml"))["nav"]))
    pages = {path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md")}
    assert sorted(navigation) == sorted(pages)


def test_every_page_is_found_by_search(site: Path) -> None:
    index = json.loads((site / "search" / "search_index.json").read_text())
    found = {entry["location"].partition("#")[0] for entry in index["docs"]}
    pages = {path.relative_to(DOCS).with_suffix(".html").as_posix() for path in DOCS.rglob("*.md")}
    assert found == {page.replace("README.html", "index.html") for page in pages}


def test_no_page_names_a_file_of_another_machine(site: Path) -> None:
    """The one exception is not in the pages: the theme's script fetches Mermaid for a diagram."""
    pages = list(site.rglob("*.html"))
    assert len(pages) > 30
    wrong = {str(page): LOADED.findall(page.read_text()) for page in pages}
    assert not {page: urls for page, urls in wrong.items() if urls}
