"""How well profiles match the true persons of a generated company.

    python -m benchmarks.identity_quality [--customers 50000] [--days 90] [--seed 7]
    python -m benchmarks.identity_quality --warehouse PATH --truth DIR

Generates a company, lands its files, runs dbt as far as the identity models and scores
`int_identity__record_profiles` against `truth/records.csv`, as `benchmarks.identity_scorer` counts.
Prints one JSON object per figure; the exit status is 1 if a bar does not hold. The error classes go
to stderr, or to `--report FILE`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.identity_scorer import Scorer, Source
from benchmarks.measuring import (
    BIN,
    Figures,
    add_company,
    argument_parser,
    environment_of,
    generate_company,
    run_dbt,
    run_python,
)
from cdp.settings import PROJECT_DIR
from generator.cli import DEFAULT_END_DATE

_MODELS = ("+int_identity__record_profiles", "+profile_links", "+profile_identifiers")


def main() -> int:
    """Measure everything; returns the exit status."""
    parser = argument_parser(__doc__)
    add_company(parser, customers=50_000)
    parser.add_argument("--warehouse", type=Path, help="score this DuckDB file, building nothing")
    parser.add_argument("--truth", type=Path, help="folder of its truth, with --warehouse")
    parser.add_argument("--report", type=Path, help="write the error classes here, not to stderr")
    options = parser.parse_args()
    if (options.warehouse is None) != (options.truth is None):
        parser.error("--warehouse and --truth go together")
    figures = Figures("identity.quality")
    with tempfile.TemporaryDirectory(prefix="bench-identity-quality-") as scratch:
        folder = options.work or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        warehouse, truth = options.warehouse, options.truth
        if warehouse is None:
            company = folder / "company"
            generate_company(options, company)
            warehouse, truth = folder / "warehouse.duckdb", company / "truth"
            build(warehouse, company / "landing", folder)
        sources = declared_sources(warehouse, folder)
        with Scorer(warehouse, truth, sources, os.environ.get("CDP_SCHEMA", "cdp")) as scorer:
            _add_figures(scorer, figures)
            text = scorer.report()
    if options.report:
        options.report.write_text(text, encoding="utf-8")
    else:
        sys.stderr.write(text)
    return figures.status


def build(warehouse: Path, landing: Path, folder: Path) -> None:
    """Land the files and run dbt as far as the identity models."""
    environment = _environment(warehouse, folder) | {"CDP_LANDING_PATH": str(landing)}
    run_python("-m", "cdp", "land", environment=environment)
    run_dbt("seed", environment=environment)
    run_dbt("run", "--select", *_MODELS, environment=environment)


def declared_sources(warehouse: Path, folder: Path) -> list[Source]:
    """The entries of macro `identity_sources`, rendered by dbt."""
    compiled = subprocess.run(
        [BIN / "dbt", "--quiet", "compile", "--inline", "{{ tojson(identity_sources()) }}"],
        cwd=PROJECT_DIR,
        env=_environment(warehouse, folder),
        check=True,
        text=True,
        stdout=subprocess.PIPE,
    ).stdout
    entries = json.loads(compiled[compiled.index("[{") :])
    return [Source(e["model"], e["record_id"], e["identifiers"]) for e in entries]


def _environment(warehouse: Path, folder: Path) -> dict[str, str]:
    return environment_of(
        folder.resolve(),
        CDP_DUCKDB_PATH=str(warehouse.resolve()),
        CDP_AS_OF=f"{DEFAULT_END_DATE}T18:00:00Z",
    )


def _add_figures(scorer: Scorer, figures: Figures) -> None:
    clear, everything = scorer.score("not is_ambiguous"), scorer.score()
    figures.add("precision", clear.precision, "share", at_least=0.999)
    figures.add("recall", clear.recall, "share", at_least=0.97)
    figures.add("uncovered_records", scorer.uncovered(), "records", at_most=0)
    figures.add("precision_with_ambiguous", everything.precision, "share")
    figures.add("recall_with_ambiguous", everything.recall, "share")
    figures.add("ambiguous_records", scorer.share_of_ambiguous(), "share")
    figures.add("recall_of_all_pairs", everything.right / max(everything.true, 1), "share")
    figures.add("reachable_pairs", everything.reachable / max(everything.true, 1), "share")


if __name__ == "__main__":
    sys.exit(main())
