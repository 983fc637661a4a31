"""What the benchmarks share: figures as lines of JSON with their bars, timing, and processes."""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from cdp.settings import PROJECT_DIR

BIN = Path(sys.executable).parent
# Variables of another run that must not reach a benchmark.
_OURS = ("CDP_", "PG", "DATABASE_URL", "DAGSTER_", "DBT_")


class Figures:
    """Prints one JSON object per figure and remembers whether all bars hold.

    Args:
        prefix: First part of every name.
    """

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self.all_hold = True

    def add(
        self,
        name: str,
        value: float,
        unit: str,
        *,
        at_least: float | None = None,
        at_most: float | None = None,
    ) -> None:
        """Print a figure, with its bar if it has one."""
        holds = (at_least is None or value >= at_least) and (at_most is None or value <= at_most)
        self.all_hold &= holds
        line = {"figure": f"{self._prefix}.{name}", "value": round(value, 5), "unit": unit}
        bar = at_most if at_least is None else at_least
        print(json.dumps(line if bar is None else line | {"bar": bar, "holds": holds}), flush=True)

    @property
    def status(self) -> int:
        """The exit status: 1 if a bar does not hold."""
        return 0 if self.all_hold else 1


def argument_parser(doc: str | None) -> argparse.ArgumentParser:
    """A parser whose help is the docstring of the module."""
    return argparse.ArgumentParser(
        description=doc, formatter_class=argparse.RawDescriptionHelpFormatter
    )


def add_company(parser: argparse.ArgumentParser, *, customers: int) -> None:
    """Options of a generated company, and of a folder in which to keep it."""
    parser.add_argument("--customers", type=int, default=customers)
    parser.add_argument("--days", type=int, default=90)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--work", type=Path, help="build here and keep it for the next time")


def generate_company(options: argparse.Namespace, out: Path) -> None:
    """Generate the company, unless it exists."""
    if not out.exists():
        size = [f"--{name}={getattr(options, name)}" for name in ("customers", "days", "seed")]
        run_python("-m", "generator", *size, f"--out={out}")


def median_ratio(work: Sequence[float], base: Sequence[float]) -> float:
    """Median over the rounds of how much longer the work took than the base."""
    return statistics.median(a / b for a, b in zip(work, base, strict=True))


def seconds_of(work: Callable[[], object]) -> float:
    """Seconds that something takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def environment_of(folder: Path, **variables: str) -> dict[str, str]:
    """Environment of a run in a folder; nothing of the repository's data is touched."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
    return kept | {
        "CDP_TARGET": "duckdb",
        "CDP_DATA_DIR": str(folder / "data"),
        "CDP_DUCKDB_PATH": str(folder / "warehouse.duckdb"),
        "DBT_PROFILES_DIR": str(PROJECT_DIR),
        "DBT_TARGET_PATH": str(folder / "target"),
        "DBT_LOG_PATH": str(folder / "logs"),
        **variables,
    }


def run_python(*arguments: str, environment: dict[str, str] | None = None) -> None:
    """Run Python; its output goes to stderr."""
    run([sys.executable, *arguments], environment)


def run_dbt(*arguments: str, environment: dict[str, str]) -> float:
    """Run dbt; returns the peak memory of its process in GiB."""
    return run([sys.executable, "-m", "cdp.dbt.command", "--quiet", *arguments], environment)


def run(command: list[str], environment: dict[str, str] | None = None) -> float:
    """Run a command, which must succeed; returns its peak memory in GiB."""
    process = subprocess.Popen(command, cwd=PROJECT_DIR, env=environment, stdout=sys.stderr)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} failed: its output is above.")
    return usage.ru_maxrss / 1024**2
