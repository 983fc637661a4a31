"""The parsed manifest of the project, once a test session."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from dbt.cli.main import dbtRunner

PROJECT_DIR = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(scope="session")
def manifest_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """manifest.json as dbt writes it, parsed for DuckDB."""
    folder = tmp_path_factory.mktemp("manifest")
    arguments = ["--quiet", "parse", "--project-dir", str(PROJECT_DIR), "--target", "duckdb"]
    arguments += ["--profiles-dir", str(PROJECT_DIR), "--target-path", str(folder)]
    previous = os.environ.get("CDP_DUCKDB_PATH")
    os.environ["CDP_DUCKDB_PATH"] = str(folder / "warehouse.duckdb")
    try:
        result = dbtRunner().invoke(arguments)
    finally:
        if previous is None:
            del os.environ["CDP_DUCKDB_PATH"]
        else:
            os.environ["CDP_DUCKDB_PATH"] = previous
    assert result.success, result.exception
    return folder / "manifest.json"


@pytest.fixture(scope="session")
def manifest(manifest_path: Path) -> dict[str, Any]:
    """The parsed manifest."""
    parsed: dict[str, Any] = json.loads(manifest_path.read_text())
    return parsed
