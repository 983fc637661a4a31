"""Splink's Fellegi-Sunter model: training, parameters as JSON, scored pairs.

Everything runs in a DuckDB of this process on one thread and in a fixed order of records, so that
the same records give the same parameters to the last bit. Pairs are always scored with parameters
read back from their rounded JSON: the run that trains and those that do not agree.

The method is that of Fellegi and Sunter, "A Theory for Record Linkage" (1969), with parameters by
expectation maximisation as Winkler proposed it for record linkage (1988).
"""

from __future__ import annotations

import copy
import hashlib
import json
import logging
import warnings
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

import duckdb
import pyarrow as pa
import splink.comparison_library as compare
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

from cdp.identity.matching.columns import (
    BLOCKS,
    COLUMNS,
    RECALL_OF_SURE_RULES,
    SURE_RULES,
    TRAINING_BLOCKS,
    usable,
)
from cdp.identity.matching.store import QUERIES

# Pairs less likely than this are not kept; `match_lower_threshold` can be no lower.
MIN_PROBABILITY = 0.01
# A model trained on fewer pairs would be unreliable.
MIN_SURE_PAIRS = 10
_SAMPLED_PAIRS = 2e6
_SIGNIFICANT_DIGITS = 10
_SIMILAR = (0.92, 0.80)
# Minimum share of matching and of non-matching pairs at each level.
_MIN_SHARE = 1e-4
_MIN_CHANCE = 1e-6


class TrainingError(RuntimeError):
    """The records hold too little to learn from; the message says what is missing."""


@contextmanager
def opened(records: pa.Table) -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB of this process with the records as table `records`, numbered by `unique_id`.

    `records` has one row per entity: `identifier_type`, `identifier_value` and columns of `COLUMNS`
    as text.
    """
    logging.getLogger("splink").setLevel(logging.ERROR)
    with duckdb.connect() as database, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        database.execute("set threads = 1")
        database.execute("set enable_progress_bar = false")
        database.register("arrived", records)
        database.execute(QUERIES("numbered_records"))
        database.unregister("arrived")
        yield database


def filled_columns(database: duckdb.DuckDBPyConnection) -> list[str]:
    """Columns of `COLUMNS` that tell at least two records apart, in that order."""
    present = {row[0] for row in database.execute("describe records").fetchall()}
    known = [name for name in COLUMNS if name in present]
    if not known:
        return []
    counts = ", ".join(f"count(distinct {name})" for name in known)
    [found] = database.execute(f"select {counts} from records").fetchall()
    return [name for name, count in zip(known, found, strict=True) if count > 1]


def train(database: duckdb.DuckDBPyConnection) -> str:
    """Parameters learnt from the records, as JSON of one spelling; raises `TrainingError`."""
    filled = filled_columns(database)
    sure, training = usable(SURE_RULES, filled), usable(TRAINING_BLOCKS, filled)
    if not sure or len(training) < 2:
        raise TrainingError(
            "Records to match need names and birth dates, or names and addresses; filled are "
            f"only: {', '.join(filled) or 'none'}."
        )
    if (pairs := _count_pairs(database, sure)) < MIN_SURE_PAIRS:
        raise TrainingError(
            f"Only {pairs} pairs of records agree in names and birth date or address: at least "
            f"{MIN_SURE_PAIRS} are needed to learn from."
        )
    linker = _linker(database, _settings(filled))
    linker.training.estimate_probability_two_random_records_match(
        [block_on(*rule) for rule in sure], recall=RECALL_OF_SURE_RULES
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=_SAMPLED_PAIRS, seed=1)
    untrained = linker.misc.save_model_to_json()
    learnt = [each for rule in training if (each := _learn(database, untrained, rule))]
    if len(learnt) < 2:
        raise TrainingError(
            "Too few records agree in birth date, names or postcode to learn from them."
        )
    model = _rounded(_averaged(untrained, learnt))
    # A random name that splink gives each model and that nothing reads.
    model.pop("linker_uid", None)
    return json.dumps(model, sort_keys=True, separators=(",", ":"))


def version(parameters: str) -> str:
    """Version of a model: a short hash of its parameters."""
    return hashlib.sha256(parameters.encode()).hexdigest()[:16]


def predict(database: duckdb.DuckDBPyConnection, parameters: str) -> list[tuple[Any, ...]]:
    """Pairs above the threshold, sorted by their identifiers.

    Each is type and value of the first and of the second identifier, probability and weight (the
    base-2 logarithm of the odds). The identifier that reads first stands first.
    """
    linker = _linker(database, json.loads(parameters))
    scored = linker.inference.predict(threshold_match_probability=MIN_PROBABILITY)
    return database.execute(QUERIES("scored_pairs", scored=scored.physical_name)).fetchall()


def _learn(
    database: duckdb.DuckDBPyConnection, untrained: dict[str, Any], rule: tuple[str, ...]
) -> dict[str, Any] | None:
    """A model trained on the pairs that agree in the columns of a rule; None if training failed.

    Each rule learns from the start: what another left near zero would run into zero here.
    """
    if not _count_pairs(database, (rule,)):
        return None
    linker = _linker(database, copy.deepcopy(untrained))
    try:
        linker.training.estimate_parameters_using_expectation_maximisation(
            block_on(*rule), record_sample_proportion=1.0
        )
    except ValueError:
        # Almost none of the pairs match, so a parameter has converged to zero.
        return None
    model: dict[str, Any] = linker.misc.save_model_to_json()
    return model


def _averaged(untrained: dict[str, Any], learnt: list[dict[str, Any]]) -> dict[str, Any]:
    """The model with the mean parameters of the models of all rules, per comparison level.

    What was never seen is rare, not impossible.
    """
    model = copy.deepcopy(untrained)
    for number, comparison in enumerate(model["comparisons"]):
        for place, level in enumerate(comparison["comparison_levels"]):
            if level.get("is_null_level"):
                continue
            found = [each["comparisons"][number]["comparison_levels"][place] for each in learnt]
            known = [each["m_probability"] for each in found if "m_probability" in each]
            level["m_probability"] = max(sum(known) / len(known) if known else 0, _MIN_SHARE)
            level["u_probability"] = max(level.get("u_probability", 0), _MIN_CHANCE)
    return model


def _linker(database: duckdb.DuckDBPyConnection, settings: Any) -> Linker:
    records = DuckDBAPI(database).register("records")
    return Linker(records, settings, log_level=None, validate_settings=False)


def _settings(filled: Collection[str]) -> SettingsCreator:
    comparisons: list[Any] = []
    names = [name for name in filled if COLUMNS[name] == "name"]
    if len(names) == 2:
        comparisons.append(
            compare.ForenameSurnameComparison(*names, jaro_winkler_thresholds=list(_SIMILAR))
        )
    else:
        comparisons += [compare.JaroWinklerAtThresholds(name, _SIMILAR) for name in names]
    for name in filled:
        match COLUMNS[name]:
            case "date":
                comparisons.append(compare.DamerauLevenshteinAtThresholds(name, [1, 2]))
            case "code" | "identifier":
                comparisons.append(compare.DamerauLevenshteinAtThresholds(name, [1]))
            case "text":
                comparisons.append(compare.JaroWinklerAtThresholds(name, _SIMILAR))
            case "category":
                comparisons.append(compare.ExactMatch(name))
    return SettingsCreator(
        link_type="dedupe_only",
        comparisons=comparisons,
        blocking_rules_to_generate_predictions=[block_on(*rule) for rule in usable(BLOCKS, filled)],
    )


def _count_pairs(database: duckdb.DuckDBPyConnection, rules: tuple[tuple[str, ...], ...]) -> int:
    """Number of pairs that agree in all columns of a rule, summed over the rules."""
    total = 0
    for rule in rules:
        [(pairs,)] = database.execute(QUERIES("agreeing_pairs", columns=rule)).fetchall()
        total += pairs
    return total


def _rounded(value: Any) -> Any:
    """The value with every float, at any depth, rounded to ten significant digits."""
    if isinstance(value, float):
        return float(f"{value:.{_SIGNIFICANT_DIGITS}g}")
    if isinstance(value, dict):
        return {key: _rounded(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_rounded(each) for each in value]
    return value
