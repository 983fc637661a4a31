"""Reads what the identity graph of one warehouse knows about identifiers and their links."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from cdp.dbt.macros import load_macros
from cdp.settings import Target
from cdp.warehouse.connection import Connection, quote
from cdp.warehouse.queries import Queries

QUERIES = Queries(Path(__file__).parent / "queries")
MACROS = (
    "identity/identity_path",
    "identity/identity_path_hops",
    "identity/identity_place",
    "identity/identity_distances",
    "identity/identity_places_reached",
    "identity/is_inactive_link",
    "identity_graph/link_status",
)
# What each `inactive_reason` of a link means.
REASONS = {
    "shared_identifier": "one of the two is shared: it has more neighbours of a type than allowed",
    "link_window": "last seen together too long before one of the two was last seen",
    "unseen_identifier": "an override names an identifier that no record contains",
    "profile_limit": "the profile would exceed its limit for an identifier type or attribute",
    "override": "an override says that they are different people",
}
Identifier = tuple[str, str]


@dataclass(frozen=True)
class Place:
    """Schemas of the graph.

    Attributes:
        identity: Schema of the identity models and of the graph's state.
        rules: Schema of the seeds.
    """

    identity: str
    rules: str


@dataclass(frozen=True)
class Sighting:
    """An identifier of any record: its profile, if it has one, and whether it may link."""

    identifier: Identifier
    profile_id: str | None
    is_blocked: bool
    is_shared: bool


@dataclass(frozen=True)
class Hop:
    """One link of a chain, with its evidence and, if it is inactive, the reason."""

    start: Identifier
    end: Identifier
    inactive_reason: str | None
    record_count: int
    sample_source_model: str
    sample_record_id: str
    first_observed_at: datetime
    last_observed_at: datetime


def path_query(target: Target, place: Place, withheld_limit: int) -> str:
    """The query of macro `identity_path`; its parameters are type and value of both identifiers."""
    tables = {
        name: f"{quote(place.identity)}.{quote(f'identity_graph__{name}')}"
        for name in ("links", "nodes", "dictionary")
    }
    macros = load_macros(target, MACROS)
    return str(macros.identity_path(QUERIES("path_ends"), tables, withheld_limit))


class Evidence:
    """The graph of one warehouse; nothing is written."""

    def __init__(self, warehouse: Connection, place: Place) -> None:
        self._warehouse = warehouse
        self._place = place

    def types(self) -> dict[str, tuple[bool, str]]:
        """Per type, by priority: whether its values are personal data, and its description."""
        return {name: (bool(direct), text or "") for name, direct, text in self._rows("types")}

    def sighting(self, identifier: Identifier) -> Sighting | None:
        """The identifier's profile and status; None if no record contains it."""
        rows = self._rows("identifier", *identifier)
        return Sighting(identifier, *rows[0]) if rows else None

    def similar(self, identifier: Identifier) -> str | None:
        """A value of the same type that differs in letter case alone."""
        return self._first("similar_identifier", *identifier)

    def suspicion(self, identifier: Identifier) -> str | None:
        """Why the identifier does not link; None if it may."""
        return self._first("suspicion", *identifier)

    def path(self, start: Identifier, end: Identifier, withheld_limit: int) -> list[Hop]:
        """The best chain of links, with at most `withheld_limit` inactive ones."""
        query = path_query(self._warehouse.target, self._place, withheld_limit)
        return [
            Hop((row[1], row[2]), (row[3], row[4]), *row[5:])
            for row in self._warehouse.execute(query, (*start, *end))
        ]

    def separating_overrides(self, start: Identifier, end: Identifier) -> list[str]:
        """Overrides that keep the profiles of two identifiers apart."""
        return [name for (name,) in self._rows("separating_overrides", *start, *end)]

    def _rows(self, query: str, *parameters: str) -> Sequence[tuple[Any, ...]]:
        statement = QUERIES(query, identity=self._place.identity, rules=self._place.rules)
        return self._warehouse.execute(statement, parameters)

    def _first(self, query: str, *parameters: str) -> str | None:
        rows = self._rows(query, *parameters)
        return str(rows[0][0]) if rows else None
