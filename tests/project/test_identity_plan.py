"""The identity plan on a copy of the built warehouse, under rules that a test changes."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from cdp.cli.commands import EXCEEDED
from cdp.identity.plan import build as builds
from cdp.identity.plan.build import Dbt, extract_revision
from cdp.identity.plan.difference import MAX_LISTED
from cdp.identity.plan.errors import IdentityPlanError
from cdp.identity.plan.scratch import FOLDER, lock_folder, sweep
from cdp.settings import PROJECT_DIR, Settings, Target
from tests.command import cdp
from tests.dbt_process import DbtProcess
from tests.project.conftest import Built
from tests.project.platform import Platform
from tests.project_copy import copy_project

Identifier = tuple[str, str]
TARGETS: tuple[Target, ...] = ("duckdb", "postgres")
KILLED = """
import os, signal, sys
from cdp.identity.plan.plan import make_plan
from cdp.settings import Settings
def die(*arguments): os.kill(os.getpid(), signal.SIGKILL)
settings = Settings.from_environment()
settings.prepare()
make_plan(settings, dbt=die)
"""


@dataclass(frozen=True)
class Trial:
    """A shared warehouse, and a project of its own whose seeds a test may change."""

    platform: Platform
    project: Path
    data_dir: Path
    dbt: Dbt

    @property
    def environment(self) -> dict[str, str]:
        variables = {**self.platform.environment, "CDP_DATA_DIR": str(self.data_dir)}
        return {**os.environ, **variables}

    def plan(self, *arguments: str) -> tuple[int, dict[str, Any]]:
        """Make a plan on the command line; returns the exit status and the JSON."""
        file = self.data_dir / "plan.json"
        file.unlink(missing_ok=True)
        with (
            mock.patch.dict(os.environ, self.environment, clear=True),
            mock.patch.object(builds, "run_dbt", self.dbt),
        ):
            places = ("--project-dir", str(self.project), "--json", str(file))
            status = cdp("identity-plan", *places, *arguments)
        return status, json.loads(file.read_text()) if file.exists() else {}

    def seed(self, name: str) -> Path:
        return self.project / "seeds" / "identity" / f"{name}.csv"

    def change(self, name: str, change: Callable[[list[dict[str, str]]], None]) -> None:
        """Change the rows of a seed."""
        with self.seed(name).open() as file:
            reader = csv.DictReader(file)
            rows, columns = list(reader), list(reader.fieldnames or ())
        change(rows)
        with self.seed(name).open("w", newline="") as file:
            writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)

    def fingerprint(self) -> object:
        """Everything in the warehouse: the file's bytes, or every relation and row."""
        if self.platform.environment["CDP_TARGET"] == "duckdb":
            # Whoever opens the file first folds the log into it that a fork of dbt left.
            self.platform.rows("select 1")
            content = Path(self.platform.environment["CDP_DUCKDB_PATH"]).read_bytes()
            return hashlib.sha256(content).hexdigest()
        relations = self.platform.rows(
            "select relnamespace::regnamespace::text, relname, relfilenode, relkind = 'r' "
            "from pg_class where relnamespace::regnamespace::text not in "
            "('pg_catalog', 'information_schema', 'pg_toast') order by 1, 2"
        )
        tables = [
            f"select '{schema}.{name}', count(*), sum(hashtextextended(t::text, 0)) "
            f'from "{schema}"."{name}" as t'
            for schema, name, _, is_table in relations
            if is_table
        ]
        return relations, self.platform.rows(" union all ".join(tables) + " order by 1")

    def debris(self) -> list[str]:
        """What a plan left in the data folder or the database."""
        left = [path.name for path in self.data_dir.glob("identity_plan*")]
        if self.platform.environment["CDP_TARGET"] == "postgres":
            left += [
                name
                for (name,) in self.platform.rows(
                    "select nspname from pg_namespace where nspname like 'identity_plan%'"
                )
            ]
        return left


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The dbt project in a folder whose seeds tests may change."""
    return copy_project(tmp_path_factory.mktemp("plan") / "project")


@pytest.fixture(params=TARGETS)
def trial(
    request: pytest.FixtureRequest,
    built: Built,
    project: Path,
    dbt_process: DbtProcess,
    tmp_path: Path,
) -> Trial:
    def dbt(
        arguments: Sequence[str],
        environment: Mapping[str, str],
        folder: Path,
        inherited: tuple[int, ...],
    ) -> None:
        finished = dbt_process.run("--quiet", *arguments, environment=environment, project=folder)
        if not finished.success:
            raise IdentityPlanError(finished.output)

    shutil.copytree(PROJECT_DIR / "seeds/identity", project / "seeds/identity", dirs_exist_ok=True)
    return Trial(built(request.param), project, tmp_path, dbt)


def test_changed_rules_merge_and_split_whom_they_concern(trial: Trial) -> None:
    before = trial.fingerprint()
    graph = Graph.read(trial.platform)
    handles = graph.crowded_handles()
    assert handles, "nobody gave an address on a social network"
    silent = {graph.profiles[handle] for handle in handles}
    blocked = graph.email_of_one_person(besides=silent)
    one, other = graph.two_visitors()
    trial.change(
        "identifier_blocklist",
        lambda rows: rows.append(
            {
                "priority": "999",
                "identifier_type": "email",
                "match_type": "value",
                "pattern": blocked[1],
                "reason": "placeholder",
            }
        ),
    )
    trial.change(
        "link_overrides",
        lambda rows: rows.append(
            {
                "override_id": "one-person",
                "decision": "always",
                "identifier_type_a": one[0],
                "identifier_value_a": one[1],
                "identifier_type_b": other[0],
                "identifier_value_b": other[1],
                "decided_by": "a test",
                "decided_at": "2026-11-01 00:00:00",
            }
        ),
    )

    def allow_no_address(rows: list[dict[str, str]]) -> None:
        [limit] = [row for row in rows if row["identifier_type"] == "social_handle"]
        limit["max_count"] = "0"

    trial.change("identifier_limits", allow_no_address)

    status, plan = trial.plan("--fail-above", "0")

    [merge] = graph.merges([(one, other)])
    parts = graph.parts_without({blocked, *handles})
    split_count = sum(len(found) - 1 for found in parts.values())
    assert status == EXCEEDED
    assert [(e["from_profile_id"], e["to_profile_id"]) for e in plan["merges"]] == [merge]
    assert plan["split_count"] == split_count
    assert len(plan["splits"]) == min(split_count, MAX_LISTED)
    for split in plan["splits"]:
        sizes = [len(part) for part in parts[split["from_profile_id"]]]
        assert split["moved_identifier_count"] in sizes
        assert split["kept_identifier_count"] in sizes
    reasons = {e["cause"]["reason"] for e in [*plan["merges"], *plan["splits"]]}
    assert reasons == {"new_link", "shared_identifier", "blocklist"}
    assert plan["appeared_count"] == split_count
    assert plan["profiles_after"] == plan["profiles_before"] - 1 + split_count
    assert plan["changed_profiles"] == 2 + len(parts)
    assert blocked[1] not in json.dumps(plan)
    assert trial.fingerprint() == before
    assert not trial.debris()


def test_unchanged_rules_change_nothing(trial: Trial, capsys: pytest.CaptureFixture[str]) -> None:
    status, plan = trial.plan("--fail-above", "0")
    assert status == 0
    assert plan["changed_profiles"] == 0
    assert not plan["movements"] + plan["audiences"] + plan["guards"]
    assert "Nothing changes." in capsys.readouterr().out


def test_a_plan_that_fails_leaves_nothing(trial: Trial, capsys: pytest.CaptureFixture[str]) -> None:
    before = trial.fingerprint()
    trial.seed("identifier_types").write_text("broken")
    assert trial.plan()[0] == 1
    assert "identifier_type" in capsys.readouterr().err
    assert not trial.debris()
    assert trial.fingerprint() == before


def test_a_plan_that_is_killed_leaves_nothing(trial: Trial) -> None:
    before = trial.fingerprint()
    killed = subprocess.run(
        [sys.executable, "-c", KILLED], cwd=PROJECT_DIR, env=trial.environment, check=False
    )
    assert killed.returncode == -signal.SIGKILL
    deadline = time.monotonic() + 30
    while trial.debris() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not trial.debris()
    assert trial.fingerprint() == before


def test_what_a_dead_plan_left_is_swept_once_its_lock_is_free(tmp_path: Path) -> None:
    folder = tmp_path / FOLDER
    lock = lock_folder(folder)
    assert lock is not None
    released = threading.Timer(0.5, os.close, [lock])
    released.start()
    with mock.patch.dict(os.environ, {"CDP_TARGET": "duckdb", "CDP_DATA_DIR": str(tmp_path)}):
        sweep(Settings.from_environment())
    released.join()
    assert not folder.exists()


def test_a_revision_is_read_from_git(tmp_path: Path) -> None:
    commit, folder = extract_revision("HEAD", tmp_path / "base")
    assert (folder / "seeds/identity/identifier_types.csv").exists()
    head = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=PROJECT_DIR, capture_output=True, text=True, check=True
    )
    assert head.stdout.startswith(commit)
    with pytest.raises(IdentityPlanError, match="BASE is no revision"):
        extract_revision("--no-such-revision", tmp_path / "other")


@dataclass(frozen=True)
class Graph:
    """The published graph of a warehouse, by which a test works out what a change has to do."""

    profiles: dict[Identifier, str]
    links: list[tuple[Identifier, Identifier, str | None]]
    shared: dict[Identifier, tuple[str, int]]
    ages: dict[str, tuple[Any, ...]]

    @classmethod
    def read(cls, platform: Platform) -> Graph:
        identifiers = platform.rows(
            "select identifier_type, identifier_value, profile_id "
            "from cdp_identity.profile_identifiers"
        )
        links = platform.rows(
            "select identifier_type_a, identifier_value_a, identifier_type_b, identifier_value_b, "
            "inactive_reason from cdp_identity.profile_links"
        )
        suspects = platform.rows(
            "select identifier_type, identifier_value, neighbour_type, neighbour_count "
            "from cdp_identity.identity_suspects where reason like 'shared%'"
        )
        ledger = platform.rows(
            "select profile_id, created_at, first_observed_at from cdp_identity.profile_id_registry"
        )
        return cls(
            {(row[0], row[1]): row[2] for row in identifiers},
            [((row[0], row[1]), (row[2], row[3]), row[4]) for row in links],
            {(row[0], row[1]): (row[2], row[3]) for row in suspects},
            {row[0]: (row[1], row[2], row[0]) for row in ledger},
        )

    def members(self) -> dict[str, list[Identifier]]:
        found: dict[str, list[Identifier]] = defaultdict(list)
        for identifier, profile in sorted(self.profiles.items()):
            found[profile].append(identifier)
        return found

    def email_of_one_person(self, besides: set[str]) -> Identifier:
        """The only address of the largest profile that has but one."""
        members = self.members()
        for profile in sorted(members, key=lambda each: (-len(members[each]), each)):
            emails = [each for each in members[profile] if each[0] == "email"]
            if profile not in besides and len(emails) == 1 and emails[0] not in self.shared:
                return emails[0]
        raise AssertionError("nobody has one address")

    def two_visitors(self) -> tuple[Identifier, Identifier]:
        """Browsers of two profiles that hold nothing which a limit counts."""
        guarded = {end for a, b, reason in self.links if reason is not None for end in (a, b)}
        visitors = [
            next(each for each in members if each[0] == "cookie")
            for members in self.members().values()
            if {kind for kind, _ in members} in ({"cookie"}, {"cookie", "visit"})
            and not guarded & set(members)
        ]
        one, other = sorted(visitors)[:2]
        return one, other

    def crowded_handles(self) -> set[Identifier]:
        """Handles that stand with an address: shared, once a limit allows none."""
        return {
            handle
            for a, b, _ in self.links
            for handle, other in ((a, b), (b, a))
            if handle[0] == "social_handle" and other[0] == "email"
        }

    def merges(self, begun: Iterable[tuple[Identifier, Identifier]]) -> set[tuple[str, str]]:
        """Who goes into whom where these links begin to hold: the oldest profile stays."""
        groups = components(
            self.profiles.values(), [(self.profiles[a], self.profiles[b]) for a, b in begun]
        )
        return {
            (profile, oldest)
            for group in groups
            for oldest in [min(group, key=self.ages.__getitem__)]
            for profile in group
            if profile != oldest
        }

    def parts_without(self, silenced: set[Identifier]) -> dict[str, list[set[Identifier]]]:
        """What each profile falls into once these link nothing, of those that fall apart."""
        active = [
            (a, b)
            for a, b, reason in self.links
            if reason is None and not {a, b} & silenced and a in self.profiles
        ]
        parts: dict[str, list[set[Identifier]]] = defaultdict(list)
        for part in components(self.profiles, active):
            parts[self.profiles[next(iter(part))]].append(part)
        return {profile: found for profile, found in parts.items() if len(found) > 1}


def components(nodes: Iterable[Any], edges: Iterable[tuple[Any, Any]]) -> list[set[Any]]:
    """Connected components, by merging sets."""
    found = {node: {node} for node in nodes}
    for a, b in edges:
        if found[a] is not found[b]:
            found[a] |= found[b]
            for node in found[b]:
                found[node] = found[a]
    return list({id(each): each for each in found.values()}.values())
