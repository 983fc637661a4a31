"""Proposed pairs from the switch to the review, on both engines, on people of FEBRL 1."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cdp.identity.matching import MatchingError, match
from cdp.settings import Settings
from cdp.warehouse.connection import connected
from tests.command import cdp
from tests.projects.febrl import febrl
from tests.projects.febrl.febrl_build import dbt, load, profiles

PAIRS = "select * from raw.identity_match_pairs order by 1, 2, 3, 4"
# Only pairs of probability 1 link, so that some are left for review.
STRICT = json.dumps({"match_upper_threshold": 1, "match_lower_threshold": 0.5})


def query(settings: Settings, statement: str) -> list[tuple[Any, ...]]:
    with connected(settings) as warehouse:
        return warehouse.execute(statement.format(schema=settings.schema))


def override(settings: Settings, decision: str, pair: tuple[str, str]) -> None:
    with connected(settings) as warehouse:
        # The other way round than the pair: who decides need not know an order.
        warehouse.execute(
            f"insert into {settings.schema}.test_link_overrides values "
            "($1, $1, 'record', $2, 'record', $3, timestamp '2026-02-01 00:00:00')",
            (decision, pair[1], pair[0]),
        )


def switch(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("CDP_PROBABILISTIC_MATCHING", value)


@pytest.mark.slow
def test_pairs_link_wait_for_review_and_go(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(settings, febrl.records(1))
    switch(monkeypatch, "true")
    dbt("run", "--select", "+int_identity__match_records")

    first = match(settings, schema=settings.schema)
    pairs = query(settings, PAIRS)
    second = match(settings, schema=settings.schema)
    assert (first.is_trained, second.is_trained) == (True, False)
    assert query(settings, PAIRS) == pairs
    third = match(settings, train=True, schema=settings.schema)
    assert third.is_trained
    assert third.model_version == first.model_version
    assert query(settings, PAIRS) == pairs
    assert len(pairs) == first.pair_count > 400

    dbt("run", "--vars", STRICT)
    links = query(settings, "select count(*) from {schema}.stg_matching__pairs")
    assert links == [(2 * sum(pair[4] >= 1 for pair in pairs),)]
    review = query(
        settings,
        "select identifier_value_a, identifier_value_b, match_probability, profile_id_a, "
        "profile_id_b, agreeing_attributes, differing_attributes from {schema}.identity_review "
        "order by 1, 2",
    )
    found = profiles(settings)
    doubtful = {(pair[1], pair[3]): pair[4] for pair in pairs if 0.5 <= pair[4] < 1}
    assert len(review) > 2
    assert {row[:2]: row[2] for row in review} == {
        pair: chance for pair, chance in doubtful.items() if found[pair[0]] != found[pair[1]]
    }
    people = {record["rec_id"]: record for record in febrl.records(1)}
    for a, b, _, profile_a, profile_b, agreeing, differing in review:
        assert (profile_a, profile_b) == (found[a], found[b])
        both = (people[a]["suburb"], people[b]["suburb"])
        assert ("city" in agreeing.split(", ")) == (both[0] == both[1] != "")
        assert ("city" in differing.split(", ")) == (both[0] != both[1] and all(both))

    together, apart = review[0][:2], review[1][:2]
    override(settings, "always", together)
    override(settings, "never", apart)
    dbt("run", "--vars", STRICT)
    left = query(
        settings, "select identifier_value_a, identifier_value_b from {schema}.identity_review"
    )
    assert set(left) == {row[:2] for row in review} - {together, apart}
    found = profiles(settings)
    assert found[together[0]] == found[together[1]]
    assert found[apart[0]] != found[apart[1]]

    # A lower bar links what waited, but for the pair that a person keeps apart.
    dbt("run", "--vars", json.dumps({"match_upper_threshold": 0.5}))
    found = profiles(settings)
    assert {pair for pair in doubtful if found[pair[0]] != found[pair[1]]} == {apart}
    assert query(settings, "select * from {schema}.identity_review") == []

    switch(monkeypatch, "false")
    dbt("run", "--select", "base_matching__pairs+")
    for model in ("stg_matching__pairs", "stg_matching__proposals", "identity_review"):
        assert query(settings, "select * from {schema}." + model) == []


def test_off_proposes_nothing_and_says_how_to_switch_on(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("CDP_PROBABILISTIC_MATCHING", raising=False)
    assert cdp("match") == 0
    assert "CDP_PROBABILISTIC_MATCHING=true" in capsys.readouterr().out
    assert (
        query(settings, "select * from information_schema.tables where table_name like '%match%'")
        == []
    )
    switch(monkeypatch, "perhaps")
    assert cdp("match") == 2


def test_what_is_missing_is_named(settings: Settings) -> None:
    with pytest.raises(MatchingError, match="int_identity__match_records"):
        match(settings)
    with connected(settings) as warehouse:
        warehouse.execute(f"create schema {settings.schema}")
        warehouse.execute(
            f"create table {settings.schema}.int_identity__match_records as "
            "select 'record' as identifier_type, 'a' as identifier_value, 'x' as first_name"
        )
    with pytest.raises(MatchingError, match="names and birth dates"):
        match(settings, schema=settings.schema)
