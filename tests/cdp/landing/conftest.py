"""The worlds that landing is tested in."""

from __future__ import annotations

from pathlib import Path

import pytest

from cdp.settings import Settings
from tests.cdp.landing.landing_world import World
from tests.conftest import make_settings


@pytest.fixture
def world(settings: Settings, tmp_path: Path) -> World:
    """An empty landing path and warehouse, nothing declared, on each engine in turn."""
    return _world(settings, tmp_path)


@pytest.fixture
def duckdb_world(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> World:
    """The same on DuckDB alone, for what is decided before rows go to either engine."""
    return _world(make_settings("duckdb", tmp_path, monkeypatch, request), tmp_path)


def _world(settings: Settings, tmp_path: Path) -> World:
    staging_dir = tmp_path / "staging"
    staging_dir.mkdir()
    Path(settings.landing_path).mkdir(exist_ok=True)
    return World(settings.model_copy(update={"connectors": "demo,shop"}), staging_dir)
