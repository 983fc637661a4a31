"""dbt's commands, each in a fork of one process that has imported dbt and parsed the project.

Importing takes dbt some four seconds and parsing this project half a minute, more than most
commands take themselves: `cdp.dbt.warm` does the same in production. A command gets an environment
of its own and the arguments of the command line; only `parse` is left out, whose result
`manifest_path` names.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import pickle
import shutil
import sys
import tempfile
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from cdp.dbt.command import parse, run
from cdp.dbt.warm import PARSED_VARIABLES, become
from cdp.settings import PROJECT_DIR

# Name in the parsed project that is replaced by the PostgreSQL database of the command.
_DATABASE = "cdp_database_of_the_command"
# Connections of every parse: dbt parses the whole project again if a variable of profiles.yml has
# another value.
_CONNECTIONS = {
    "CDP_DUCKDB_PATH": "warehouse.duckdb",
    "PGDATABASE": _DATABASE,
    "PGHOST": "localhost",
    "PGUSER": "postgres",
}
_PARSE_STATES = PROJECT_DIR / "target" / "parse_states"


@dataclass(frozen=True)
class Finished:
    """What a command of dbt left.

    Attributes:
        success: Whether dbt would have ended with status 0.
        output: What it printed, and the exception if one got out.
        statuses: Status of each node that it ran, by the node's unique id.
        compiled: SQL of each of them that has any.
    """

    success: bool
    output: str
    statuses: Mapping[str, str]
    compiled: Mapping[str, str]


@dataclass(frozen=True)
class _Request:
    arguments: tuple[str, ...]
    environment: Mapping[str, str]
    project: Path

    @property
    def places(self) -> list[str]:
        return ["--project-dir", str(self.project), "--profiles-dir", str(PROJECT_DIR)]

    @property
    def settings(self) -> tuple[str, ...]:
        """`--vars` with its value, which is read where models are configured too."""
        if "--vars" not in self.arguments:
            return ()
        place = self.arguments.index("--vars")
        return self.arguments[place : place + 2]


class DbtProcess:
    """The process that commands are forked off; its methods may be called from one thread only."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()

    def run(
        self,
        *arguments: str,
        environment: Mapping[str, str] | None = None,
        project: Path = PROJECT_DIR,
    ) -> Finished:
        """Run a command; whether it succeeded is in what is returned.

        Args:
            arguments: Those of the command line: `build`, `--select`, ….
            environment: All variables of the command; this process's when left out.
            project: Folder of the dbt project.
        """
        finished: Finished = self._ask(arguments, environment, project)
        return finished

    def check(
        self,
        *arguments: str,
        environment: Mapping[str, str] | None = None,
        project: Path = PROJECT_DIR,
    ) -> Finished:
        """Run a command that has to succeed."""
        finished = self.run("--quiet", *arguments, environment=environment, project=project)
        assert finished.success, f"dbt {arguments}:\n{finished.output}"
        return finished

    def manifest_path(self, environment: Mapping[str, str], project: Path = PROJECT_DIR) -> Path:
        """manifest.json of the parsed project, in a folder that nobody may write to."""
        path: Path = self._ask((), environment, project)
        return path

    def close(self) -> None:
        """End the process, and remove what it wrote."""
        self._connection.close()
        self._process.join()

    def _ask(
        self, arguments: Sequence[str], environment: Mapping[str, str] | None, project: Path
    ) -> Any:
        variables = dict(os.environ if environment is None else environment)
        self._connection.send(_Request(tuple(arguments), variables, project))
        answer, error = self._connection.recv()
        if error:
            raise RuntimeError(error)
        return answer


@dataclass
class _Server:
    folder: Path
    parsed: dict[tuple[object, ...], tuple[Any, Path]] = field(default_factory=dict)

    def answer(self, request: _Request) -> Any:
        manifest, path = self._parse(request)
        if not request.arguments:
            return path
        return _in_fork(request, manifest, path)

    def _parse(self, request: _Request) -> tuple[Any, Path]:
        environment = (request.environment.get(name) for name in PARSED_VARIABLES)
        key = (request.project, request.settings, *environment)
        if key not in self.parsed:
            folder = self.folder / str(len(self.parsed))
            ours = {"DBT_TARGET_PATH": str(folder), "DBT_LOG_PATH": str(folder)}
            become({**request.environment, **_CONNECTIONS, **ours})
            with _parse_state(key, folder):
                manifest = parse([*request.places, *request.settings])
            self.parsed[key] = manifest, folder / "manifest.json"
        return self.parsed[key]


@contextmanager
def _parse_state(key: object, folder: Path) -> Iterator[None]:
    """Start a parse from the last one of any test process; dbt parses what has changed since."""
    shared = _PARSE_STATES / f"{hashlib.sha256(repr(key).encode()).hexdigest()[:16]}.msgpack"
    ours = folder / "partial_parse.msgpack"
    folder.mkdir(parents=True, exist_ok=True)
    if shared.exists():
        shutil.copy(shared, ours)
    yield
    _PARSE_STATES.mkdir(parents=True, exist_ok=True)
    written = shared.with_suffix(f".{os.getpid()}")
    shutil.copy(ours, written)
    written.replace(shared)


def _serve(connection: Connection) -> None:
    folder = Path(tempfile.mkdtemp(prefix="cdp-dbt-"))
    server = _Server(folder)
    try:
        while True:
            try:
                request = connection.recv()
            except EOFError:
                return
            try:
                connection.send((server.answer(request), None))
            except BaseException:
                connection.send((None, traceback.format_exc()))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _in_fork(request: _Request, manifest: Any, manifest_path: Path) -> Finished:
    """Run the command in a child, which can neither change the manifest nor leave anything open."""
    with tempfile.TemporaryFile() as printed, tempfile.TemporaryFile() as returned:
        child = os.fork()
        if not child:
            status = 1
            try:
                os.dup2(printed.fileno(), 1)
                os.dup2(printed.fileno(), 2)
                pickle.dump(_invoke(request, manifest, manifest_path), returned)
                returned.flush()
                status = 0
            except BaseException:
                traceback.print_exc()
            finally:
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(status)
        _, status = os.waitpid(child, 0)
        printed.seek(0)
        output = printed.read().decode(errors="replace")
        if status:
            return Finished(False, f"{output}\nended with status {status}", {}, {})
        returned.seek(0)
        success, exception, statuses, compiled = pickle.load(returned)  # noqa: S301
        return Finished(success, f"{output}\n{exception or ''}", statuses, compiled)


def _invoke(request: _Request, manifest: Any, manifest_path: Path) -> tuple[Any, ...]:
    become(request.environment)
    target = Path(request.environment["DBT_TARGET_PATH"])
    target.mkdir(parents=True, exist_ok=True)
    text = manifest_path.read_text()
    if request.environment.get("CDP_TARGET") == "postgres":
        database = request.environment["PGDATABASE"]
        text = text.replace(_DATABASE, database)
        for node in [*manifest.nodes.values(), *manifest.sources.values()]:
            node.database = database
            if node.relation_name:
                node.relation_name = node.relation_name.replace(_DATABASE, database)
        # What a model finds in `graph`.
        manifest.build_flat_graph()
    (target / "manifest.json").write_text(text)
    arguments = ["--no-write-json", *request.arguments, *request.places]
    result = run(arguments, manifest=manifest)
    results = getattr(result.result, "results", [])
    statuses = {each.node.unique_id: str(each.status) for each in results}
    compiled = {
        each.node.unique_id: str(each.node.compiled_code)
        for each in results
        if getattr(each.node, "compiled_code", None)
    }
    return result.success, result.exception and repr(result.exception), statuses, compiled
