"""A destination with its emulator running."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from cdp.settings import Settings
from tests.cdp.activation.destinations.contract import Bench, Case
from tests.cdp.activation.emulators.emulator import serving

OpenBench = Callable[[Case], Bench]


@pytest.fixture
def open_bench(
    request: pytest.FixtureRequest,
    settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[OpenBench]:
    """Starts the emulator of a case and sets the environment for it."""
    with ExitStack() as running:

        def open_case(case: Case) -> Bench:
            emulator = case.emulator()
            emulator.prepare(request)
            running.enter_context(serving(emulator))
            for name, value in case.environment(emulator).items():
                monkeypatch.setenv(name, value)
            return Bench(case, emulator, settings, tmp_path)

        yield open_case
