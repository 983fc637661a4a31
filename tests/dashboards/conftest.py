"""The built warehouse of the project's tests, published."""

from __future__ import annotations

import os
from unittest import mock

import pytest

from cdp.publishing import publish
from cdp.settings import Settings
from tests.project.conftest import (  # noqa: F401
    Built,
    built,
    exports,
    manifest,
    manifest_path,
)
from tests.project.platform import Platform


@pytest.fixture(scope="module")
def published(
    built: Built,  # noqa: F811
    tmp_path_factory: pytest.TempPathFactory,
) -> Platform:
    """A warehouse on DuckDB with its copy."""
    platform = built("duckdb").copy(tmp_path_factory.mktemp("published") / "platform")
    with mock.patch.dict(os.environ, platform.environment):
        settings = Settings.from_environment()
    publish(settings, platform.folder / "target/manifest.json")
    return platform
