"""The identity graph's meaning, in the plainest Python: what the SQL has to come to.

No incremental state and no cleverness: everything from all records, links one by one.
"""

from __future__ import annotations

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
    strength: int
    limit_of_stronger: int | None = None
    limit_per_profile: int | None = None
    link_window_days: int | None = None


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
    seen_at: dict[Identifier, list[datetime]] = defaultdict(list)
    links: dict[Pair, list[datetime]] = defaultdict(list)
    blocked: set[Identifier] = set()
    for record in records:
        for identifier in record.identifiers:
            seen_at[identifier].append(record.observed_at)
            if any(_matches(rule, identifier) for rule in rules.blocklist):
                blocked.add(identifier)
    for record in records:
        linking = sorted(set(record.identifiers) - blocked)
        for index, first in enumerate(linking):
            for second in linking[index + 1 :]:
                links[first, second].append(record.observed_at)

    shared = _shared(links, types)
    always = {ordered(o.pair): o for o in rules.overrides if o.decision == "always"}
    never = {ordered(o.pair) for o in rules.overrides if o.decision == "never"}
    for pair, override in always.items():
        if pair[0] != pair[1]:
            links[pair].append(override.decided_at)

    guards: dict[Pair, str | None] = {}
    for pair, times in links.items():
        if pair in always:
            unseen = any(end not in seen_at for end in pair)
            guards[pair] = "unseen_identifier" if unseen else None
        elif shared & set(pair):
            guards[pair] = "shared_identifier"
        elif any(_is_stale(max(times), seen_at[end], types[end[0]]) for end in pair):
            guards[pair] = "link_window"
        else:
            guards[pair] = None

    overridden = {end for pair in always if guards.get(pair, "") is None for end in pair}
    overridden |= {end for pair in always for end in pair if pair[0] != pair[1]}
    nodes = {
        each
        for each in seen_at
        if (each not in blocked and each not in shared) or each in overridden
    }
    return _cut(nodes, links, guards, set(always), never, types)


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


def _shared(links: Iterable[Pair], types: Mapping[str, IdentifierType]) -> set[Identifier]:
    crowds: dict[tuple[Identifier, str], int] = defaultdict(int)
    for first, second in links:
        weaker, stronger = sorted((first, second), key=lambda each: types[each[0]].strength)
        if types[weaker[0]].strength < types[stronger[0]].strength:
            crowds[weaker, stronger[0]] += 1
    return {
        weaker
        for (weaker, _), count in crowds.items()
        if (limit := types[weaker[0]].limit_of_stronger) is not None and count > limit
    }


def _cut(
    nodes: set[Identifier],
    links: Mapping[Pair, list[datetime]],
    guards: dict[Pair, str | None],
    always: set[Pair],
    never: set[Pair],
    types: Mapping[str, IdentifierType],
) -> Graph:
    """Join by one link after another, but never into what a limit or an override forbids."""
    people: dict[Identifier, set[Identifier]] = {node: {node} for node in nodes}

    def strength(pair: Pair) -> tuple[int, int]:
        weaker, stronger = sorted(types[end[0]].strength for end in pair)
        return weaker, stronger

    def rank(pair: Pair) -> tuple[object, ...]:
        weaker, stronger = strength(pair)
        ends = sorted(pair, key=lambda end: (-types[end[0]].strength, end[1]))
        return (pair not in always, -weaker, -stronger, min(links[pair]), ends[0][1], ends[1][1])

    def may_join(left: set[Identifier], right: set[Identifier]) -> bool:
        if any((a in left and b in right) or (b in left and a in right) for a, b in never):
            return False
        for kind in types.values():
            count_left = sum(each[0] == kind.name for each in left)
            count_right = sum(each[0] == kind.name for each in right)
            limit = kind.limit_per_profile
            if (
                limit is not None
                and count_left
                and count_right
                and count_left + count_right > limit
            ):
                return False
        return True

    holding = [pair for pair, guard in guards.items() if guard is None]
    for pair in sorted(holding, key=rank):
        left, right = people[pair[0]], people[pair[1]]
        if left is not right and (pair in always or may_join(left, right)):
            left |= right
            for node in right:
                people[node] = left
    for pair in holding:
        left, right = people[pair[0]], people[pair[1]]
        if left is not right:
            apart = any((a in left and b in right) or (b in left and a in right) for a, b in never)
            guards[pair] = "override" if apart else "profile_limit"
    return Graph(frozenset(frozenset(each) for each in people.values()), guards)
