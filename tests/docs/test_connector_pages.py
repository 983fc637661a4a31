"""The pages on connectors, typed as they are into a clone of the project."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cdp.activation.receiver import running_receiver
from cdp.settings import PROJECT_DIR, Settings
from tests.connectors.tables import create_tables
from tests.docs.pages import DOCS

PAGES = sorted((DOCS / "connectors").glob("*.md"))
SECRET = "a-secret-of-the-tests"
SAMPLES = PROJECT_DIR / "tests" / "connectors"
SHAPES = [
    (page, number)
    for page in PAGES
    for number, _ in enumerate(re.findall(r"export CDP_CONNECTORS=", page.read_text("utf-8")))
]


def commands(page: Path) -> list[str]:
    """Blocks of shell commands: one per shape, and the last one for both."""
    return re.findall(r"^```sh\n(.*?)^```", page.read_text("utf-8"), re.DOTALL | re.MULTILINE)


def connector_of(block: str) -> str:
    """Connector that a block switches on."""
    return re.search(r"CDP_CONNECTORS=(\w+)", block)[1]  # type: ignore[index]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_names_what_there_is(page: Path) -> None:
    *shapes, ending = commands(page)
    targets = set(re.findall(r"^([a-z-]+):", (PROJECT_DIR / "Makefile").read_text(), re.MULTILINE))
    for block in shapes:
        connector = connector_of(block)
        assert (PROJECT_DIR / f"macros/connectors/connector_{connector}.sql").exists()
        for entity in re.findall(rf"company/landing/{connector}/(\w+)", block):
            base = PROJECT_DIR / f"models/staging/{connector}/base_{connector}__{entity}.sql"
            assert base.exists()
    named = re.findall(r"^make ([a-z-]+)", "\n".join((*shapes, ending)), re.MULTILINE)
    assert {"land", "build", "doctor"} <= set(named) <= targets


@pytest.mark.parametrize(
    ("page", "number"), SHAPES, ids=[f"{page.stem}-{number}" for page, number in SHAPES]
)
def test_a_page_ends_with_a_delivery(
    pytestconfig: pytest.Config, tmp_path: Path, page: Path, number: int
) -> None:
    if not pytestconfig.getoption("--soak"):
        pytest.skip("a build for each page and shape: make soak")
    *shapes, ending = commands(page)
    connector = connector_of(shapes[number])
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", PROJECT_DIR, clone], check=True)
    (clone / ".venv").symlink_to(Path(sys.executable).parent.parent)
    tools = _vendors_tools(tmp_path / "tools", SAMPLES / connector / "landing")
    _exports(clone, SAMPLES / connector / "landing", shapes[number])
    ours = ("CDP_", "DBT_", "PG", "DATABASE_URL", "DAGSTER_", "PYTHONPATH")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    if (SAMPLES / connector / "tables").exists():
        schema = re.search(r"CDP_\w+_SCHEMA=(\w+)", shapes[number])[1]  # type: ignore[index]
        (clone / "company").mkdir()
        settings = Settings.from_environment().model_copy(
            update={"target": "duckdb", "duckdb_path": clone / "company" / "warehouse.duckdb"}
        )
        create_tables(settings, SAMPLES / connector / "tables", schema)
    with running_receiver(tmp_path / "received.sqlite", secret=SECRET) as receiver:
        finished = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", shapes[number] + ending],
            cwd=clone,
            env=kept
            | {
                "PATH": f"{tools}:{kept['PATH']}",
                "CDP_WEBHOOK_URL": receiver.url,
                "CDP_WEBHOOK_SECRET": SECRET,
                "CDP_FILES_URL": str(tmp_path / "exports"),
                "CDP_KLAVIYO_KEY": "a-key-of-the-tests",
            },
            capture_output=True,
            text=True,
            check=False,
        )
    assert finished.returncode == 0, finished.stdout + finished.stderr
    if "make sync" in ending:
        assert re.search(r": [1-9][0-9,]* inserted", finished.stdout), finished.stdout


def _exports(folder: Path, landing: Path, block: str) -> None:
    """Put the sample's files where the page copies them from, under the names that it uses."""
    for name, entity in re.findall(r"^cp (\S+) company/landing/\w+/(\w+)/", block, re.MULTILINE):
        newest = sorted(landing.glob(f"*/{entity}/*"))[-1]
        shutil.copyfile(newest, folder / name.replace("*", "1"))


def _vendors_tools(folder: Path, landing: Path) -> Path:
    """Programs that fetch from a vendor, which answer from the sample."""
    folder.mkdir()
    (folder / "aws").write_text(f'#!/bin/sh\ncp -r "{landing}"/*/events/. "$4"\n')
    events = [
        json.loads(line)
        for file in sorted(landing.glob("*/events/*.jsonl"))
        for line in file.read_text("utf-8").splitlines()
    ]
    metrics = {
        event["relationships"]["metric"]["data"]["id"]: event.get("metric_name")
        for event in events
        if "relationships" in event
    }
    answer = {
        "data": events,
        "included": [
            {"type": "metric", "id": number, "attributes": {"name": name}}
            for number, name in metrics.items()
        ],
        "links": {"next": None},
    }
    (folder / "page.json").write_text(json.dumps(answer))
    (folder / "curl").write_text(f'#!/bin/sh\ncat "{folder}/page.json"\n')
    for tool in ("aws", "curl"):
        (folder / tool).chmod(0o755)
    return folder
