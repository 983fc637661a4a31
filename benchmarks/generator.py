"""How long the generator takes for a company of one million web events.

    python -m benchmarks.generator [--customers 50000] [--days 90] [--rounds 3]

Prints one JSON object a figure; the exit status is 1 where a bar does not hold.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import resource
import statistics
import sys
import tempfile
import time
from pathlib import Path

from generator.cli import DEFAULT_END_DATE
from generator.plan import Plan
from generator.run import generate

MILLION = 1_000_000
SECONDS_FOR_A_MILLION = 60.0


def _print(figure: str, value: float, unit: str, bar: float | None = None) -> bool:
    holds = bar is None or value <= bar
    line: dict[str, object] = {"figure": figure, "value": round(value, 3), "unit": unit}
    if bar is not None:
        line |= {"bar": bar, "holds": holds}
    sys.stdout.write(json.dumps(line) + "\n")
    return holds


def _count_lines(folder: Path) -> int:
    count = 0
    for path in folder.iterdir():
        content = path.read_bytes()
        count += (gzip.decompress(content) if path.suffix == ".gz" else content).count(b"\n")
    return count


def _processor_seconds() -> float:
    own = resource.getrusage(resource.RUSAGE_SELF)
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def main() -> int:
    """Measure and print the figures; 1 if one misses its bar."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=50_000)
    parser.add_argument("--days", type=int, default=90)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    plan = Plan(given.customers, given.days, 1, DEFAULT_END_DATE)

    seconds, processor = [], []
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out"
        for _ in range(given.rounds):
            started, worked = time.perf_counter(), _processor_seconds()
            generate(plan, out)
            seconds.append(time.perf_counter() - started)
            processor.append(_processor_seconds() - worked)
        web_events = _count_lines(out / "landing" / "web" / "events")
        all_rows = sum(_count_lines(path) for path in (out / "landing").glob("*/*"))

    # A smaller or larger company than asked for must not pass or miss by its size.
    share = MILLION / web_events
    _print("generator.web_events", web_events, "rows")
    _print("generator.all_rows", all_rows, "rows")
    _print("generator.processors", os.cpu_count() or 1, "processors")
    _print(
        "generator.processor_time_per_million_web_events", statistics.median(processor) * share, "s"
    )
    wall = statistics.median(seconds) * share
    holds = _print("generator.million_web_events", wall, "s", SECONDS_FOR_A_MILLION)
    return 0 if holds else 1


if __name__ == "__main__":
    raise SystemExit(main())
