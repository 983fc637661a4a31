"""One run of matching: read the records, train if need be, propose pairs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import yaml

from cdp.identity.matching import store
from cdp.settings import PROJECT_DIR, Runs, SettingError, Settings
from cdp.warehouse.connection import connected

SWITCH = "CDP_PROBABILISTIC_MATCHING"


class MatchingError(RuntimeError):
    """Matching failed; the message gives the remedy and contains no value of a record."""


@dataclass(frozen=True)
class MatchingReport:
    """What a run did.

    Attributes:
        record_count: Records that were compared.
        pair_count: Pairs that were proposed.
        model_version: Model that scored them.
        is_trained: Whether this run trained it.
    """

    record_count: int
    pair_count: int
    model_version: str
    is_trained: bool

    def __str__(self) -> str:
        how = "trained now" if self.is_trained else "trained before"
        return (
            f"{self.pair_count:,} pairs proposed among {self.record_count:,} records "
            f"by model {self.model_version}, {how}."
        )


def is_switched_on() -> bool:
    """Whether matching is on, read as macro probabilistic_matching reads it.

    `CDP_PROBABILISTIC_MATCHING` wins over `probabilistic_matching` of dbt_project.yml. Raises
    `SettingError` for anything but true and false.
    """
    chosen = Runs.from_environment().probabilistic_matching
    if chosen is not None:
        return chosen
    project = yaml.safe_load((PROJECT_DIR / "dbt_project.yml").read_text(encoding="utf-8"))
    value = str(project["vars"].get("probabilistic_matching", False))
    if value.lower() not in ("true", "false"):
        raise SettingError(
            "probabilistic_matching is neither true nor false: set it to one of them."
        )
    return value.lower() == "true"


def match(settings: Settings, *, train: bool = False, schema: str | None = None) -> MatchingReport:
    """Propose pairs among the records in `<schema>.int_identity__match_records`.

    Trains where no model was stored yet or `train` asks for it. The warehouse is held only while
    records are read and pairs written. Raises `MatchingError`.
    """
    model = _model()
    with connected(settings) as warehouse:
        records = store.read_records(warehouse, schema or f"{settings.schema}_identity")
        parameters = None if train else store.read_parameters(warehouse, settings)
    if records is None:
        raise MatchingError(
            f"There is no {store.RECORDS}: run make dbt ARGS='build -s +{store.RECORDS}' first."
        )
    is_trained = parameters is None
    with model.opened(records) as database:
        try:
            parameters = parameters or model.train(database)
            pairs = model.predict(database, parameters)
        except model.TrainingError as error:
            raise MatchingError(str(error)) from None
        except model.duckdb.BinderException:
            raise MatchingError(
                "The stored model names a column that the records no longer have: "
                "run make match TRAIN=1."
            ) from None
    model_version = model.version(parameters)
    now = datetime.now(UTC).replace(tzinfo=None)
    with connected(settings) as warehouse, warehouse.transaction():
        store.create_tables(warehouse, settings)
        if is_trained:
            store.write_parameters(warehouse, settings, model_version, parameters, now)
        store.write_pairs(warehouse, settings, pairs, model_version, now)
    return MatchingReport(records.num_rows, len(pairs), model_version, is_trained)


def _model() -> Any:
    try:
        from cdp.identity.matching import model  # noqa: PLC0415  an extra, and seconds to import
    except ModuleNotFoundError as error:
        raise MatchingError(
            f"{error.name} is not installed: pip install 'customer-data-platform[matching]'."
        ) from None
    return model
