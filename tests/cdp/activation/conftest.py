"""The worlds that activation is tested in, on each engine."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from cdp.activation.faults import FaultPlan
from cdp.activation.receiver import RunningReceiver, running_receiver
from cdp.settings import Settings
from cdp.warehouse.connection import connected
from tests.cdp.activation.activation_world import SCHEMAS, SECRET, World
from tests.conftest import create_database


@pytest.fixture(scope="session")
def activation_database(postgres_server: Path) -> str:
    """One database for all these tests; making one for each costs more than the test."""
    return create_database(postgres_server)


@pytest.fixture(params=["duckdb", "postgres"])
def settings(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Settings]:
    """An empty warehouse, on each engine in turn."""
    for variable in [name for name in os.environ if name.startswith(("CDP_", "PG", "DATABASE_"))]:
        monkeypatch.delenv(variable)
    monkeypatch.setenv("CDP_TARGET", request.param)
    monkeypatch.setenv("CDP_DATA_DIR", str(tmp_path))
    if request.param == "postgres":
        monkeypatch.setenv("PGHOST", str(request.getfixturevalue("postgres_server")))
        monkeypatch.setenv("PGUSER", "postgres")
        monkeypatch.setenv("PGDATABASE", request.getfixturevalue("activation_database"))
    settings = Settings.from_environment()
    settings.prepare()
    yield settings
    if request.param == "postgres":
        with connected(settings) as connection:
            for schema in SCHEMAS:
                connection.execute(f"drop schema if exists {schema} cascade")


@pytest.fixture(scope="session")
def receiver_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningReceiver]:
    store = tmp_path_factory.mktemp("receiver") / "store.sqlite"
    with running_receiver(store, secret=SECRET) as running:
        yield running


@pytest.fixture
def receiver(receiver_process: RunningReceiver) -> Iterator[RunningReceiver]:
    """The receiver, which behaves until a test says otherwise."""
    receiver_process.misbehave(FaultPlan())
    yield receiver_process
    receiver_process.misbehave(FaultPlan())


@pytest.fixture
def world(
    settings: Settings,
    receiver: RunningReceiver,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> World:
    monkeypatch.setenv("CDP_WEBHOOK_SECRET", SECRET)
    monkeypatch.setenv("CDP_WEBHOOK_URL", receiver.url)
    return World(settings.model_copy(update={"webhook_url": receiver.url}), receiver, tmp_path)
