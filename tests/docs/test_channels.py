"""The page on a new channel, run on a file in that layout."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.dbt_process import DbtProcess
from tests.docs.pages import DOCS, apply
from tests.project.platform import Platform, postgres_variables
from tests.project_copy import copy_project

FIXTURES = Path(__file__).parent / "fixtures"
PAGES = [DOCS / "how-to" / "add-a-channel.md"]
CHANNELS = ("reviews",)
ASSERTIONS = (
    "assert_every_source_is_staged",
    "assert_identity_sources_are_complete",
    "assert_every_identity_source_is_on_the_timeline",
)
# Raw table → rows accepted, duplicate and quarantined.
EXPECTED = {
    "reviews__ratings": (1, 0, 1),
}

# One person's identifiers, from all of them.
ADA = [
    ("email", "ada@example.com"),
]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project with what all pages say."""
    assert len(PAGES) == len(CHANNELS)
    folder = copy_project(tmp_path_factory.mktemp("start_from") / "project")
    for page in PAGES:
        apply(page, folder)
    return folder


@pytest.mark.parametrize("target", ["duckdb", "postgres"])
def test_exports_are_staged_and_joined(
    target: str,
    project: Path,
    dbt_process: DbtProcess,
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> None:
    variables = {"CDP_TARGET": target}
    if target == "postgres":
        variables |= postgres_variables(request.getfixturevalue("postgres_server"))
    platform = Platform.create(tmp_path / "platform", variables, dbt_process)
    platform.add_files(FIXTURES)
    platform.land()
    environment = {**os.environ, **platform.environment}
    staged = [f"path:models/staging/{channel}" for channel in CHANNELS]
    dbt_process.check(
        "build",
        *("--resource-type", "seed", "--resource-type", "model"),
        *("--select", "path:seeds/normalisation", "path:seeds/identity", "+profile_identifiers"),
        *staged,
        environment=environment,
        project=project,
    )
    dbt_process.check(
        "test",
        *("--indirect-selection", "cautious", "--select", *staged, *ASSERTIONS),
        environment=environment,
        project=project,
    )

    for table, counts in EXPECTED.items():
        statuses = dict(
            platform.rows(
                f"select _row_status, count(*) from cdp_staging.base_{table} group by _row_status"
            )
        )
        found = tuple(statuses.get(name, 0) for name in ("accepted", "duplicate", "quarantined"))
        assert found == counts, table
    profiles = {
        (kind, value): profile
        for kind, value, profile in platform.rows(
            "select identifier_type, identifier_value, profile_id "
            "from cdp_identity.profile_identifiers"
        )
    }
    found = {identifier: profiles.get(identifier) for identifier in ADA}
    assert len(set(found.values())) == 1, found
    assert profiles["email", "bo@example.com"] != profiles["email", "ada@example.com"]
