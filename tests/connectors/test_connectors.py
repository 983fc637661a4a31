"""Each connector on a small company of its own, and all of them on at once."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import pytest

from cdp.settings import Settings
from cdp.warehouse.connection import Connection
from tests.connectors.expectations import FOLDER, PEOPLE, Company
from tests.connectors.tables import create_tables
from tests.dbt_process import DbtProcess
from tests.project.platform import Platform, postgres_variables

TARGETS = ("duckdb", "postgres")
CONNECTORS = sorted(folder.parent.name for folder in FOLDER.glob("*/expected"))
pytestmark = pytest.mark.slow


def platform(
    folder: Path, target: str, connectors: list[str], host: Path, process: DbtProcess
) -> Platform:
    """A warehouse with the samples of some connectors, built."""
    engine = postgres_variables(host) if target == "postgres" else {}
    variables = {"CDP_TARGET": target, "CDP_CONNECTORS": ",".join(connectors), **engine}
    built = Platform.create(folder, variables, process)
    built.landing.mkdir(parents=True)
    for name in connectors:
        if (FOLDER / name / "landing").exists():
            built.add_files(FOLDER / name / "landing")
    with mock.patch.dict(os.environ, built.environment):
        settings = Settings.from_environment()
        for name in connectors:
            if (FOLDER / name / "tables").exists():
                create_tables(settings, FOLDER / name / "tables", name.split("_")[0])
    built.land()
    built.build()
    return built


@pytest.fixture(scope="module", params=TARGETS)
def everything(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    postgres_server: Path,
    dbt_process: DbtProcess,
) -> Iterator[Connection]:
    """The warehouse of a company that has every system; on PostgreSQL in `make soak`."""
    if request.param == "postgres" and not request.config.getoption("--soak"):
        pytest.skip("a build of all connectors on PostgreSQL: make soak")
    folder = tmp_path_factory.mktemp("everything") / "platform"
    with platform(folder, request.param, CONNECTORS, postgres_server, dbt_process).warehouse() as (
        connection
    ):
        yield connection


@pytest.mark.parametrize("name", CONNECTORS)
def test_a_connector_brings_what_its_sample_holds(everything: Connection, name: str) -> None:
    assert Company(everything, name).differences() == {}


def test_one_person_is_one_profile_across_all_connectors(everything: Connection) -> None:
    profiles = {
        number: everything.execute(
            "select distinct profile_id from cdp_identity.profile_identifiers "
            "where (identifier_type = 'email' and identifier_value = $1) "
            "or (identifier_type = 'phone' and identifier_value = $2)",
            (PEOPLE[number]["email"], PEOPLE[number]["phone"]),
        )
        for number in map(str, range(1, 13))
    }
    assert {number: len(found) for number, found in profiles.items()} == dict.fromkeys(profiles, 1)
    assert len({found[0] for found in profiles.values()}) == len(profiles)


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("name", CONNECTORS)
def test_a_company_with_one_system_is_reachable(
    pytestconfig: pytest.Config,
    tmp_path: Path,
    postgres_server: Path,
    dbt_process: DbtProcess,
    name: str,
    target: str,
) -> None:
    if not pytestconfig.getoption("--soak"):
        pytest.skip("a build for each connector and engine: make soak")
    folder = tmp_path / "platform"
    with platform(folder, target, [name], postgres_server, dbt_process).warehouse() as connection:
        company = Company(connection, name)
        assert company.differences() | company.differences_alone() == {}
