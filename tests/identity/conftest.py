"""The identity world, on each engine."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from cdp.settings import Settings, Target
from tests.conftest import create_database, make_settings
from tests.dbt_process import DbtProcess
from tests.identity.identity_world import World


@pytest.fixture(scope="session")
def empty_world(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[Target], str]:
    """Builds a world without a record, once per engine; returns its file or database."""
    built: dict[Target, str] = {}

    def build(target: Target) -> str:
        if target not in built:
            folder = tmp_path_factory.mktemp(f"empty-world-{target}")
            with pytest.MonkeyPatch.context() as patch:
                settings = make_settings(target, folder, patch, request)
                world = World(settings, request.getfixturevalue("dbt_process"))
                world.create()
                # The command's process leaves what it wrote in the log beside the file.
                world.execute("checkpoint")
                is_file = target == "duckdb"
                built[target] = str(settings.duckdb_path) if is_file else os.environ["PGDATABASE"]
        return built[target]

    return build


@pytest.fixture
def world(
    settings: Settings, dbt_process: DbtProcess, empty_world: Callable[[Target], str]
) -> World:
    """Sources without a record, and the rules of `RULES`."""
    source = empty_world(settings.target)
    if settings.target == "duckdb":
        shutil.copy(source, settings.duckdb_path)
    else:
        host, name = os.environ["PGHOST"], os.environ["PGDATABASE"]
        administrator = f"host={host} user=postgres dbname=postgres"
        with psycopg.connect(administrator, autocommit=True) as connection:
            connection.execute(f'drop database "{name}"'.encode())
        create_database(Path(host), source, name)
    return World(settings, dbt_process)
