"""The platform in a folder of its own, driven through the commands that people use."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

from orchestration.activation.receiver import RunningReceiver
from orchestration.settings import PROJECT_DIR, Settings
from orchestration.warehouse import Connection, connected

SECRET = "a-secret-of-the-tests"
BIN = Path(sys.executable).parent


@dataclass(frozen=True)
class Platform:
    """One warehouse with its landing folder.

    Attributes:
        folder: Everything that the commands write.
        environment: Variables of the commands, on top of an environment without ours.
    """

    folder: Path
    environment: Mapping[str, str]

    @classmethod
    def create(cls, folder: Path, variables: Mapping[str, str]) -> Platform:
        """An empty platform; `variables` choose the engine."""
        folder.mkdir(parents=True, exist_ok=True)
        return cls(
            folder,
            {
                "CDP_DATA_DIR": str(folder),
                "CDP_DUCKDB_PATH": str(folder / "warehouse.duckdb"),
                "CDP_LANDING_PATH": str(folder / "landing"),
                "CDP_WEBHOOK_SECRET": SECRET,
                "DBT_TARGET_PATH": str(folder / "target"),
                "DBT_LOG_PATH": str(folder / "logs"),
                "DBT_PROFILES_DIR": str(PROJECT_DIR),
                "DAGSTER_HOME": str(folder / "dagster"),
                **variables,
            },
        )

    @property
    def landing(self) -> Path:
        """Where channel files are put."""
        return self.folder / "landing"

    @property
    def manifest(self) -> dict[str, Any]:
        """What the last command of dbt wrote."""
        parsed: dict[str, Any] = json.loads((self.folder / "target/manifest.json").read_text())
        return parsed

    def add_files(self, source: Path) -> None:
        """Copy channel files, laid out as a landing folder is, on top of those that are there."""
        shutil.copytree(source, self.landing, dirs_exist_ok=True)

    def run(self, *command: str, check: bool = True, **variables: str) -> str:
        """Run a tool of the environment, or a module with `-m`; returns what it printed."""
        tool = (
            [sys.executable, *command] if command[0] == "-m" else [BIN / command[0], *command[1:]]
        )
        (self.folder / "dagster").mkdir(exist_ok=True)
        finished = subprocess.run(
            tool,
            cwd=PROJECT_DIR,
            env=self._variables() | variables,
            capture_output=True,
            text=True,
            check=False,
        )
        output = finished.stdout + finished.stderr
        if check:
            assert finished.returncode == 0, (
                f"{command} ended with {finished.returncode}:\n{output}"
            )
        return output

    def land(self) -> None:
        """Load new channel files."""
        self.run("-m", "orchestration.landing")

    def build(self, *arguments: str, as_of: str | None = None) -> None:
        """Build models and test their data, as the scheduled job does, as of a moment."""
        variables = {"CDP_AS_OF": as_of} if as_of else {}
        command = ("dbt", "--quiet", "--no-use-colors", "build")
        self.run(*command, "--exclude-resource-type", "unit_test", *arguments, **variables)

    def test_units(self) -> None:
        """Run dbt's unit tests, one at a time: side by side, dbt at times forgets an override."""
        command = ("dbt", "--quiet", "--no-use-colors", "test", "--select", "test_type:unit")
        self.run(*command, "--threads", "1")

    def deliver(self, receiver: RunningReceiver, *arguments: str) -> None:
        """Apply all syncs, or those named."""
        self.run(
            "-m", "orchestration.activation", "apply", *arguments, CDP_WEBHOOK_URL=receiver.url
        )

    @contextmanager
    def warehouse(self) -> Iterator[Connection]:
        """A connection, for as long as no command runs."""
        with mock.patch.dict(os.environ, self._variables(), clear=True):
            settings = Settings.from_environment()
            with connected(settings) as connection:
                yield connection

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """What a query returns."""
        with self.warehouse() as connection:
            return connection.execute(statement)

    def _variables(self) -> dict[str, str]:
        ours = ("CDP_", "DBT_", "PG", "DATABASE_URL", "DAGSTER_")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        return kept | dict(self.environment)
