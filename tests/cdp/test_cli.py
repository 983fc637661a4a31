"""The command line: quick help, progress by layer, and one line for what a person can mend."""

from __future__ import annotations

import errno
import io
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from rich.console import Console

from cdp.cli import session, sql_prompt, tools
from cdp.cli.progress import LayerProgress
from cdp.settings import PROJECT_DIR, Runs, Settings
from tests.command import cdp
from tests.conftest import make_settings

HEAVY = ("dagster", "dbt", "duckdb", "pandas", "psycopg", "pydantic", "splink")
NODES = {
    "seed.p.rules": ("seed", "seeds/rules.csv", ["p", "rules"]),
    "model.p.a": ("model", "models/staging/a.sql", ["p", "staging", "a"]),
    "test.p.a": ("test", "models/staging/_a.yml", ["p", "staging", "a_is_unique"]),
    "model.p.b": ("model", "models/profiles/b.sql", ["p", "profiles", "b"]),
}


@pytest.fixture
def duckdb_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Settings:
    return make_settings("duckdb", tmp_path, monkeypatch, request)


def test_help_imports_nothing_heavy() -> None:
    code = f"import cdp.cli, sys; print([name for name in {HEAVY} if name in sys.modules])"
    found = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT_DIR, capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "[]"


def finished(unique_id: str, status: str, level: str = "info") -> dict[str, Any]:
    return {
        "info": {"level": level, "msg": f"{unique_id} {status}"},
        "data": {
            "node_info": {
                "unique_id": unique_id,
                "resource_type": NODES[unique_id][0],
                "node_status": status,
                "node_started_at": "2026-11-14T15:05:00",
                "node_finished_at": "2026-11-14T15:05:01.500000",
            }
        },
    }


def shown(*events: dict[str, Any], is_verbose: bool = False) -> list[list[str]]:
    nodes = {
        unique_id: {"resource_type": kind, "original_file_path": path, "fqn": fqn}
        for unique_id, (kind, path, fqn) in NODES.items()
    }
    output = io.StringIO()
    console = Console(file=output, width=200)
    with LayerProgress(nodes, chosen=nodes, is_verbose=is_verbose, console=console) as progress:
        for event in events:
            progress(event)
    return [line.split() for line in output.getvalue().splitlines()]


def test_a_layer_is_one_line_and_errors_are_shown_in_full() -> None:
    lines = shown(
        finished("seed.p.rules", "success"),
        finished("model.p.a", "success"),
        # dbt tells twice of a node: in its debug log and in its lines.
        finished("model.p.a", "success"),
        finished("test.p.a", "fail", "error"),
    )
    assert lines == [
        ["rules", "1", "seed", "1.5", "s"],
        ["test.p.a", "fail"],
        ["staging", "1", "model,", "1", "test", "3.0", "s", "1", "failed"],
        ["profiles", "nothing", "run", "0.0", "s", "1", "skipped"],
    ]


def test_details_are_shown_on_request() -> None:
    assert ["model.p.a", "success"] in shown(finished("model.p.a", "success"), is_verbose=True)
    assert ["model.p.a", "success"] not in shown(finished("model.p.a", "success"))


def test_postgres_that_is_down_is_one_line_without_the_password(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    for name in ("PGHOST", "PGPORT", "PGUSER", "PGPASSWORD", "PGDATABASE"):
        monkeypatch.setenv(name, "")
    monkeypatch.setenv("CDP_TARGET", "postgres")
    monkeypatch.setenv("CDP_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", f"postgresql://ann:hush@127.0.0.1:{port}/cdp")
    assert cdp("dbt", "build") == 1
    (line,) = capfd.readouterr().err.splitlines()
    assert line.startswith("error: PostgreSQL does not answer: ")
    assert "DATABASE_URL" in line
    assert "hush" not in line


def test_a_folder_that_cannot_be_made_names_its_setting(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("CDP_TARGET", "duckdb")
    monkeypatch.setenv("CDP_DATA_DIR", str(tmp_path / "file" / "data"))
    monkeypatch.setenv("CDP_DUCKDB_PATH", "")
    assert cdp("land") == 2
    assert "set CDP_DATA_DIR to a place" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "name"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "CDP_DATA_DIR"),
        (
            duckdb.IOException('Could not write file "x": No space left on device'),
            "CDP_DUCKDB_PATH",
        ),
        (
            PermissionError(errno.EACCES, "Permission denied", "/elsewhere/w.duckdb"),
            "CDP_DUCKDB_PATH",
        ),
    ],
)
def test_disks_are_named_by_their_settings(
    error: Exception,
    name: str,
    duckdb_settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("CDP_DUCKDB_PATH", "/elsewhere/w.duckdb")
    with pytest.raises(session.typer.Exit), session.failing():
        raise error
    (line,) = capsys.readouterr().err.splitlines()
    assert f"set {name} to" in line or f"set {name} elsewhere" in line


def test_an_error_of_ours_keeps_its_traceback() -> None:
    with pytest.raises(KeyError), session.failing():
        raise KeyError("fault")


@pytest.mark.parametrize(
    ("command", "name"),
    [
        ("dashboards", "CDP_DASHBOARDS_PORT"),
        ("dagster", "CDP_DAGSTER_PORT"),
        ("docs", "CDP_DOCS_PORT"),
        ("customer-page", "CDP_CUSTOMER_PAGE_PORT"),
    ],
)
def test_a_port_that_is_taken_is_told_before_anything_starts(
    command: str,
    name: str,
    duckdb_settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        monkeypatch.setenv(name, str(taken.getsockname()[1]))
        assert cdp(command) == 1
    output = capfd.readouterr()
    assert output.err.startswith(f"error: {name} is ")
    assert "http" not in output.out


def test_secrets_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CDP_ALERT_SECRET", "hush")
    assert "hush" not in repr(Runs.from_environment())


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> list[str | type[BaseException]]:
    """What a person types at the prompt, Ctrl-C included."""
    lines: list[str | type[BaseException]] = []
    given: Iterator[str | type[BaseException]] = iter(lines)

    def read(_: str) -> str:
        line = next(given)
        if isinstance(line, str):
            return line
        raise line

    monkeypatch.setattr("builtins.input", read)
    return lines


def test_the_prompt_takes_quit_and_ctrl_c_and_remembers(
    duckdb_settings: Settings,
    typed: list[str | type[BaseException]],
    capsys: pytest.CaptureFixture[str],
) -> None:
    duckdb.connect(str(duckdb_settings.duckdb_path)).close()
    typed += ["select 40 + 2 as answer", KeyboardInterrupt, "nonsense;", "select", "6 * 7 as x;"]
    typed += ["quit"]
    assert cdp("sql") == 0
    output = capsys.readouterr().out
    assert "answer" not in output
    assert "Parser Error" in output
    assert "42" in output
    assert (duckdb_settings.data_dir / "sql_history").exists()
    assert sql_prompt.readline.get_history_length() == 1000


def test_the_prompt_says_when_another_process_writes(
    duckdb_settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    code = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print(1, flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", code, str(duckdb_settings.duckdb_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ,
    ) as writer:
        assert writer.stdout
        assert writer.stdout.readline()
        assert cdp("sql") == 1
        writer.communicate(b"\n")
    assert "is being written by another process" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ("build", "build --exclude-resource-type unit_test"),
        ("--quiet build -s a", "--quiet build --exclude-resource-type unit_test -s a"),
        ("build -s a,test_type:unit", "build -s a,test_type:unit"),
        ("build --resource-type unit_test", "build --resource-type unit_test"),
        ("test", "test"),
    ],
)
def test_a_build_leaves_unit_tests_out_unless_asked_for(arguments: str, expected: str) -> None:
    assert tools.without_unit_tests(arguments.split()) == expected.split()
