"""The page on a new channel, followed in a copy of the project; on both engines."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

import pytest

from cdp.connectors.new import new_connector
from cdp.settings import Settings
from tests.conftest import make_settings
from tests.dbt_process import DbtProcess
from tests.docs.pages import DOCS, apply, blocks
from tests.project.platform import Platform, postgres_variables
from tests.project_copy import copy_project

PAGE = DOCS / "how-to" / "add-a-channel.md"
ASSERTIONS = ("assert_every_source_is_staged", "assert_every_staging_model_is_registered")


@pytest.fixture
def settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Settings:
    return make_settings("duckdb", tmp_path / "settings", monkeypatch, request)


@pytest.mark.parametrize("target", ["duckdb", "postgres"])
def test_the_page_leads_to_events(
    target: str,
    settings: Settings,
    dbt_process: DbtProcess,
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> None:
    shown = blocks(PAGE)
    [sample] = [block.text for block in shown if block.text.startswith("rating_id,")]
    [line] = [block.text for block in shown if "$ cdp new connector" in block.text]
    _, _, _, _, name, option, file = shlex.split(line)
    assert option == "--from"
    export = tmp_path / file
    export.parent.mkdir()
    export.write_text(sample + "\n")
    project = copy_project(tmp_path / "project")
    written = new_connector(settings, name, [export], project=project)
    page = PAGE.read_text()
    assert len(written.files) == 4
    assert all(f"`{path}`" in page for path in written.files)
    apply(PAGE, project)

    variables = {"CDP_TARGET": target, "CDP_CONNECTORS": name}
    if target == "postgres":
        variables |= postgres_variables(request.getfixturevalue("postgres_server"))
    platform = Platform.create(tmp_path / "platform", variables, dbt_process)
    (platform.landing / name / "ratings").mkdir(parents=True)
    (platform.landing / name / "ratings" / export.name).write_text(export.read_text())
    platform.land()
    environment = {**os.environ, **platform.environment}
    dbt_process.check(
        "build",
        *("--resource-type", "seed", "--resource-type", "model"),
        *("--select", "+profile_identifiers", "+int_journeys__timeline", "+unmapped_values"),
        environment=environment,
        project=project,
    )
    dbt_process.check(
        *("test", "--indirect-selection", "cautious"),
        *("--select", f"path:models/staging/{name}", *ASSERTIONS),
        environment=environment,
        project=project,
    )

    assert platform.rows(
        "select event_name, product_id from cdp_journeys.int_journeys__timeline"
    ) == [("product_rated", "BOOT-39")]
    assert platform.rows(
        "select identifier_type, identifier_value from cdp_identity.profile_identifiers"
    ) == [("email", "ada@example.com")]
    assert platform.rows(
        "select _quarantine_reason from cdp_staging.base_reviews__ratings"
        " where _row_status = 'quarantined'"
    ) == [("stars is not between 1 and 5",)]
    assert platform.rows("select * from cdp_metrics.unmapped_values") == []
