"""The instance of `deploy/dagster.yaml`, on a real PostgreSQL."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
import yaml
from dagster import DagsterInstance, DagsterRunStatus, asset, materialize
from dagster._core.run_coordinator import QueuedRunCoordinator

from cdp.settings import PROJECT_DIR
from tests.conftest import create_database

DEPLOY = PROJECT_DIR / "deploy"


@asset
def profiles() -> None:
    pass


def test_the_instance_keeps_its_runs_in_postgres(
    postgres_server: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = create_database(postgres_server)
    monkeypatch.setenv(
        "DAGSTER_POSTGRES_URL", f"postgresql+psycopg2://postgres@/{database}?host={postgres_server}"
    )
    (tmp_path / "dagster.yaml").write_text((DEPLOY / "dagster.yaml").read_text())
    with DagsterInstance.from_config(str(tmp_path)) as instance:
        assert isinstance(instance.run_coordinator, QueuedRunCoordinator)
        (limit,) = instance.get_concurrency_config().run_queue_config.tag_concurrency_limits
        assert (limit["key"], limit["limit"]) == ("cdp/warehouse", 1)
        run_id = materialize([profiles], instance=instance).run_id
    with psycopg.connect(f"host={postgres_server} user=postgres dbname={database}") as connection:
        rows = connection.execute("select run_id, status from runs").fetchall()
    assert rows == [(run_id, DagsterRunStatus.SUCCESS.value)]


def test_the_image_holds_what_the_instance_and_the_workspace_name() -> None:
    image = (DEPLOY / "Containerfile").read_text()
    assert "deploy/dagster.yaml" in image
    assert "deploy/workspace.yaml" in image
    (server,) = yaml.safe_load((DEPLOY / "workspace.yaml").read_text())["load_from"]
    assert str(server["grpc_server"]["port"]) in image
