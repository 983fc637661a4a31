"""Compares the graph and the audiences of a copy before and after the other rules were built."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from cdp.identity.masking import mask
from cdp.identity.plan.difference import (
    MAX_LISTED,
    AudienceChange,
    Cause,
    Difference,
    GuardChange,
    Merge,
    Movement,
    Profile,
    Split,
)
from cdp.identity.plan.errors import IdentityPlanError
from cdp.identity.plan.scratch import Scratch
from cdp.warehouse.connection import Connection, quote
from cdp.warehouse.queries import Queries

QUERIES = Queries(Path(__file__).parent / "queries")
# Copied for the state before and the state after.
_NOTED = {
    "identifiers": "select * from {identity}.profile_identifiers where profile_id is not null",
    "profiles": "select profile_id, count(*) as identifier_count from {identifiers} group by 1",
    "links": "select * from {identity}.profile_links",
    "suspects": "select * from {identity}.identity_suspects",
    "batches": "select * from {identity}.identity_graph__batches",
    "members": "select distinct audience_name, profile_id from {audiences}.int_audiences__members",
}
_ONLY_THERE = "select * from {0} where profile_id not in (select profile_id from {1})"


class Comparison:
    """Snapshots of the copy before and after, as tables in the schema of notes.

    Args:
        warehouse: The copy.
        scratch: Names its schemas.
    """

    def __init__(self, warehouse: Connection, scratch: Scratch) -> None:
        self._warehouse = warehouse
        self._scratch = scratch

    def note(self, prefix: str, moment: Literal["before", "after"]) -> None:
        """Copy what is compared from the schemas with a prefix: the warehouse's or the copy's."""
        places = {layer: quote(f"{prefix}_{layer}") for layer in ("identity", "audiences")}
        places["identifiers"] = self._scratch.note(f"{moment}_identifiers")
        for name, query in _NOTED.items():
            self._create(f"{moment}_{name}", query.format(**places))

    def difference(self) -> Difference:
        """Compare what was noted before and after.

        Raises:
            IdentityPlanError: The two graphs were built from different records.
        """
        self._check_records()
        for name in ("moves", "changed_profiles", "merges", "splits", "audience_changes"):
            self._create(name, self._query(name))
        for name, links, active, inactive in (
            ("appeared", "new_links", "after", "before"),
            ("vanished", "lost_links", "before", "after"),
        ):
            profiles = (self._scratch.note(f"{each}_profiles") for each in (active, inactive))
            self._create(name, _ONLY_THERE.format(*profiles))
            self._create(links, self._query("changed_links", active=active, inactive=inactive))
        # A type that only the other rules have counts as personal data.
        rows = self._warehouse.execute(
            f"select identifier_type from {self._scratch.table('rules', 'identifier_types')} "
            "where not is_direct"
        )
        self._open_types = {name for (name,) in rows}
        return Difference(
            profiles_before=self._count("before_profiles"),
            profiles_after=self._count("after_profiles"),
            changed_profiles=self._count("changed_profiles"),
            merge_count=self._count("merges"),
            split_count=self._count("splits"),
            appeared_count=self._count("appeared"),
            vanished_count=self._count("vanished"),
            merges=tuple(
                Merge(*(*row, self._cause(row[:2], is_merge=True)))
                for row in self._largest(
                    "merges",
                    "from_identifier_count desc, to_identifier_count desc, from_profile_id",
                )
            ),
            splits=tuple(
                Split(*(*row, self._cause(row[:2], is_merge=False)))
                for row in self._largest(
                    "splits",
                    "moved_identifier_count desc, kept_identifier_count desc, "
                    "from_profile_id, to_profile_id",
                )
            ),
            appeared=self._profiles("appeared", own="to_profile_id", other="from_profile_id"),
            vanished=self._profiles("vanished", own="from_profile_id", other="to_profile_id"),
            movements=tuple(Movement(*row) for row in self._rows("movements")),
            audience_change_count=self._count("audience_changes"),
            audiences=tuple(
                AudienceChange(*row)
                for row in self._largest(
                    "audience_changes", "entered_count + left_count desc, audience_name"
                )
            ),
            guards=tuple(GuardChange(*row) for row in self._rows("guards")),
        )

    def _check_records(self) -> None:
        late = ", ".join(name for (name,) in self._rows("late_sources"))
        if late:
            raise IdentityPlanError(
                f"{late}: the graph has not processed all staged records, so new records would "
                "look like an effect of the rules. Run make dbt ARGS=build first, or compare with "
                "BASE=<git revision>, which builds both."
            )

    def _profiles(self, name: str, *, own: str, other: str) -> tuple[Profile, ...]:
        query = self._query(
            "profiles_listed", name=name, own=own, other=other, max_listed=MAX_LISTED
        )
        return tuple(Profile(*row) for row in self._warehouse.execute(query))

    def _cause(self, pair: Sequence[Any], *, is_merge: bool) -> Cause | None:
        """The link that explains a merge or a split; None if it takes several."""
        rows = self._warehouse.execute(self._query("cause", is_merge=is_merge), pair)
        if not rows:
            return None
        type_a, value_a, type_b, value_b, reason, model, record_id, record_count = rows[0]
        ends = ((type_a, value_a), (type_b, value_b))
        return Cause(
            link=(self._name(*ends[0]), self._name(*ends[1])),
            reason=reason or ("new_link" if is_merge else "link_gone"),
            detail=self._detail("before_suspects" if is_merge else "after_suspects", reason, ends),
            sample_record=f"{model} {record_id}",
            record_count=record_count,
        )

    def _detail(
        self, suspects: str, reason: str | None, ends: Sequence[tuple[str, str]]
    ) -> str | None:
        beginning = {"shared_identifier": "shared", "blocklist": "blocklisted"}.get(reason or "")
        if beginning is None:
            return None
        for end in ends:
            rows = self._warehouse.execute(
                f"select reason from {self._scratch.note(suspects)} "
                "where identifier_type = $1 and identifier_value = $2",
                end,
            )
            if rows and str(rows[0][0]).startswith(beginning):
                return f"{self._name(*end)} is {rows[0][0]}"
        return None

    def _name(self, kind: str, value: str) -> str:
        return f"{kind}:{value if kind in self._open_types else mask(value)}"

    def _create(self, name: str, query: str) -> None:
        self._warehouse.execute(f"drop table if exists {self._scratch.note(name)}")
        self._warehouse.execute(f"create table {self._scratch.note(name)} as {query}")

    def _query(self, name: str, /, **values: Any) -> str:
        identity = f"{self._scratch.settings.schema}_identity"
        return QUERIES(name, notes=self._scratch.notes, identity=identity, **values)

    def _rows(self, name: str) -> list[tuple[Any, ...]]:
        return self._warehouse.execute(self._query(name))

    def _largest(self, name: str, order: str) -> list[tuple[Any, ...]]:
        return self._warehouse.execute(
            f"select * from {self._scratch.note(name)} order by {order} limit {MAX_LISTED}"
        )

    def _count(self, name: str) -> int:
        [(count,)] = self._warehouse.execute(f"select count(*) from {self._scratch.note(name)}")
        return int(count)
