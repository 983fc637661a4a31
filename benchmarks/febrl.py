"""How well FEBRL's truth sets 1 to 4 are resolved, with the number and without it.

    python -m benchmarks.febrl [--set 1 --set 3]

Builds tests/projects/febrl for each set twice on DuckDB: with the social-security number and the
composite keys by the identity graph alone, then without both, on the pairs that
`cdp.identity.matching` proposes. Prints one JSON object per figure; the exit status is 1 if a bar
does not hold. Pairs are counted over all records of a set, whether they were linked or not.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from benchmarks.measuring import Figures
from cdp.identity.matching import match
from cdp.identity.matching.run import SWITCH
from cdp.settings import Settings
from tests.projects.febrl import febrl
from tests.projects.febrl.febrl_build import dbt, load, profiles


def main() -> int:
    """Measure the sets that were asked for; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--set", type=int, action="append", choices=sorted(febrl.FILES))
    figures = Figures("identity.quality")
    for number in parser.parse_args().set or sorted(febrl.FILES):
        _deterministic(number, figures)
        _probabilistic(number, figures)
    return figures.status


def _deterministic(number: int, figures: Figures) -> None:
    with tempfile.TemporaryDirectory(prefix="bench-febrl-") as folder:
        settings = _settings(Path(folder), "false")
        load(settings, febrl.records(number))
        dbt("run", "--select", "+profile_identifiers")
        precision, recall = febrl.pairwise(profiles(settings))
    figures.add(f"febrl{number}.keys.precision", precision, "share", at_least=0.999)
    figures.add(f"febrl{number}.keys.recall", recall, "share", at_least=0.95)


def _probabilistic(number: int, figures: Figures) -> None:
    with tempfile.TemporaryDirectory(prefix="bench-febrl-") as folder:
        settings = _settings(Path(folder), "true")
        load(settings, febrl.records(number))
        dbt("run", "--select", "+int_identity__match_records")
        match(settings, schema=settings.schema)
        dbt("run", "--select", "+profile_identifiers")
        precision, recall = febrl.pairwise(profiles(settings))
    figures.add(f"febrl{number}.matching.precision", precision, "share")
    figures.add(f"febrl{number}.matching.recall", recall, "share")
    f1 = 2 * precision * recall / (precision + recall)
    figures.add(f"febrl{number}.matching.f1", f1, "share", at_least=0.97)


def _settings(folder: Path, switch: str) -> Settings:
    """An empty warehouse in the folder, and the environment that dbt reads of it."""
    os.environ |= {
        "CDP_TARGET": "duckdb",
        "CDP_DATA_DIR": str(folder),
        "CDP_DUCKDB_PATH": str(folder / "warehouse.duckdb"),
        "CDP_SCHEMA": "cdp",
        "CDP_RAW_SCHEMA": "raw",
        "DBT_TARGET_PATH": str(folder / "target"),
        "DBT_LOG_PATH": str(folder / "logs"),
        SWITCH: switch,
    }
    settings = Settings.from_environment()
    settings.prepare()
    return settings


if __name__ == "__main__":
    sys.exit(main())
