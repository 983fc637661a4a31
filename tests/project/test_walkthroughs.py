"""The tutorial and the how-to pages, done as they say on the built company."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from cdp.activation.receiver import RunningReceiver, running_receiver
from cdp.settings import PROJECT_DIR
from tests.dbt_process import DbtProcess
from tests.docs.pages import DOCS, apply, blocks
from tests.project.conftest import AS_OF, Built
from tests.project.platform import SECRET, Platform
from tests.project_copy import copy_project

TUTORIAL = DOCS / "tutorial.md"
HOW_TO = [
    DOCS / "how-to" / f"add-{name}.md" for name in ("a-trait", "an-audience", "a-destination")
]
PAGES = [TUTORIAL, *HOW_TO]
SENT = re.compile(r"(\d+) inserted.* (\d+) rejected, (\d+) unchanged")


def commands(page: Path) -> list[str]:
    """What the page has its reader type at a shell."""
    return [
        line.strip().removeprefix("$ ")
        for block in blocks(page)
        if block.language == "console"
        for line in block.text.splitlines()
        if line.strip().startswith("$ ")
    ]


def queries(page: Path) -> list[str]:
    """Statements for `make sql`, each without its semicolon."""
    return [
        statement.strip()
        for block in blocks(page)
        if block.language == "sql" and not block.file and "cdp_" in block.text
        for statement in block.text.split(";")
        if statement.strip()
    ]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project with what the pages add to it."""
    folder = copy_project(tmp_path_factory.mktemp("walkthrough") / "project")
    for page in (TUTORIAL, *HOW_TO[1:]):
        apply(page, folder)
    for block in blocks(HOW_TO[0]):
        if block.language == "diff":
            patched(folder, block.text)
    return folder


def patched(project: Path, diff: str) -> None:
    """Add the lines that a diff adds behind the one that it shows before them."""
    lines = diff.splitlines()
    [name] = [line.removeprefix("+++ b/") for line in lines if line.startswith("+++ ")]
    [context] = [line[1:] for line in lines if line.startswith(" ")]
    [added] = [line[1:] for line in lines if line.startswith("+") and not line.startswith("+++")]
    content = (project / name).read_text()
    assert content.count(context + "\n") == 1, f"{name} has no line {context!r}"
    (project / name).write_text(content.replace(context + "\n", f"{context}\n{added}\n"))


@pytest.fixture(scope="module")
def platform(
    built: Built,
    project: Path,
    dbt_process: DbtProcess,
    tmp_path_factory: pytest.TempPathFactory,
) -> Platform:
    """The built company, on which the pages' builds were run as one."""
    platform = built("duckdb").copy(tmp_path_factory.mktemp("walkthrough") / "platform")
    selected = []
    for page in PAGES:
        for command in commands(page):
            arguments = re.fullmatch(r'make dbt ARGS="build (.*)"', command)
            if arguments:
                words = shlex.split(arguments[1])
                selected.append(words[words.index("-s") + 1])
    assert len(selected) == len(PAGES)
    dbt_process.check(
        *("build", "--select", *selected, "--exclude-resource-type", "unit_test"),
        environment={**os.environ, **platform.environment, "CDP_AS_OF": AS_OF},
        project=project,
    )
    return platform


def activation(platform: Platform, project: Path, command: str, sync: str, **variables: str) -> str:
    manifest = platform.folder / "target" / "manifest.json"
    places = ("--manifest", str(manifest), "--project-dir", str(project))
    return platform.run("-m", "cdp", "sync", *places, command, sync, **variables)


@pytest.mark.parametrize("page", HOW_TO, ids=lambda page: str(page.stem))
def test_what_a_page_builds_can_be_asked_for(page: Path, platform: Platform) -> None:
    for query in queries(page):
        assert platform.rows(query), f"{page.name}: {query}"


def test_the_tutorial_ends_with_pushes_that_are_sent_once(
    platform: Platform, project: Path, tmp_path: Path
) -> None:
    typed = commands(TUTORIAL)
    [sync] = {command.split("SYNC=")[1] for command in typed if "SYNC=" in command}
    kinds = [command.split()[1] for command in typed if "SYNC=" in command]
    assert kinds == ["plan", "sync", "sync"]
    receiver: RunningReceiver
    with running_receiver(tmp_path / "received.sqlite", secret=SECRET) as receiver:
        url = {"CDP_WEBHOOK_URL": receiver.url}
        assert "insert" in activation(platform, project, "plan", sync, **url)
        first, second = (
            SENT.search(activation(platform, project, "apply", sync, **url)) for _ in range(2)
        )
    assert first
    assert second
    assert int(first[1]) > 0
    assert first[2] == "0"
    assert second.groups() == ("0", "0", first[1])
    for query in queries(TUTORIAL):
        assert platform.rows(query), query


def test_the_page_on_destinations_ends_with_a_file(
    platform: Platform, project: Path, tmp_path: Path
) -> None:
    [sync] = {command.split("SYNC=")[1] for command in commands(HOW_TO[2]) if "SYNC=" in command}
    activation(platform, project, "apply", sync, CDP_FILES_URL=str(tmp_path))
    [file] = (tmp_path / sync).glob("*.csv")
    assert file.read_text().splitlines()[0] == '"profile_id","email","first_name"'


def test_every_command_on_a_page_is_one_that_there_is() -> None:
    help_text = subprocess.run(
        ["make", "help"], cwd=PROJECT_DIR, capture_output=True, text=True, check=True
    ).stdout
    targets = set(re.findall(r"^  make ([a-z-]+)", help_text, flags=re.MULTILINE))
    own = subprocess.run(
        [sys.executable, "-m", "cdp", "--help"],
        cwd=PROJECT_DIR,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    pages = [TUTORIAL, *(DOCS / "how-to").glob("*.md"), DOCS / "identity.md"]
    wrong = []
    for page in pages:
        for command in commands(page):
            word = command.split()
            known = (
                (word[0] == "make" and word[1] in targets)
                or (word[0] == "export" and word[1].startswith("CDP_"))
                or (word[0] == "cdp" and re.search(rf"\b{word[1]}\b", own))
                or command.startswith(("git clone", "mkdir -p data/landing/"))
                or "-m cdp.activation.receiver --store" in command
            )
            wrong += [] if known else [f"{page.name}: {command}"]
    assert not wrong


def test_every_link_leads_to_a_page_and_heading() -> None:
    wrong = []
    for page in DOCS.rglob("*.md"):
        for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text()):
            path, _, heading = target.partition("#")
            file = (page.parent / path).resolve() if path else page
            if "://" in target:
                continue
            if not file.exists() or (heading and heading not in headings(file)):
                wrong.append(f"{page.relative_to(DOCS)}: {target}")
    assert not wrong


def headings(page: Path) -> set[str]:
    found = re.findall(r"^#+ (.*)$", page.read_text(), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title).lower().replace(" ", "-") for title in found}
