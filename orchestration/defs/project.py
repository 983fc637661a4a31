"""The dbt project as Dagster sees it: where it is, and how its nodes become assets."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dagster_dbt import (
    DagsterDbtTranslator,
    DagsterDbtTranslatorSettings,
    DbtCliResource,
    DbtProject,
)

from orchestration.settings import PROJECT_DIR, Settings

TARGET_DIR = Path(os.environ.get("DBT_TARGET_PATH", PROJECT_DIR / "target"))


class LayerTranslator(DagsterDbtTranslator):
    """Groups assets by the layer of the design, which is the first folder under `models/`."""

    def __init__(self) -> None:
        super().__init__(DagsterDbtTranslatorSettings(enable_source_tests_as_checks=True))

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        """The layer; `rules` for seeds, `landing` for raw tables."""
        resource_type = dbt_resource_props["resource_type"]
        if resource_type == "source":
            return "landing"
        if resource_type == "seed":
            return "rules"
        return str(dbt_resource_props["fqn"][1])


def load_project() -> DbtProject:
    """The project with its manifest: parsed anew in `dagster dev`, or where there is none yet."""
    Settings.from_environment().prepare()
    # Tools of this environment are found without its being activated.
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    project = DbtProject(project_dir=PROJECT_DIR, profiles_dir=PROJECT_DIR, target_path=TARGET_DIR)
    project.prepare_if_dev()
    if not project.manifest_path.exists():
        project.preparer.prepare(project)
    return project


PROJECT = load_project()
TRANSLATOR = LayerTranslator()
DBT = DbtCliResource(project_dir=PROJECT)
