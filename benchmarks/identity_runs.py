"""Runs of dbt for `benchmarks.identity`, each in a process of its own.

A run is forked off a process that has imported dbt and parsed the project, so that neither is
measured, and so that its peak memory is its own.
"""

from __future__ import annotations

import multiprocessing
import os
import re
import resource
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from dbt.cli.main import dbtRunner

from benchmarks.measuring import seconds_of

_PROJECTS = Path(__file__).resolve().parent.parent / "tests" / "projects"
_LOG_LINE = re.compile(r"^.\[0m(\d\d:\d\d:\d\d\.\d{6}) \[")
_ON_MODEL = re.compile(r"On (model\.\S+): ?")
_STATUS = re.compile(r"SQL status: ")


@dataclass(frozen=True)
class Statement:
    """A statement of a run, as dbt's log has it; the time is in seconds."""

    sql: str
    seconds: float


@dataclass(frozen=True)
class Run:
    """What a run of one model took.

    Attributes:
        seconds: Execution time of the node in dbt's result: from the start of its materialisation
            to the end of its commit. Starting and parsing dbt are not in it.
        peak_gib: Greatest resident memory of the run's process.
        statements: What was executed, in order.
    """

    seconds: float
    peak_gib: float
    statements: list[Statement]

    @property
    def gap_seconds(self) -> float:
        """Time that no statement accounts for: rendering, and the commit."""
        return self.seconds - sum(statement.seconds for statement in self.statements)


class Project:
    """One of the projects in tests/projects, parsed once for the engine of the environment."""

    def __init__(self, name: str, folder: Path) -> None:
        self._name = name
        self._folder = folder
        self._places = ["--project-dir", str(_PROJECTS / name), "--profiles-dir", "."]
        os.environ["DBT_TARGET_PATH"] = str(folder / name / "target")
        os.environ["DBT_LOG_PATH"] = str(folder / name / "logs")
        result: Any = dbtRunner().invoke(["--quiet", "parse", *self._places])
        if not result.success:
            raise RuntimeError(f"project {name} does not parse: {result.exception}")
        self._manifest = result.result

    def run(self, model: str, *options: str, command: str = "run") -> Run:
        """Run one model; raises where it fails."""
        os.environ["DBT_TARGET_PATH"] = str(self._folder / self._name / "target")
        os.environ["DBT_LOG_PATH"] = str(self._folder / self._name / "logs")
        log = self._folder / self._name / "logs" / "dbt.log"
        log.unlink(missing_ok=True)
        arguments = ["--quiet", command, *(["--select", model] if model else []), *options]
        seconds, peak = in_child(self._invoke, arguments)
        return Run(seconds, peak, _statements(log))

    def _invoke(self, arguments: list[str]) -> float:
        result: Any = dbtRunner(manifest=self._manifest).invoke([*arguments, *self._places])
        if not result.success:
            messages = [each.message for each in result.result or [] if each.message]
            raise RuntimeError(f"{result.exception or messages}")
        return float(sum(each.execution_time for each in result.result))


def in_child(work: Callable[..., Any], *arguments: Any) -> tuple[Any, float]:
    """Do something in a process of its own; returns its result and its peak memory in GiB."""
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    child = context.Process(target=_send, args=(sender, work, arguments))
    child.start()
    sender.close()
    try:
        result, error = receiver.recv()
    except EOFError:
        result, error = None, "it was killed"
    child.join()
    if error:
        raise RuntimeError(f"{getattr(work, '__name__', work)}: {error}")
    value, peak = result
    return value, float(peak)


def _send(sender: Any, work: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    try:
        value = work(*arguments)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
        sender.send(((value, peak), None))
    except BaseException:
        sender.send((None, traceback.format_exc()))


def timed(work: Callable[..., Any], *arguments: Any) -> float:
    """Seconds that something takes in a process of its own, without starting that."""

    seconds, _ = in_child(seconds_of, partial(work, *arguments))
    return float(seconds)


def print_slowest(run: Run, name: str, count: int) -> None:
    """Print the slowest statements of a run to stderr."""
    print(
        f"{name}: {run.seconds:.2f} s, {run.gap_seconds:.2f} s outside of "
        f"{len(run.statements)} statements, {run.peak_gib:.2f} GiB",
        file=sys.stderr,
    )
    for statement in sorted(run.statements, key=lambda each: -each.seconds)[:count]:
        print(f"  {statement.seconds:7.3f}  {statement.sql[:110]}", file=sys.stderr)


def _statements(log: Path) -> list[Statement]:
    """The statements of a model, timed by when they and their answers were logged."""
    statements: list[Statement] = []
    open_sql: list[str] | None = None
    started = 0.0
    for line in log.read_text(encoding="utf-8").splitlines():
        stamped = _LOG_LINE.match(line)
        if stamped is None:
            if open_sql is not None:
                open_sql.append(line)
            continue
        hours, minutes, seconds_of_minute = stamped[1].split(":")
        moment = 3600 * int(hours) + 60 * int(minutes) + float(seconds_of_minute)
        if _ON_MODEL.search(line):
            started = moment
            open_sql = [_ON_MODEL.split(line)[-1]]
        elif _STATUS.search(line) and open_sql is not None:
            sql = re.sub(r"/\*.*?\*/", "", "\n".join(open_sql), flags=re.DOTALL)
            # The day may have ended in between.
            seconds = (moment - started) % 86400
            statements.append(Statement(" ".join(sql.split()), seconds))
            open_sql = None
    return statements
