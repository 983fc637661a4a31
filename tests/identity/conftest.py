"""The identity world, on each engine."""

from __future__ import annotations

import pytest

from cdp.settings import Settings
from tests.identity.identity_world import World, make_world


@pytest.fixture
def world(settings: Settings) -> World:
    """Sources without a record, and the rules of `RULES`."""
    return make_world(settings)
