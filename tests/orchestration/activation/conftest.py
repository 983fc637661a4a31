"""The worlds that activation is tested in, on each engine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from orchestration.activation.faults import FaultPlan
from orchestration.activation.receiver import RunningReceiver, running_receiver
from orchestration.settings import Settings
from tests.orchestration.activation.activation_world import SECRET, World


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
    return World(replace(settings, webhook_url=receiver.url), receiver, tmp_path)
