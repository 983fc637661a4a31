"""Runs dbt, Dagster and the dashboards with the environment that the target needs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import NoReturn, cast

import typer

from cdp.cli.session import failing, require_port, session
from cdp.settings import PROJECT_DIR, Pages, Runs, SettingError

HOST = "127.0.0.1"
_WRITING_COMMANDS = {"build", "clone", "retry", "run", "run-operation", "seed", "snapshot", "test"}
# Options that choose nodes, which `dbt ls` takes too.
_CHOOSING = {
    "--select", "-s", "--models", "--model", "-m", "--exclude", "--selector", "--vars",
    "--resource-type", "--exclude-resource-type", "--indirect-selection",
}  # fmt: skip


def writes(arguments: Sequence[str]) -> bool:
    """Whether a dbt command writes to the warehouse."""
    return not _WRITING_COMMANDS.isdisjoint(arguments)


def dbt(arguments: Sequence[str]) -> None:
    """Run a dbt command; commands that write wait for other writers."""
    arguments = without_unit_tests(arguments)
    name = " ".join(["dbt", *arguments[:2]])
    with session(name if writes(arguments) else ""):
        os.chdir(PROJECT_DIR)
        if not writes(arguments):
            replace_process("dbt", *arguments)
        from cdp.dbt import command

        raise typer.Exit(command.status(command.run(arguments)))


def without_unit_tests(arguments: Sequence[str]) -> list[str]:
    """The arguments of a build without unit tests, unless they mention unit tests.

    Unit tests prove the models, not the data, and those of incremental models need their relations,
    which a new warehouse does not have yet.
    """
    from cdp.dbt.command import WITHOUT_UNIT_TESTS

    words = list(arguments)
    if "build" not in words or any("unit" in word for word in words):
        return words
    place = words.index("build") + 1
    return [*words[:place], *WITHOUT_UNIT_TESTS, *words[place:]]


def build(arguments: Sequence[str], *, is_verbose: bool) -> None:
    """Build and test models, showing progress by layer."""
    from cdp.cli.progress import LayerProgress, read_nodes
    from cdp.dbt import command

    with session("cdp build", expected=(command.ParseError,)):
        os.chdir(PROJECT_DIR)
        manifest = command.parse([*command.PLACES, *_values("--vars", arguments)])
        chosen = [*command.WITHOUT_UNIT_TESTS, *_chosen(arguments)]
        with redirect_stdout(StringIO()):
            listing = ["--quiet", "ls", "--output", "json", "--output-keys", "unique_id"]
            listed = command.run([*listing, *chosen, *command.PLACES], manifest=manifest)
        lines = cast(list[str], listed.result or [])
        names = [json.loads(line)["unique_id"] for line in lines]
        nodes = read_nodes(Runs.from_environment().manifest_path)
        quiet = ["--log-level", "none", "build", *command.WITHOUT_UNIT_TESTS]
        with LayerProgress(nodes, chosen=names, is_verbose=is_verbose) as progress:
            result = command.run(
                [*quiet, *arguments, *command.PLACES],
                manifest=manifest,
                callbacks=[progress.from_dbt],
            )
        raise typer.Exit(command.status(result))


def _chosen(arguments: Sequence[str]) -> list[str]:
    """The options that choose nodes, each with its values."""
    return [word for option in sorted(_CHOOSING) for word in _values(option, arguments)]


def _values(option: str, arguments: Sequence[str]) -> list[str]:
    words: list[str] = []
    is_inside = False
    for word in arguments:
        if word.startswith("-"):
            is_inside = word.partition("=")[0] == option
        if is_inside:
            words.append(word)
    return words


def dagster() -> None:
    """Replace this process by Dagster's UI and daemon."""
    with session():
        port = Pages.from_environment().dagster_port
        require_port(HOST, port, "CDP_DAGSTER_PORT")
        os.chdir(PROJECT_DIR)
        module = ("-m", "orchestration.definitions")
        replace_process("dagster", "dev", "-h", HOST, "-p", str(port), *module)


def docs() -> None:
    """Write dbt's documentation and replace this process by its server."""
    with session():
        port = Pages.from_environment().docs_port
        require_port(HOST, port, "CDP_DOCS_PORT")
        os.chdir(PROJECT_DIR)
        status = subprocess.call([_tool("dbt"), "docs", "generate"])
        if status:
            raise typer.Exit(status)
        replace_process("dbt", "docs", "serve", "--host", HOST, "--port", str(port))


def dashboards() -> None:
    """Replace this process by the dashboards, which only this machine reaches."""
    with session():
        from dashboards.server import command

        port = Pages.from_environment().dashboards_port
        require_port(HOST, port, "CDP_DASHBOARDS_PORT")
        print(f"Dashboards at http://{HOST}:{port}", flush=True)
        arguments = command(HOST, port)
        os.execv(arguments[0], arguments)


def stop_postgres() -> None:
    """Stop the embedded server if it runs."""
    with failing():
        from cdp.settings import Settings
        from cdp.warehouse.server import stop_embedded_postgres

        stop_embedded_postgres(Settings.from_environment().data_dir / "postgres")


def replace_process(tool: str, *arguments: str) -> NoReturn:
    """Replace this process by a tool of the virtual environment."""
    path = _tool(tool)
    os.execv(path, [path, *arguments])


def _tool(name: str) -> str:
    path = Path(sys.executable).parent / name
    if not path.exists():
        raise SettingError(f"{name} is not in this environment: run make setup.")
    return str(path)
