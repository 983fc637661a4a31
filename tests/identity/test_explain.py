"""What `make explain` says of two identifiers, and that the chain it finds is the shortest."""

from __future__ import annotations

import random
import time
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from heapq import heappop, heappush

import pytest

from cdp.identity.explain import (
    WITHHELD_LIMIT,
    Explainer,
    ExplainError,
    Place,
    mask,
    path_query,
)
from cdp.settings import Settings
from cdp.warehouse.connection import Connection, connected
from tests.command import cdp
from tests.identity.identity_world import World
from tests.identity.reference_graph import Identifier, Override, Record

START = datetime(2026, 1, 1)  # noqa: DTZ001  timestamps have no zone: they are UTC


def record(source: str, number: int, day: int, *identifiers: str) -> Record:
    pairs = (each.split(":") for each in identifiers)
    named = tuple((kind, value) for kind, value in pairs)
    return Record(source, f"r{number}", START + timedelta(days=day), named)


RECORDS = (
    record("contacts", 1, 0, "contact:k1", "email:ann@example.com"),
    record("visits", 2, 1, "email:ann@example.com", "card:c1"),
    record("visits", 3, 5, "email:ann@example.com", "card:c1"),
    record("visits", 4, 2, "card:c1", "phone:+491700000042"),
    record("visits", 5, 3, "phone:+491700000042", "cookie:w1"),
    # A placeholder.
    record("visits", 10, 0, "email:noone@example.com", "card:c5"),
    # A family's phone.
    record("contacts", 20, 0, "contact:k5", "phone:+491700000099"),
    record("contacts", 21, 0, "contact:k6", "phone:+491700000099"),
    # One contact more than a profile holds; the newest link gives way.
    record("contacts", 30, 0, "contact:k11", "card:c11"),
    record("contacts", 31, 1, "contact:k12", "card:c11"),
    record("contacts", 32, 2, "contact:k13", "card:c11"),
    # Kept apart, and joined, by a person.
    record("contacts", 40, 0, "contact:k21", "email:two@example.com"),
    record("visits", 41, 1, "email:two@example.com", "card:c21"),
    record("contacts", 42, 0, "contact:k31"),
    record("contacts", 43, 0, "contact:k32"),
    # A cookie that went on to another card.
    record("visits", 50, 0, "cookie:w9", "card:c41"),
    record("visits", 51, 60, "cookie:w9", "card:c42"),
    # Two ways of two hops.
    record("contacts", 60, 0, "contact:k51", "email:x@example.com"),
    record("contacts", 61, 0, "contact:k51", "email:y@example.com"),
    record("contacts", 62, 0, "contact:k51", "email:y@example.com"),
    record("visits", 63, 0, "email:x@example.com", "card:c51"),
    record("visits", 64, 0, "email:y@example.com", "card:c51"),
    record("contacts", 70, 0, "contact:k99", "email:Mixed@example.com"),
)
OVERRIDES = (
    Override("o1", "never", (("card", "c21"), ("contact", "k21")), START),
    Override("o2", "always", (("contact", "k31"), ("contact", "k32")), START),
)
# The schemas that the command looks in, over the world's one.
PLACES = """
create schema {schema}_identity;
create schema {schema}_rules;
create view {schema}_rules.identifier_types as
select identifier_type, priority, identifier_type in ('email', 'phone') as is_direct,
cast(null as text) as comment from {schema}.test_identifier_types;
create view {schema}_rules.link_overrides as select * from {schema}.test_link_overrides;
create view {schema}_identity.profile_identifiers as select * from {schema}.profile_identifiers;
create view {schema}_identity.identity_suspects as select * from {schema}.identity_suspects;
create view {schema}_identity.identity_graph__links as
select * from {schema}.identity_graph__links;
create view {schema}_identity.identity_graph__nodes as
select * from {schema}.identity_graph__nodes;
create view {schema}_identity.identity_graph__dictionary as
select * from {schema}.identity_graph__dictionary
"""


@pytest.fixture
def told(world: World) -> World:
    world.write_rules(replace(world.rules, overrides=OVERRIDES))
    world.stage(RECORDS)
    world.run()
    with connected(world.settings) as warehouse:
        for statement in PLACES.format(schema=world.settings.schema).split(";"):
            warehouse.execute(statement)
    return world


def test_says_what_joins_two_identifiers_or_keeps_them_apart(
    told: World, capsys: pytest.CaptureFixture[str]
) -> None:
    place = Place(f"{told.settings.schema}_identity", f"{told.settings.schema}_rules")
    with connected(told.settings) as warehouse:
        explainer = Explainer(warehouse, place)
        explain = explainer.explain

        chain = explain("contact:k1", "cookie:w1")
        assert chain.startswith("contact:k1 and cookie:w1 are one profile, ")
        assert chain.splitlines()[2:] == [
            "  contact:k1",
            "    | stg_contacts r1, 1 record, 2026-01-01 00:00",
            "  email:a***@example.com",
            "    | stg_visits r2, 2 records, 2026-01-02 00:00 to 2026-01-06 00:00",
            "  card:c1",
            "    | stg_visits r4, 1 record, 2026-01-03 00:00",
            "  phone:+49***42",
            "    | stg_visits r5, 1 record, 2026-01-04 00:00",
            "  cookie:w1",
        ]
        # Who brings an identifier may see it, and a chain is the same from both ends.
        assert "email:ann@example.com" in explain("email:ann@example.com", "cookie:w1")
        backwards = explain("cookie:w1", "contact:k1").splitlines()
        assert backwards[2:] == chain.splitlines()[:1:-1]
        shown = Explainer(warehouse, place, shows_all=True).explain("contact:k1", "cookie:w1")
        assert "email:ann@example.com" in shown
        assert "phone:+491700000042" in shown

        blocked = explain("email:noone@example.com", "card:c5")
        assert blocked.count("(blocklisted: made up).") == 1
        assert blocked.endswith("A blocklisted identifier links nothing.")

        shared = explain("contact:k5", "contact:k6")
        assert "if 2 inactive links were active" in shared
        assert "x inactive, shared_identifier: " in shared
        assert "phone:+49***99 is shared: contact beyond the limit of 1" in shared
        assert "(shared: contact beyond the limit of 1)." in explain(
            "phone:+491700000099", "contact:k5"
        )

        limit = explain("contact:k11", "contact:k13")
        assert "if 1 inactive link was active" in limit
        assert limit.count("x inactive, ") == limit.count("x inactive, profile_limit: ") == 1

        never = explain("contact:k21", "card:c21")
        assert never.count("x inactive, override: ") == 1
        assert never.count("; override o1") == 1
        always = explain("contact:k31", "contact:k32")
        assert "are one profile" in always
        assert "    | link_overrides o2, " in always

        assert "x inactive, link_window: " in explain("card:c41", "cookie:w9")
        assert "email:y***@example.com" in explain("contact:k51", "card:c51")

        nothing = explain("contact:k1", "contact:k99")
        assert "No chain links them" in nothing
        assert "|" not in nothing
        assert explain("card:c1", "card:c1") == "card:c1 is one identifier, given twice."

        for text, answer in (
            ("", "A is not an identifier"),
            ("card", "A is not an identifier"),
            ("card:", "A is not an identifier"),
            (":c1", "A is not an identifier"),
            ("badge:c1", "A is of no known type.\nTypes (seed identifier_types):\n  contact"),
            ("card:nobody", "card:nobody is unknown"),
            ("email:mixed@example.com", "Did you mean email:Mixed@example.com"),
        ):
            with pytest.raises(ExplainError) as error:
                explain(text, "card:c1")
            assert str(error.value).count(answer) == 1

    assert cdp("explain", "contact:k1", "cookie:w1") == 0
    assert capsys.readouterr().out.strip() == chain
    assert cdp("explain", "contact:k1", "cookie:w1", "--show") == 0
    assert "email:ann@example.com" in capsys.readouterr().out
    assert cdp("explain", "contact:k1") == 1
    assert capsys.readouterr().err.startswith("error: B is not an identifier")


def test_an_empty_warehouse_says_what_to_run(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cdp("explain", "card:c1", "card:c2") == 1
    assert "make demo" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("value", "masked"),
    [
        ("ann@example.com", "a***@example.com"),
        ("+491700000042", "+49***42"),
        ("12345678", "***"),
        ("", "***"),
    ],
)
def test_masks(value: str, masked: str) -> None:
    assert mask(value) == masked


@dataclass
class Drawn:
    """Tables of the graph's state, made up: link (a, b) → status, identifier → cluster."""

    links: dict[tuple[int, int], str]
    clusters: dict[int, int]
    size: int

    def write(self, warehouse: Connection, schema: str) -> Place:
        warehouse.execute(f"create schema {schema}")
        for statement in (
            "create table {0}.identity_graph__dictionary (identifier_key bigint, "
            "identifier_type text, identifier_value text)",
            "create table {0}.identity_graph__nodes (identifier_key bigint, component_id bigint, "
            "cluster_id bigint)",
            "create table {0}.identity_graph__links (identifier_key_a bigint, "
            "identifier_key_b bigint, record_count bigint, sample_record text, "
            "first_observed_at timestamp, last_observed_at timestamp, status text)",
        ):
            warehouse.execute(statement.format(schema))
        self._insert(
            warehouse,
            f"{schema}.identity_graph__dictionary",
            [f"({key}, 'card', 'c{key}')" for key in range(self.size)],
        )
        self._insert(
            warehouse,
            f"{schema}.identity_graph__nodes",
            [f"({key}, 1, {cluster})" for key, cluster in self.clusters.items()],
        )
        self._insert(
            warehouse,
            f"{schema}.identity_graph__links",
            [
                f"({a}, {b}, 1, 's:r', null, null, '{status}')"
                for (a, b), status in self.links.items()
            ],
        )
        return Place(schema, schema)

    @staticmethod
    def _insert(warehouse: Connection, table: str, rows: list[str]) -> None:
        if rows:
            warehouse.execute(f"insert into {table} values {', '.join(rows)}")

    def cost(self, start: int, end: int) -> tuple[int, int] | None:
        """Fewest withheld links and, with those, fewest links; by Dijkstra's algorithm."""
        ways: dict[int, list[tuple[int, bool]]] = defaultdict(list)
        for (a, b), status in self.links.items():
            if status != "attribute":
                ways[a].append((b, status != "active"))
                ways[b].append((a, status != "active"))
        queue, settled = [(0, 0, start)], set()
        while queue:
            withheld, hops, node = heappop(queue)
            if node == end:
                return (withheld, hops) if withheld <= WITHHELD_LIMIT else None
            if node not in settled:
                settled.add(node)
                for other, is_withheld in ways[node]:
                    heappush(queue, (withheld + is_withheld, hops + 1, other))
        return None


def draw(seed: int) -> Drawn:
    """Clusters of a few identifiers each, and some that are in none as they are shared."""
    drawn = random.Random(seed)
    size = 40
    shared = set(drawn.sample(range(size), 4))
    group = {key: drawn.randrange(8) for key in range(size)}
    links: dict[tuple[int, int], str] = {}
    for _ in range(drawn.choice([35, 60, 120])):
        a, b = sorted(drawn.sample(range(size), 2))
        if {a, b} & shared:
            links[a, b] = "shared_identifier"
        elif group[a] == group[b]:
            links[a, b] = drawn.choice(["active", "active", "active", "link_window"])
        elif drawn.random() < 0.2:
            links[a, b] = drawn.choice(["profile_limit", "override", "link_window", "attribute"])
    clusters = {key: key + 100 for key in range(size) if key not in shared}
    for _ in range(size):
        for (a, b), status in links.items():
            if status == "active":
                clusters[a] = clusters[b] = min(clusters[a], clusters[b])
    return Drawn(links, clusters, size)


def test_the_chain_passes_as_few_withheld_links_and_is_as_short_as_it_can(
    settings: Settings,
) -> None:
    found_none = found_some = 0
    with connected(settings) as warehouse:
        for seed in range(8):
            graph = draw(seed)
            place = graph.write(warehouse, f"drawn_{seed}")
            apart = path_query(settings.target, place, WITHHELD_LIMIT)
            within = path_query(settings.target, place, 0)
            drawn = random.Random(seed)
            for _ in range(12):
                start, end = drawn.sample(range(graph.size), 2)
                names = ("card", f"c{start}", "card", f"c{end}")
                hops = warehouse.execute(apart, names)
                assert hops == warehouse.execute(apart, names)
                cost = graph.cost(start, end)
                found = (sum(row[5] is not None for row in hops), len(hops)) if hops else None
                assert found == cost
                check_chain(hops, ("card", f"c{start}"), ("card", f"c{end}"))
                is_within = cost is not None and cost[0] == 0
                assert len(warehouse.execute(within, names)) == (cost[1] if is_within else 0)
                found_some += cost is not None and cost[0] > 0
                found_none += cost is None
    assert found_none > 5
    assert found_some > 20


def check_chain(hops: list[tuple[object, ...]], start: Identifier, end: Identifier) -> None:
    at = start
    for number, row in enumerate(hops, start=1):
        assert row[0] == number
        assert row[1:3] == at
        at = (str(row[3]), str(row[4]))
    assert not hops or at == end


def test_a_dense_profile_is_searched_once(settings: Settings) -> None:
    """A thousand identifiers all linked to one another, with a tail of 60."""
    size = 1060
    with connected(settings) as warehouse:
        place = Drawn({}, {key: 1 for key in range(size)}, size).write(warehouse, "dense")
        for links in (
            "select a.n, b.n, 1, 's:r', null, null, 'active' from generate_series(0, 999) as a (n) "
            "cross join generate_series(0, 999) as b (n) where a.n < b.n",
            "select a.n, a.n + 1, 1, 's:r', null, null, 'active' "
            f"from generate_series(999, {size - 2}) as a (n)",
        ):
            warehouse.execute(f"insert into dense.identity_graph__links {links}")
        for side in ("a", "b") if settings.target == "postgres" else ():
            # As the graph has them there.
            warehouse.execute(
                f"create index on dense.identity_graph__links (identifier_key_{side})"
            )
            warehouse.execute("analyze dense.identity_graph__links")
        started = time.monotonic()
        hops = warehouse.execute(
            path_query(settings.target, place, 0), ("card", "c1", "card", f"c{size - 1}")
        )
        seconds = time.monotonic() - started
    assert len(hops) == 61
    assert seconds < 20
