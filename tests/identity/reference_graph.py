"""The identity graph's meaning, in the plainest Python: what the SQL has to come to.

No incremental state and no cleverness: everything from all records, links one by one.
"""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

Identifier = tuple[str, str]
Pair = tuple[Identifier, Identifier]
Partition = frozenset[frozenset[Identifier]]


@dataclass(frozen=True)
class Record:
    """One source record: which identifiers stand on it, and when it was observed."""

    source: str
    record_id: str
    observed_at: datetime
    identifiers: tuple[Identifier, ...]


@dataclass(frozen=True)
class IdentifierType:
    """A row of seed identifier_types."""

    name: str
    priority: int
    limit_per_profile: int | None = None
    link_window_days: int | None = None
    is_linking: bool = True


@dataclass(frozen=True)
class Limit:
    """A row of seed identifier_limits."""

    identifier_type: str
    neighbour_type: str
    max_count: int


@dataclass(frozen=True)
class BlockRule:
    """A row of seed identifier_blocklist."""

    identifier_type: str
    match_type: str
    pattern: str


@dataclass(frozen=True)
class Override:
    """A row of seed link_overrides."""

    override_id: str
    decision: str
    pair: Pair
    decided_at: datetime


@dataclass(frozen=True)
class Rules:
    """All that the graph depends on besides records."""

    types: tuple[IdentifierType, ...]
    limits: tuple[Limit, ...] = ()
    blocklist: tuple[BlockRule, ...] = ()
    overrides: tuple[Override, ...] = ()


@dataclass(frozen=True)
class Graph:
    """What comes of records and rules: people, and every link with the guard that withholds it."""

    people: Partition
    links: Mapping[Pair, str | None]


def ordered(pair: Iterable[Identifier]) -> Pair:
    first, second = sorted(pair)
    return first, second


def resolve(records: Iterable[Record], rules: Rules) -> Graph:
    """Resolve records into people."""
    types = {each.name: each for each in rules.types}
    seen_at, links = _observe(records, rules)
    attributes = {each for each in seen_at if not types[each[0]].is_linking}
    shared = _shared(links, rules.limits)
    always = {ordered(o.pair): o for o in rules.overrides if o.decision == "always"}
    never = {ordered(o.pair) for o in rules.overrides if o.decision == "never"}
    held = _held(links, attributes, shared, types)
    for pair, override in always.items():
        links[pair].append(override.decided_at)

    def guard(pair: Pair) -> str | None:
        if pair in always:
            return "unseen_identifier" if any(end not in seen_at for end in pair) else None
        if shared & set(pair):
            return "shared_identifier"
        stale = any(_is_stale(max(links[pair]), seen_at[end], types[end[0]]) for end in pair)
        return "link_window" if stale else None

    guards = {pair: guard(pair) for pair in links if not attributes & set(pair)}
    nodes = set(seen_at) - attributes
    return _cut(nodes, links, guards, set(always), never, types, held)


def _observe(
    records: Iterable[Record], rules: Rules
) -> tuple[dict[Identifier, list[datetime]], dict[Pair, list[datetime]]]:
    """When every identifier was seen, and every pair that could link."""
    seen_at: dict[Identifier, list[datetime]] = defaultdict(list)
    links: dict[Pair, list[datetime]] = defaultdict(list)
    for record in records:
        linking = sorted(set(record.identifiers))
        for identifier in linking:
            seen_at[identifier].append(record.observed_at)
        linking = [e for e in linking if not any(_matches(rule, e) for rule in rules.blocklist)]
        for first, second in itertools.combinations(linking, 2):
            links[first, second].append(record.observed_at)
    return seen_at, links


def _matches(rule: BlockRule, identifier: Identifier) -> bool:
    if rule.identifier_type != identifier[0]:
        return False
    if rule.match_type == "value":
        return rule.pattern == identifier[1]
    return re.search(rule.pattern, identifier[1]) is not None


def _is_stale(last: datetime, sightings: list[datetime], kind: IdentifierType) -> bool:
    if kind.link_window_days is None:
        return False
    return last < max(sightings) - timedelta(days=kind.link_window_days)


def _shared(links: Iterable[Pair], limits: Iterable[Limit]) -> set[Identifier]:
    shared: dict[tuple[Identifier, str], int] = defaultdict(int)
    for first, second in links:
        shared[first, second[0]] += 1
        shared[second, first[0]] += 1
    most = {(each.identifier_type, each.neighbour_type): each.max_count for each in limits}
    return {
        identifier
        for (identifier, counted), count in shared.items()
        if count > most.get((identifier[0], counted), count)
    }


def _held(
    links: Iterable[Pair],
    attributes: set[Identifier],
    shared: set[Identifier],
    types: Mapping[str, IdentifierType],
) -> dict[Identifier, set[Identifier]]:
    """Attributes of each identifier, but for those that are shared or exceed a limit themselves."""
    stated: dict[Identifier, dict[str, set[Identifier]]] = defaultdict(lambda: defaultdict(set))
    for pair in links:
        for end, other in (pair, pair[::-1]):
            if other in attributes and end not in attributes | shared:
                stated[end][other[0]].add(other)
    held: dict[Identifier, set[Identifier]] = defaultdict(set)
    for end, kinds in stated.items():
        for kind, values in kinds.items():
            if len(values) <= (types[kind].limit_per_profile or len(values)):
                held[end] |= values
    return held


def _cut(
    nodes: set[Identifier],
    links: Mapping[Pair, list[datetime]],
    guards: dict[Pair, str | None],
    always: set[Pair],
    never: set[Pair],
    types: Mapping[str, IdentifierType],
    held: Mapping[Identifier, set[Identifier]],
) -> Graph:
    """Join by one link after another, but never into what a limit or an override forbids."""
    people: dict[Identifier, set[Identifier]] = {node: {node} for node in nodes}

    def rank(pair: Pair) -> tuple[object, ...]:
        weaker, stronger = sorted(types[end[0]].priority for end in pair)
        ends = sorted(pair, key=lambda end: (-types[end[0]].priority, end[1]))
        return (pair not in always, -weaker, -stronger, min(links[pair]), ends[0][1], ends[1][1])

    holding = [pair for pair, guard in guards.items() if guard is None]
    for pair in sorted(holding, key=rank):
        left, right = people[pair[0]], people[pair[1]]
        if left is not right and (
            pair in always
            or not (_are_apart(left, right, never) or _exceed(left, right, types, held))
        ):
            left |= right
            for node in right:
                people[node] = left
    for pair in holding:
        left, right = people[pair[0]], people[pair[1]]
        if left is not right:
            guards[pair] = "override" if _are_apart(left, right, never) else "profile_limit"
    return Graph(frozenset(frozenset(each) for each in people.values()), guards)


def _are_apart(left: set[Identifier], right: set[Identifier], never: set[Pair]) -> bool:
    return any((a in left and b in right) or (b in left and a in right) for a, b in never)


def _exceed(
    left: set[Identifier],
    right: set[Identifier],
    types: Mapping[str, IdentifierType],
    held: Mapping[Identifier, set[Identifier]],
) -> bool:
    for kind in types.values():
        in_left, in_right = (
            {
                value
                for each in side
                for value in {each} | held.get(each, set())
                if value[0] == kind.name
            }
            for side in (left, right)
        )
        limit = kind.limit_per_profile
        if limit is not None and in_left and in_right and len(in_left | in_right) > limit:
            return True
    return False
