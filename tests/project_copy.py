"""A copy of the dbt project, for tests that change what it says."""

from __future__ import annotations

import shutil
from pathlib import Path

from cdp.settings import PROJECT_DIR

_PARTS = (
    "dbt_project.yml",
    "profiles.yml",
    "selectors.yml",
    "analyses",
    "models",
    "macros",
    "seeds",
    "snapshots",
    "tests/dbt",
)


def copy_project(folder: Path) -> Path:
    """Copy what dbt reads of the project into a new folder; returns it."""
    for part in _PARTS:
        source, copy = PROJECT_DIR / part, folder / part
        if source.is_dir():
            shutil.copytree(source, copy)
        elif source.exists():
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, copy)
    return folder
