"""The dbt project as Dagster sees it: where it is, and how its nodes become assets."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings, DbtProject
from pydantic import BaseModel, ConfigDict

from cdp.settings import PROJECT_DIR, Postgres, Runs, Settings

TARGET_DIR = Runs.from_environment().target_path
# Owners of raw tables, and of seeds whose topic is not the name of a layer.
_GROUP_OF_THE_REST = "staging"


class Trigger(BaseModel):
    """A fast path from a file to a sync: `config.meta.trigger` of the sync's exposure.

    Attributes:
        sync: Name of the exposure.
        selector: The slice of models, listed one by one in selectors.yml; names the job too.
        sensor: Name of the sensor.
        started_by: Raw table whose files start it.
        lands: Raw tables that are landed first.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    sync: str
    selector: str
    sensor: str
    started_by: str
    lands: tuple[str, ...]


class LayerTranslator(DagsterDbtTranslator):
    """Groups assets by the layer of the design, which is the first folder under `models/`."""

    def __init__(self) -> None:
        super().__init__(DagsterDbtTranslatorSettings(enable_source_tests_as_checks=True))

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        """The layer; `rules` for seeds, `landing` for raw tables, `profiles` for their history."""
        resource_type = dbt_resource_props["resource_type"]
        if resource_type == "source":
            return "landing"
        if resource_type == "seed":
            return "rules"
        if resource_type == "snapshot":
            return "profiles"
        return str(dbt_resource_props["fqn"][1])

    def get_description(self, dbt_resource_props: Mapping[str, Any]) -> str:
        """What the YAML says, without the SQL, which is in dbt's docs."""
        return str(dbt_resource_props.get("description") or dbt_resource_props["name"]).strip()

    def get_owners(self, dbt_resource_props: Mapping[str, Any]) -> Sequence[str] | None:
        """The owner of the node's dbt group, or for seeds of the group that its topic names."""
        owners = super().get_owners(dbt_resource_props)
        return owners or [owner_of(str(dbt_resource_props["fqn"][1]))]


def load_project() -> tuple[DbtProject, Mapping[str, Any]]:
    """The project and its manifest: parsed anew in `dagster dev`, and where none is of use."""
    settings = Settings.from_environment()
    settings.prepare()
    # Tools of this environment are found even if it is not activated.
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    project = DbtProject(project_dir=PROJECT_DIR, profiles_dir=PROJECT_DIR, target_path=TARGET_DIR)
    project.prepare_if_dev()
    path = project.manifest_path
    manifest = json.loads(path.read_text()) if path.exists() else None
    if manifest is None or not is_of(settings, manifest):
        project.preparer.prepare(project)
        manifest = json.loads(path.read_text())
    return project, manifest


def is_of(settings: Settings, manifest: Mapping[str, Any]) -> bool:
    """Whether a manifest names the tables of this warehouse: it may be left from another one."""
    database = (
        Postgres.from_environment().dbname
        if settings.target == "postgres"
        else settings.duckdb_path.stem
    )
    models = [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]
    return (
        manifest["metadata"]["adapter_type"] == settings.target
        and all(node["database"] == database for node in models)
        and all(node["schema"].startswith(f"{settings.schema}_") for node in models)
        and all(each["schema"] == settings.raw_schema for each in landed_sources(manifest))
    )


def landed_sources(manifest: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Landing's own tables and those that it writes, without tables that other tools keep."""
    sources = manifest["sources"].values()
    return [
        each
        for each in sources
        if each["source_name"] == "landing"
        or each["identifier"] == f"{each['source_name']}__{each['name']}"
    ]


def owner_of(group: str) -> str:
    """Address of who looks after a group of dbt; of the one for raw data where there is none."""
    owners = {each["name"]: each["owner"]["email"] for each in MANIFEST["groups"].values()}
    return str(owners.get(group, owners[_GROUP_OF_THE_REST]))


def read_triggers(manifest: Mapping[str, Any]) -> list[Trigger]:
    """The triggers of a manifest, sorted by sync."""
    exposures = sorted(manifest["exposures"].values(), key=lambda each: str(each["name"]))
    return [
        Trigger(sync=each["name"], **each["config"]["meta"]["trigger"])
        for each in exposures
        if "trigger" in each["config"]["meta"]
    ]


PROJECT, MANIFEST = load_project()
TRIGGERS = read_triggers(MANIFEST)
TRANSLATOR = LayerTranslator()
