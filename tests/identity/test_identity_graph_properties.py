"""Whatever happens to the sources, in whatever order and batches, the graph is the reference's."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tests.identity.identity_world import RULES, SOURCES, World
from tests.identity.reference_graph import Identifier, Override, Record, ordered

START = datetime(2026, 1, 1)  # noqa: DTZ001 - timestamps of the warehouse are UTC without zone
# Few values of each kind, so that records meet; contact 0 and so on are nothing special.
POOL = {"contact": 6, "card": 6, "email": 7, "phone": 7, "cookie": 8, "birthday": 4, "initial": 3}
LINKING = ["card", "contact", "cookie", "email", "phone"]

values = {kind: st.integers(0, size - 1) for kind, size in POOL.items()}


def named(kind: str, number: int) -> Identifier:
    if kind == "email" and number == 0:
        return kind, "noone@example.org"
    return kind, f"{kind[0]}{number}"


@st.composite
def records(draw: st.DrawFn) -> Record:
    source = draw(st.sampled_from(sorted(SOURCES)))
    identifiers = tuple(
        named(kind, draw(values[kind])) for kind in SOURCES[source] if draw(st.booleans())
    )
    moment = START + timedelta(days=draw(st.integers(0, 89)), seconds=draw(st.integers(0, 3)))
    return Record(source, f"r{draw(st.integers(0, 29))}", moment, identifiers)


@st.composite
def overrides(draw: st.DrawFn) -> tuple[Override, ...]:
    kinds = st.sampled_from(LINKING)
    found: dict[object, Override] = {}
    for number in range(draw(st.integers(0, 2))):
        kind_a, kind_b = draw(kinds), draw(kinds)
        pair = ordered((named(kind_a, draw(values[kind_a])), named(kind_b, draw(values[kind_b]))))
        decision = draw(st.sampled_from(["always", "never"]))
        if pair[0] != pair[1]:
            found[pair] = Override(f"o{number}", decision, pair, START + timedelta(days=40))
    return tuple(found.values())


@st.composite
def steps(draw: st.DrawFn) -> list[dict[str, object]]:
    return draw(
        st.lists(
            st.fixed_dictionaries(
                {
                    "put": st.lists(records(), max_size=10),
                    "remove": st.integers(0, 4),
                    "seed": st.integers(0, 1000),
                    "overrides": st.none() | overrides(),
                    "event": st.sampled_from(
                        ["run", "run", "run", "run", "skip", "restage", "full_refresh"]
                    ),
                }
            ),
            min_size=3,
            max_size=6,
        )
    )


def take(world: World, step: dict[str, object]) -> None:
    put = {(each.source, each.record_id): each for each in step["put"]}  # type: ignore[attr-defined]
    others = sorted(set(world.records) - set(put))
    drawn = random.Random(step["seed"])  # type: ignore[arg-type]
    remove = drawn.sample(others, min(len(others), step["remove"]))  # type: ignore[type-var]
    world.stage(put.values(), remove)
    if step["overrides"] is not None:
        world.write_rules(replace(world.rules, overrides=step["overrides"]))  # type: ignore[arg-type]
    if step["event"] == "restage":
        world.restage()
    if step["event"] != "skip":
        world.run(*(["--full-refresh"] if step["event"] == "full_refresh" else []))


def check(world: World) -> None:
    expected, found = world.expected(), world.found()
    assert found.people == expected.people
    assert dict(found.links) == dict(expected.links)
    check_statuses(world)


def check_statuses(world: World) -> None:
    """Active links stay within a cluster, and pruned ones join two clusters of a component."""
    wrong = world.query(
        "select links.status, ends_a.*, ends_b.* from {schema}.identity_graph__links as links "
        "left join {schema}.identity_graph as ends_a "
        "on links.identifier_key_a = ends_a.identifier_key "
        "left join {schema}.identity_graph as ends_b "
        "on links.identifier_key_b = ends_b.identifier_key "
        "where case links.status "
        "when 'active' then ends_a.cluster_id is distinct from ends_b.cluster_id "
        "when 'attribute' then false when 'shared_identifier' then false "
        "when 'link_window' then false when 'unseen_identifier' then false "
        "when 'profile_limit' then ends_a.component_id is distinct from ends_b.component_id "
        "or ends_a.cluster_id = ends_b.cluster_id "
        "when 'override' then ends_a.component_id is distinct from ends_b.component_id "
        "or ends_a.cluster_id = ends_b.cluster_id else true end"
    )
    assert wrong == []


def start_again(world: World) -> None:
    world.write_rules(RULES)
    world.stage(remove=sorted(world.records))
    world.run()


@pytest.mark.parametrize("examples", [4])
def test_every_history_comes_to_the_reference(world: World, examples: int) -> None:
    @hypothesis_settings(
        max_examples=examples if world.settings.target == "duckdb" else examples // 2,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(steps())
    def every_history(history: list[dict[str, object]]) -> None:
        start_again(world)
        for step in history:
            take(world, step)
            if step["event"] != "skip":
                check(world)
        world.run()
        check(world)
        evidence, profiles = world.evidence(), world.profiles()
        # Built from nothing but the records, all is the same; and so are the ids, by the registry.
        world.run("--full-refresh")
        assert world.evidence() == evidence
        assert world.profiles() == profiles
        check_ledger(world)

    every_history()


def check_ledger(world: World) -> None:
    unresolved = world.query(
        "select redirects.old_profile_id from {schema}.profile_redirects as redirects "
        "left join {schema}.profile_id_registry as id_registry using (profile_id) "
        "where id_registry.profile_id is null or id_registry.redirected_to_profile_id is not null"
    )
    homeless = world.query(
        "select identifiers.profile_id from {schema}.profile_identifiers as identifiers "
        "left join {schema}.profile_id_registry as id_registry using (profile_id) "
        "where identifiers.profile_id is not null "
        "and (id_registry.profile_id is null or id_registry.redirected_to_profile_id is not null)"
    )
    assert (unresolved, homeless) == ([], [])
