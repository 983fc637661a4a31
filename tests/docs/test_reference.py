"""The reference of settings names every setting that is read, and none that is not."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import yaml

from cdp.cli import reference
from cdp.settings import PROJECT_DIR
from tests.docs.pages import DOCS

PAGE = (DOCS / "reference.md").read_text()
READING = (
    "cdp",
    "dashboards",
    "orchestration",
    "generator",
    "benchmarks",
    "macros",
    "models",
    "snapshots",
    ".dagster",
)
FILES = ("Makefile", "profiles.yml", "dbt_project.yml", "tests/conftest.py")
VARIABLE = re.compile(r"\bCDP_[A-Z][A-Z_]*[A-Z]\b")


def sources() -> Iterable[Path]:
    for folder in READING:
        yield from (p for p in (PROJECT_DIR / folder).rglob("*.*") if p.suffix in _TEXT)
    yield from (PROJECT_DIR / name for name in FILES)


_TEXT = {".py", ".sql", ".yml", ".yaml", ".toml"}


def described(heading: str) -> dict[str, list[str]]:
    """Cells of the tables under headings that begin so, by each name in the first cell."""
    found: dict[str, list[str]] = {}
    for section in re.split(r"^## ", PAGE, flags=re.MULTILINE)[1:]:
        if not section.startswith(heading):
            continue
        for line in section.splitlines():
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            for name in re.findall(r"`(\w+)`", cells[0]) if line.startswith("| `") else []:
                assert name not in found, f"{name} is described twice"
                found[name] = cells
    return found


def test_the_page_is_written_from_the_declarations() -> None:
    assert reference.page(PAGE) == PAGE, "run: cdp docs-reference"


def test_every_variable_of_the_environment_is_described() -> None:
    read = {name for path in sources() for name in VARIABLE.findall(path.read_text())}
    assert len(read) > 30
    documented = {name for name in described("Environment") if name.startswith("CDP_")}
    assert documented == read


def test_every_variable_of_dbt_is_described_with_its_default() -> None:
    declared = yaml.safe_load((PROJECT_DIR / "dbt_project.yml").read_text())["vars"]
    used = {
        name
        for folder in ("macros", "models", "snapshots")
        for path in (PROJECT_DIR / folder).rglob("*.*")
        if path.suffix in _TEXT
        for name in re.findall(r"\bvar\(['\"](\w+)['\"]", path.read_text())
    }
    rows = described("Variables of dbt")
    assert rows.keys() == declared.keys() | used
    stale = {
        name: rows[name][2]
        for name, value in declared.items()
        if rows[name][2] != f"`{str(value).lower() if isinstance(value, bool) else value}`"
    }
    assert not stale


def test_every_folder_of_seeds_is_named() -> None:
    folders = {f"seeds/{path.name}" for path in (PROJECT_DIR / "seeds").iterdir()}
    assert folders == set(re.findall(r"`(seeds/\w+)`", PAGE))
