"""Builds the graph, and the audiences that follow from it, under the rules of one project."""

from __future__ import annotations

import io
import subprocess
import sys
import tarfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from cdp.identity.plan.errors import IdentityPlanError
from cdp.identity.plan.scratch import Scratch
from cdp.settings import PROJECT_DIR
from cdp.warehouse.connection import connected, quote

SEEDS = Path("seeds/identity")
SELECTION = (
    "path:seeds/identity",
    "path:models/identity",
    "identity_graph+,+int_audiences__members",
)


class Dbt(Protocol):
    """Runs a command of dbt."""

    def __call__(
        self,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        project: Path,
        inherited: tuple[int, ...],
    ) -> None:
        """Raises `IdentityPlanError`, with what dbt printed, where the command failed."""
        ...


def run_dbt(
    arguments: Sequence[str],
    environment: Mapping[str, str],
    project: Path,
    inherited: tuple[int, ...],
) -> None:
    """Run this project's dbt in a process of its own, also when it builds the rules of another."""
    finished = subprocess.run(
        [sys.executable, "-m", "cdp.dbt.command", "--quiet", *arguments, "--project-dir", project],
        cwd=PROJECT_DIR,
        env={**environment, "DBT_PROFILES_DIR": str(project)},
        pass_fds=inherited,
        capture_output=True,
        text=True,
        check=False,
    )
    if finished.returncode:
        raise IdentityPlanError(f"dbt did not build the plan:\n{finished.stdout}{finished.stderr}")


def build(scratch: Scratch, project: Path, dbt: Dbt) -> None:
    """Load the project's identity seeds into the copy and build what follows from them.

    The build uses the `as_of()` of the copy's audiences, so that time alone changes nothing.
    """
    environment = scratch.environment()
    with connected(scratch.settings) as warehouse:
        # dbt does not load a seed with changed columns into an existing table.
        for seed in sorted((project / SEEDS).glob("*.csv")):
            for (is_table,) in warehouse.execute(
                "select table_type = 'BASE TABLE' from information_schema.tables "
                "where table_schema = $1 and table_name = $2",
                (f"{scratch.settings.schema}_rules", seed.stem),
            ):
                kind = "table" if is_table else "view"
                warehouse.execute(f"drop {kind} {scratch.table('rules', seed.stem)} cascade")
        journeys = f"{scratch.settings.schema}_journeys"
        if warehouse.table_exists(journeys, "incremental_manifest"):
            [(as_of,)] = warehouse.execute(
                f"select max(as_of) from {quote(journeys)}.incremental_manifest"
            )
            if as_of is not None:
                environment["CDP_AS_OF"] = f"{as_of:%Y-%m-%d %H:%M:%S}"
    kinds = ("--resource-type", "seed", "--resource-type", "model")
    dbt(["build", *kinds, "--select", *SELECTION], environment, project, scratch.inherited)


def extract_revision(revision: str, folder: Path) -> tuple[str, Path]:
    """The project as it stands at a revision of git, in a new folder, with the commit's short name.

    Raises:
        IdentityPlanError: Git knows no such revision.
    """
    try:
        commit = _git("rev-parse", "--short", "--end-of-options", f"{revision}^{{commit}}")
        archived = _git("archive", "--format=tar", commit.decode().strip())
    except (OSError, subprocess.CalledProcessError):
        raise IdentityPlanError(
            f"BASE is no revision that git finds in {PROJECT_DIR}: name a branch, tag or commit, "
            "and in CI fetch it first (actions/checkout with fetch-depth: 0)."
        ) from None
    with tarfile.open(fileobj=io.BytesIO(archived)) as archive:
        archive.extractall(folder, filter="data")
    return commit.decode().strip(), folder


def _git(*arguments: str) -> bytes:
    return subprocess.run(
        ["git", *arguments], cwd=PROJECT_DIR, capture_output=True, check=True
    ).stdout
