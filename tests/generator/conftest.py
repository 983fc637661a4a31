"""One generated company, big enough to hold every kind of dirt."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.cli import DEFAULT_END_DATE
from generator.plan import Plan
from generator.run import generate
from tests.generator.exported import Company


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    """1,000 customers over 50 days; read only."""
    folder = tmp_path_factory.mktemp("company") / "out"
    generate(Plan(1_000, 50, 7, DEFAULT_END_DATE), folder)
    return Company(folder)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"
