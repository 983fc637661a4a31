"""Precision and recall on FEBRL's truth sets, with keys and with probabilities."""

from __future__ import annotations

import pytest

from cdp.identity.matching import match
from cdp.settings import Settings
from tests.conftest import make_settings
from tests.projects.febrl import febrl
from tests.projects.febrl.febrl_build import dbt, load, profiles

pytestmark = pytest.mark.slow


@pytest.fixture
def warehouse(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> Settings:  # fmt: skip
    return make_settings("duckdb", tmp_path_factory.mktemp("febrl"), monkeypatch, request)


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_keys_find_the_persons(warehouse: Settings, number: int) -> None:
    load(warehouse, febrl.records(number))
    dbt("run", "--select", "+profile_identifiers")
    found = profiles(warehouse)
    assert len(found) == len(febrl.records(number))
    precision, recall = febrl.pairwise(found)
    assert precision >= 0.999
    assert recall >= 0.95


@pytest.mark.parametrize("number", [1, 3])
def test_probabilities_find_the_persons_without_the_number(
    warehouse: Settings, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CDP_PROBABILISTIC_MATCHING", "true")
    load(warehouse, febrl.records(number))
    dbt("run", "--select", "+int_identity__match_records")
    match(warehouse, schema=warehouse.schema)
    dbt("run", "--select", "+profile_identifiers")
    found = profiles(warehouse)
    assert len(found) == len(febrl.records(number))
    precision, recall = febrl.pairwise(found)
    assert 2 * precision * recall / (precision + recall) >= 0.97
