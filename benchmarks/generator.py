"""How long the generator takes for a company of one million web events.

    python -m benchmarks.generator [--customers 50000] [--days 90] [--rounds 3]

Prints one JSON object a figure; the exit status is 1 where a bar does not hold.
"""

from __future__ import annotations

import gzip
import os
import resource
import statistics
import tempfile
from pathlib import Path

from benchmarks.measuring import Figures, argument_parser, seconds_of
from generator.cli import DEFAULT_END_DATE
from generator.plan import Plan
from generator.run import generate

MILLION = 1_000_000
SECONDS_FOR_A_MILLION = 60.0


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
    parser = argument_parser(__doc__)
    parser.add_argument("--customers", type=int, default=50_000)
    parser.add_argument("--days", type=int, default=90)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    plan = Plan(given.customers, given.days, 1, DEFAULT_END_DATE)

    seconds, processor = [], []
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out"
        for _ in range(given.rounds):
            worked = _processor_seconds()
            seconds.append(seconds_of(lambda: generate(plan, out)))
            processor.append(_processor_seconds() - worked)
        web_events = _count_lines(out / "landing" / "web" / "events")
        all_rows = sum(_count_lines(path) for path in (out / "landing").glob("*/*"))

    # The bar is per million events, because the size of the company varies.
    share = MILLION / web_events
    figures = Figures("generator")
    figures.add("web_events", web_events, "rows")
    figures.add("all_rows", all_rows, "rows")
    figures.add("processors", os.cpu_count() or 1, "processors")
    worked = statistics.median(processor) * share
    figures.add("processor_time_per_million_web_events", worked, "s")
    wall = statistics.median(seconds) * share
    figures.add("million_web_events", wall, "s", at_most=SECONDS_FOR_A_MILLION)
    return figures.status


if __name__ == "__main__":
    raise SystemExit(main())
