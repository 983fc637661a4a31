"""The platform in a folder of its own, driven through the commands that people use."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from unittest import mock

from cdp.activation.receiver import RunningReceiver
from cdp.settings import PROJECT_DIR, Settings
from cdp.warehouse.connection import Connection, connected
from tests.conftest import create_database
from tests.dbt_process import DbtProcess, Finished

SECRET = "a-secret-of-the-tests"
BIN = Path(sys.executable).parent


def postgres_variables(host: Path, template: str = "template1") -> dict[str, str]:
    """Variables of a new database, empty or a copy of another one."""
    database = create_database(host, template)
    return {"PGHOST": str(host), "PGUSER": "postgres", "PGDATABASE": database}


@dataclass(frozen=True)
class Platform:
    """One warehouse with its landing folder.

    Attributes:
        folder: Everything that the commands write.
        environment: Variables of the commands, on top of an environment without ours.
        dbt_process: What commands of dbt are forked off.
        is_shared: Whether tests may only read it; those that write take a copy.
    """

    folder: Path
    environment: Mapping[str, str]
    dbt_process: DbtProcess
    is_shared: bool = False

    @classmethod
    def create(
        cls, folder: Path, variables: Mapping[str, str], dbt_process: DbtProcess
    ) -> Platform:
        """An empty platform; `variables` choose the engine."""
        folder.mkdir(parents=True, exist_ok=True)
        return cls(
            folder,
            {
                "CDP_DATA_DIR": str(folder),
                "CDP_DUCKDB_PATH": str(folder / "warehouse.duckdb"),
                "CDP_LANDING_PATH": str(folder / "landing"),
                "CDP_WEBHOOK_SECRET": SECRET,
                "CDP_FILES_URL": str(folder / "exports"),
                "DBT_TARGET_PATH": str(folder / "target"),
                "DBT_LOG_PATH": str(folder / "logs"),
                "DBT_PROFILES_DIR": str(PROJECT_DIR),
                "DAGSTER_HOME": str(folder / "dagster"),
                **variables,
            },
            dbt_process,
        )

    def shared(self) -> Platform:
        """The same for many tests, none of which may write to it."""
        return replace(self, is_shared=True)

    def copy(self, folder: Path) -> Platform:
        """A platform of its own, as this one stands."""
        shutil.copytree(self.folder, folder)
        variables = {"CDP_TARGET": self.environment["CDP_TARGET"]}
        if variables["CDP_TARGET"] == "postgres":
            host, template = self.environment["PGHOST"], self.environment["PGDATABASE"]
            variables |= postgres_variables(Path(host), template)
            manifest = folder / "target" / "manifest.json"
            named = manifest.read_text().replace(template, variables["PGDATABASE"])
            manifest.write_text(named)
        return Platform.create(folder, variables, self.dbt_process)

    @property
    def landing(self) -> Path:
        """Where channel files are put."""
        return self.folder / "landing"

    @property
    def parsed_manifest_path(self) -> Path:
        """The manifest as parsed, in a folder that nobody may write to."""
        return self.dbt_process.manifest_path(self._variables())

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
        assert not self.is_shared, "tests that write take a copy"
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
        self.run("-m", "cdp", "land")

    def dbt(self, *arguments: str, check: bool = True, **variables: str) -> Finished:
        """Run a command of dbt."""
        assert not self.is_shared, "tests that write take a copy"
        environment = self._variables() | variables
        finished = self.dbt_process.run("--quiet", *arguments, environment=environment)
        if check:
            assert finished.success, f"dbt {arguments} failed:\n{finished.output}"
        return finished

    def build(self, *arguments: str, as_of: str | None = None) -> None:
        """Build models and test their data, as the scheduled job does, as of a moment."""
        variables = {"CDP_AS_OF": as_of} if as_of else {}
        self.dbt("build", "--exclude-resource-type", "unit_test", *arguments, **variables)

    def test_units(self) -> None:
        """Run dbt's unit tests, one at a time: side by side, dbt at times forgets an override."""
        self.dbt("test", "--select", "test_type:unit", "--threads", "1")

    def deliver(self, receiver: RunningReceiver, *arguments: str, as_of: str | None = None) -> None:
        """Apply all syncs, or those named, as of a moment."""
        variables = {"CDP_WEBHOOK_URL": receiver.url} | ({"CDP_AS_OF": as_of} if as_of else {})
        self.run("-m", "cdp", "sync", "apply", *arguments, **variables)

    @contextmanager
    def warehouse(self) -> Iterator[Connection]:
        """A connection, for as long as no command runs; to a shared platform one that reads."""
        with mock.patch.dict(os.environ, self._variables(), clear=True):
            settings = Settings.from_environment()
            with connected(settings) as connection:
                if self.is_shared:
                    connection.execute("begin transaction read only")
                yield connection

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """What a query returns."""
        with self.warehouse() as connection:
            return connection.execute(statement)

    def _variables(self) -> dict[str, str]:
        ours = ("CDP_", "DBT_", "PG", "DATABASE_URL", "DAGSTER_")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        return kept | dict(self.environment)
