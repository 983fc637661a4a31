"""Compares the graph and the audiences of a copy before and after other rules were built."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cdp.identity.explain import mask
from cdp.identity.plan.errors import IdentityPlanError
from cdp.identity.plan.scratch import Scratch
from cdp.warehouse.connection import Connection, quote

LARGEST = 10


@dataclass(frozen=True)
class Cause:
    """The link that joins or joined two profiles, its identifiers masked where they are direct.

    Attributes:
        link: Both identifiers, written `type:value`.
        reason: Of a merge the guard that withheld it until now, or `new_link`; of a split the guard
            that withholds it from now on, or `link_gone`.
        detail: What the guard says of an end of it, such as the limit that was passed.
        sample_record: Staging model and key of a record that shows both.
        record_count: Records that show both.
    """

    link: tuple[str, str]
    reason: str
    detail: str | None
    sample_record: str
    record_count: int


@dataclass(frozen=True)
class Merge:
    """A profile that goes into another: both ids, and how many identifiers either had."""

    from_profile_id: str
    to_profile_id: str
    from_identifier_count: int
    to_identifier_count: int
    cause: Cause | None


@dataclass(frozen=True)
class Split:
    """Identifiers that leave a profile for another, `is_new` where that was not there before."""

    from_profile_id: str
    to_profile_id: str
    is_new: bool
    moved_identifier_count: int
    kept_identifier_count: int
    cause: Cause | None


@dataclass(frozen=True)
class Profile:
    """A profile that appears or vanishes.

    Attributes:
        profile_id: The profile.
        identifier_count: Its identifiers after, where it appears; before, where it vanishes.
        other_profile_id: Whose most of them were, or are now; null where nobody's.
    """

    profile_id: str
    identifier_count: int
    other_profile_id: str | None


@dataclass(frozen=True)
class Movement:
    """Identifiers of one type that belong to another profile than before, came or went."""

    identifier_type: str
    moved_count: int
    came_count: int
    went_count: int


@dataclass(frozen=True)
class AudienceChange:
    """An audience whose members change; a member who was merged into another is that other."""

    audience_name: str
    size_before: int
    size_after: int
    entered_count: int
    left_count: int


@dataclass(frozen=True)
class GuardChange:
    """A guard, in words, that stops another number of links or identifiers than before."""

    guard: str
    count_before: int
    count_after: int


@dataclass(frozen=True)
class Difference:
    """All that changes; of each list the largest `LARGEST`, ties by id.

    Attributes:
        profiles_before: Living profiles before.
        profiles_after: Living profiles after.
        changed_profiles: Profiles of before that lose, win or hand over an identifier.
        merge_count: Profiles that redirect to another.
        split_count: Pairs of a profile and another that part of it goes to.
        appeared_count: Profiles that were not there before.
        vanished_count: Profiles that are there no more.
        merges: The largest, by identifiers that are handed over.
        splits: The largest, by identifiers that leave.
        appeared: The largest.
        vanished: The largest.
        movements: All types with an identifier that moves, the most first.
        audience_change_count: Audiences whose members change.
        audiences: Those with the most who enter or leave.
        guards: All guards that withhold another number than before.
    """

    profiles_before: int
    profiles_after: int
    changed_profiles: int
    merge_count: int
    split_count: int
    appeared_count: int
    vanished_count: int
    merges: tuple[Merge, ...]
    splits: tuple[Split, ...]
    appeared: tuple[Profile, ...]
    vanished: tuple[Profile, ...]
    movements: tuple[Movement, ...]
    audience_change_count: int
    audiences: tuple[AudienceChange, ...]
    guards: tuple[GuardChange, ...]

    @property
    def changed_share(self) -> float:
        """Share of the profiles of before that change, from 0 to 1; 0 where there were none."""
        return self.changed_profiles / self.profiles_before if self.profiles_before else 0.0


def published(schema: str, moment: str) -> dict[str, str]:
    """Queries of what the plan compares, by the name of its note.

    Args:
        schema: Prefix of the schemas to read: the warehouse's own, or the copy's once it is built.
        moment: `before` or `after`.
    """

    def table(layer: str, name: str) -> str:
        return f"{quote(f'{schema}_{layer}')}.{quote(name)}"

    return {
        f"{moment}_identifiers": (
            "select identifier_type, identifier_value, profile_id, is_blocked, is_shared "
            f"from {table('identity', 'profile_identifiers')} where profile_id is not null"
        ),
        f"{moment}_links": (
            "select link_id, identifier_type_a, identifier_value_a, identifier_type_b, "
            "identifier_value_b, is_active, inactive_reason, record_count, sample_source_model, "
            f"sample_record_id from {table('identity', 'profile_links')}"
        ),
        f"{moment}_suspects": (
            "select identifier_type, identifier_value, reason "
            f"from {table('identity', 'identity_suspects')}"
        ),
        f"{moment}_batches": (
            f"select source_model, last_batch from {table('identity', 'identity_graph__batches')}"
        ),
        f"{moment}_members": (
            "select distinct audience_name, profile_id "
            f"from {table('audiences', 'int_audiences__members')}"
        ),
    }


def write_notes(warehouse: Connection, notes: Scratch, queries: dict[str, str]) -> None:
    """Keep what queries return, each under its name."""
    for name, query in queries.items():
        warehouse.execute(f"drop table if exists {notes.note(name)}")
        warehouse.execute(f"create table {notes.note(name)} as {query}")


def compare(warehouse: Connection, scratch: Scratch) -> Difference:
    """Compare what `published` noted before with what it noted after.

    Raises:
        IdentityPlanError: The two graphs are of different records.
    """
    _check_records(warehouse, scratch)
    write_notes(warehouse, scratch, _derived(scratch))
    reader = _Reader(warehouse, scratch)
    return Difference(
        profiles_before=reader.count("before_profiles"),
        profiles_after=reader.count("after_profiles"),
        changed_profiles=reader.count("changed_profiles"),
        merge_count=reader.count("merges"),
        split_count=reader.count("splits"),
        appeared_count=reader.count("appeared"),
        vanished_count=reader.count("vanished"),
        merges=reader.merges(),
        splits=reader.splits(),
        appeared=reader.profiles("appeared", "moves.to_profile_id", "moves.from_profile_id"),
        vanished=reader.profiles("vanished", "moves.from_profile_id", "moves.to_profile_id"),
        movements=reader.movements(),
        audience_change_count=reader.count("audience_changes"),
        audiences=reader.audiences(),
        guards=reader.guards(),
    )


def _check_records(warehouse: Connection, scratch: Scratch) -> None:
    late = warehouse.execute(
        f"select before.source_model from {scratch.note('before_batches')} as before "
        f"inner join {scratch.note('after_batches')} as after "
        "on before.source_model = after.source_model "
        "where before.last_batch is distinct from after.last_batch order by before.source_model"
    )
    if late:
        raise IdentityPlanError(
            f"{', '.join(name for (name,) in late)}: the graph has not taken in all that is "
            "staged, so that new records would pass for the effect of rules. Run make dbt "
            "ARGS=build first, or compare with BASE=<git revision>, which builds both."
        )


def _derived(scratch: Scratch) -> dict[str, str]:
    note = scratch.note
    redirects = scratch.table("identity", "profile_redirects")
    before, after = note("before_identifiers"), note("after_identifiers")
    profiles = "select profile_id, count(*) as identifier_count from {} group by profile_id"
    return {
        "before_profiles": profiles.format(before),
        "after_profiles": profiles.format(after),
        # Every identifier of another profile than before, one that came or one that went. The heir
        # of a profile is the one that it was merged into, and else itself.
        "moves": (
            "select coalesce(before.identifier_type, after.identifier_type) as identifier_type, "
            "coalesce(before.identifier_value, after.identifier_value) as identifier_value, "
            "before.profile_id as from_profile_id, after.profile_id as to_profile_id, "
            "coalesce(redirects.profile_id, before.profile_id) as heir_profile_id "
            f"from {before} as before full join {after} as after "
            "on before.identifier_type = after.identifier_type "
            "and before.identifier_value = after.identifier_value "
            f"left join {redirects} as redirects on before.profile_id = redirects.old_profile_id "
            "where before.profile_id is distinct from after.profile_id"
        ),
        "changed_profiles": (
            f"select profile_id from {note('before_profiles')} where profile_id in ("
            f"select from_profile_id from {note('moves')} where from_profile_id is not null "
            f"union select to_profile_id from {note('moves')} where to_profile_id is not null)"
        ),
        "merges": (
            "select before.profile_id as from_profile_id, redirects.profile_id as to_profile_id, "
            "before.identifier_count as from_identifier_count, "
            "coalesce(targets.identifier_count, 0) as to_identifier_count "
            f"from {note('before_profiles')} as before "
            f"inner join {redirects} as redirects on before.profile_id = redirects.old_profile_id "
            f"left join {note('before_profiles')} as targets "
            "on redirects.profile_id = targets.profile_id"
        ),
        "splits": (
            "select parted.from_profile_id, parted.to_profile_id, "
            "known.profile_id is null as is_new, parted.moved_identifier_count, "
            "before.identifier_count - left_over.identifier_count as kept_identifier_count from ("
            "select from_profile_id, to_profile_id, count(*) as moved_identifier_count "
            f"from {note('moves')} where to_profile_id <> heir_profile_id "
            "group by from_profile_id, to_profile_id) as parted "
            f"inner join {note('before_profiles')} as before "
            "on parted.from_profile_id = before.profile_id "
            "inner join (select from_profile_id, count(*) as identifier_count "
            f"from {note('moves')} where to_profile_id is distinct from heir_profile_id "
            "group by from_profile_id) as left_over "
            "on parted.from_profile_id = left_over.from_profile_id "
            f"left join {note('before_profiles')} as known "
            "on parted.to_profile_id = known.profile_id"
        ),
        "appeared": (
            f"select * from {note('after_profiles')} "
            f"where profile_id not in (select profile_id from {note('before_profiles')})"
        ),
        "vanished": (
            f"select * from {note('before_profiles')} "
            f"where profile_id not in (select profile_id from {note('after_profiles')})"
        ),
        **{
            name: _links_that_changed(scratch, *moments)
            for name, moments in (
                ("links_begun", ("after", "before")),
                ("links_ended", ("before", "after")),
            )
        },
        "audience_changes": (
            "with resolved as (select distinct members.audience_name, "
            "coalesce(redirects.profile_id, members.profile_id) as profile_id "
            f"from {note('before_members')} as members left join {redirects} as redirects "
            "on members.profile_id = redirects.old_profile_id), "
            "sizes as (select audience_name, sum(is_before) as size_before, "
            "sum(1 - is_before) as size_after from ("
            f"select audience_name, 1 as is_before from {note('before_members')} union all "
            f"select audience_name, 0 as is_before from {note('after_members')}) as both_sides "
            "group by audience_name), "
            "changes as (select coalesce(resolved.audience_name, after.audience_name) "
            "as audience_name, "
            "count(case when resolved.profile_id is null then 1 end) as entered_count, "
            "count(case when after.profile_id is null then 1 end) as left_count "
            f"from resolved full join {note('after_members')} as after "
            "on resolved.audience_name = after.audience_name "
            "and resolved.profile_id = after.profile_id "
            "group by coalesce(resolved.audience_name, after.audience_name)) "
            "select sizes.audience_name, cast(sizes.size_before as bigint) as size_before, "
            "cast(sizes.size_after as bigint) as size_after, "
            "changes.entered_count, changes.left_count from sizes "
            "inner join changes on sizes.audience_name = changes.audience_name "
            "where changes.entered_count + changes.left_count > 0 "
            "or sizes.size_before <> sizes.size_after"
        ),
    }


def _links_that_changed(scratch: Scratch, holding: str, other: str) -> str:
    """Links that hold at one moment and not at the other, by either end, with the guard there.

    `inner_profile_id` is whose an end was before, `inner_after` whose it is after; `outer_…` are
    those of the link's other end.
    """
    note = scratch.note
    sides = []
    for inner, outer in (("a", "b"), ("b", "a")):
        sides.append(
            "select links.*, others.inactive_reason as guard, "
            "coalesce(ends_a.is_blocked or ends_b.is_blocked, false) as is_blocked, "
            f"{inner}_before.profile_id as inner_profile_id, "
            f"{inner}_after.profile_id as inner_after, "
            f"{outer}_before.profile_id as outer_profile_id, "
            f"{outer}_after.profile_id as outer_after "
            f"from {note(f'{holding}_links')} as links "
            f"left join {note(f'{other}_links')} as others on links.link_id = others.link_id "
            + "".join(
                f"left join {note(table)} as {alias} "
                f"on links.identifier_type_{end} = {alias}.identifier_type "
                f"and links.identifier_value_{end} = {alias}.identifier_value "
                for end in ("a", "b")
                for table, alias in (
                    (f"{other}_identifiers", f"ends_{end}"),
                    ("before_identifiers", f"{end}_before"),
                    ("after_identifiers", f"{end}_after"),
                )
            )
            + "where links.is_active and others.is_active is distinct from true"
        )
    return " union all ".join(sides)


class _Reader:
    """Reads the largest of each kind of change."""

    def __init__(self, warehouse: Connection, scratch: Scratch) -> None:
        self._warehouse = warehouse
        self._scratch = scratch
        # A type that only the other rules know is taken for personal data.
        self._open_types = {
            name
            for (name,) in warehouse.execute(
                f"select identifier_type from {scratch.table('rules', 'identifier_types')} "
                "where not is_direct"
            )
        }

    def count(self, note: str) -> int:
        [(count,)] = self._rows(f"select count(*) from {self._scratch.note(note)}")
        return int(count)

    def merges(self) -> tuple[Merge, ...]:
        rows = self._rows(
            "select from_profile_id, to_profile_id, from_identifier_count, to_identifier_count "
            f"from {self._scratch.note('merges')} "
            "order by from_identifier_count desc, to_identifier_count desc, from_profile_id "
            f"limit {LARGEST}"
        )
        return tuple(
            Merge(
                row[0],
                row[1],
                row[2],
                row[3],
                self._cause(
                    "links_begun",
                    "before",
                    "inner_profile_id = $1 and outer_profile_id is distinct from $1 "
                    "and outer_after = $2",
                    "case when outer_profile_id = $2 then 0 else 1 end",
                    row[:2],
                    otherwise="new_link",
                ),
            )
            for row in rows
        )

    def splits(self) -> tuple[Split, ...]:
        rows = self._rows(
            "select from_profile_id, to_profile_id, is_new, moved_identifier_count, "
            f"kept_identifier_count from {self._scratch.note('splits')} "
            "order by moved_identifier_count desc, kept_identifier_count desc, "
            f"from_profile_id, to_profile_id limit {LARGEST}"
        )
        return tuple(
            Split(
                row[0],
                row[1],
                row[2],
                row[3],
                row[4],
                self._cause(
                    "links_ended",
                    "after",
                    "inner_profile_id = $1 and inner_after = $2 "
                    "and outer_after is distinct from $2",
                    "case when outer_after = $1 then 0 else 1 end",
                    row[:2],
                    otherwise="link_gone",
                ),
            )
            for row in rows
        )

    def profiles(self, note: str, own: str, other: str) -> tuple[Profile, ...]:
        rows = self._rows(
            f"select changed.profile_id, changed.identifier_count, moves.other_profile_id "
            f"from {self._scratch.note(note)} as changed left join ("
            "select profile_id, other_profile_id, row_number() over ("
            "partition by profile_id order by identifier_count desc, other_profile_id) as place "
            f"from (select {own} as profile_id, {other} as other_profile_id, "
            f"count(*) as identifier_count from {self._scratch.note('moves')} as moves "
            f"where {other} is not null group by {own}, {other}) as counted"
            ") as moves on changed.profile_id = moves.profile_id and moves.place = 1 "
            f"order by changed.identifier_count desc, changed.profile_id limit {LARGEST}"
        )
        return tuple(Profile(*row) for row in rows)

    def movements(self) -> tuple[Movement, ...]:
        rows = self._rows(
            "select identifier_type, "
            "count(case when from_profile_id <> to_profile_id then 1 end), "
            "count(case when from_profile_id is null then 1 end), "
            "count(case when to_profile_id is null then 1 end) "
            f"from {self._scratch.note('moves')} group by identifier_type "
            "order by count(*) desc, identifier_type"
        )
        return tuple(Movement(*row) for row in rows)

    def audiences(self) -> tuple[AudienceChange, ...]:
        rows = self._rows(
            "select audience_name, size_before, size_after, entered_count, left_count "
            f"from {self._scratch.note('audience_changes')} "
            f"order by entered_count + left_count desc, audience_name limit {LARGEST}"
        )
        return tuple(AudienceChange(*row) for row in rows)

    def guards(self) -> tuple[GuardChange, ...]:
        counted = " union all ".join(
            f"select 'links withheld by ' || inactive_reason as guard, {before} as is_before "
            f"from {self._scratch.note(f'{moment}_links')} where inactive_reason is not null "
            + "".join(
                f"union all select 'identifiers {name}' as guard, {before} as is_before "
                f"from {self._scratch.note(f'{moment}_identifiers')} where is_{name} "
                for name in ("blocked", "shared")
            )
            for moment, before in (("before", 1), ("after", 0))
        )
        rows = self._rows(
            "select guard, cast(sum(is_before) as bigint), cast(sum(1 - is_before) as bigint) "
            f"from ({counted}) as counted group by guard "
            "having sum(is_before) <> sum(1 - is_before) order by guard"
        )
        return tuple(GuardChange(*row) for row in rows)

    def _cause(
        self,
        links: str,
        guarded: str,
        condition: str,
        first: str,
        pair: Sequence[Any],
        *,
        otherwise: str,
    ) -> Cause | None:
        """The link that explains a pair of profiles; at moment `guarded` it does not hold."""
        rows = self._rows(
            "select identifier_type_a, identifier_value_a, identifier_type_b, identifier_value_b, "
            "case when is_blocked then 'blocklist' when guard is not null then guard "
            f"else '{otherwise}' end, sample_source_model, sample_record_id, record_count "
            f"from {self._scratch.note(links)} where {condition} "
            f"order by {first}, record_count desc, link_id limit 1",
            pair,
        )
        if not rows:
            return None
        type_a, value_a, type_b, value_b, reason, model, record_id, record_count = rows[0]
        ends = ((type_a, value_a), (type_b, value_b))
        return Cause(
            link=(self._name(*ends[0]), self._name(*ends[1])),
            reason=reason,
            detail=self._detail(guarded, reason, ends),
            sample_record=f"{model} {record_id}",
            record_count=record_count,
        )

    def _detail(
        self, guarded: str, reason: str, ends: tuple[tuple[str, str], tuple[str, str]]
    ) -> str | None:
        beginning = {"shared_identifier": "shared", "blocklist": "blocklisted"}.get(reason)
        if beginning is None:
            return None
        for kind, value in ends:
            rows = self._rows(
                f"select reason from {self._scratch.note(f'{guarded}_suspects')} "
                "where identifier_type = $1 and identifier_value = $2",
                (kind, value),
            )
            if rows and str(rows[0][0]).startswith(beginning):
                return f"{self._name(kind, value)} is {rows[0][0]}"
        return None

    def _name(self, kind: str, value: str) -> str:
        return f"{kind}:{value if kind in self._open_types else mask(value)}"

    def _rows(self, statement: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        return self._warehouse.execute(statement, parameters)
