"""Why two identifiers are one person or are not: `make explain A=email:… B=phone:…`.

Prints the chain of records that joins them. If they are not joined, prints the chain that would
join them, with the reason why a link is inactive, or says that an identifier is blocklisted or that
nothing links them.
"""

from __future__ import annotations

from collections.abc import Sequence

from cdp.identity.evidence import REASONS, Evidence, Hop, Identifier, Place, Sighting, path_query
from cdp.identity.masking import mask
from cdp.settings import Settings
from cdp.warehouse.connection import Connection, connected

__all__ = [
    "WITHHELD_LIMIT",
    "ExplainError",
    "Explainer",
    "Place",
    "explain_in",
    "mask",
    "path_query",
]

# Two people with a shared number are two inactive links apart; longer chains explain nothing.
WITHHELD_LIMIT = 4


class ExplainError(ValueError):
    """A question that cannot be answered; the message says how to ask it."""


class Explainer:
    """Answers questions about the identity graph of one warehouse.

    Args:
        warehouse: Connection; nothing is written.
        place: Schemas of the graph.
        shows_all: Whether to show personal data in the chain in full.
    """

    def __init__(self, warehouse: Connection, place: Place, *, shows_all: bool = False) -> None:
        if not warehouse.table_exists(place.identity, "identity_graph__links"):
            raise ExplainError("There is no identity graph yet: run make demo, or make dbt.")
        self._evidence = Evidence(warehouse, place)
        self._shows_all = shows_all
        self._types = self._evidence.types()

    def explain(self, a: str, b: str) -> str:
        """The explanation for two identifiers, each written `type:value`.

        Raises:
            ExplainError: An identifier is malformed or was never seen.
        """
        first, second = (
            self._sighting(self._parsed(name, text)) for name, text in (("A", a), ("B", b))
        )
        shown = {first.identifier, second.identifier}
        if len(shown) == 1:
            return f"{self._name(first.identifier, shown)} is one identifier, given twice."
        is_one = first.profile_id is not None and first.profile_id == second.profile_id
        hops = self._evidence.path(
            first.identifier, second.identifier, 0 if is_one else WITHHELD_LIMIT
        )
        pair = " and ".join(
            self._name(each, shown) for each in (first.identifier, second.identifier)
        )
        lines = []
        if is_one:
            lines.append(f"{pair} are one profile, {first.profile_id}, joined by:")
        else:
            lines += [f"{pair} are not one profile.", *self._profiles(first, second, shown)]
            inactive = sum(hop.inactive_reason is not None for hop in hops)
            if hops:
                lines.append(
                    f"They would be joined by this chain, if {inactive} inactive "
                    f"{'link was' if inactive == 1 else 'links were'} active:"
                )
            elif first.is_blocked or second.is_blocked:
                lines.append("A blocklisted identifier links nothing.")
            else:
                lines.append(
                    f"No chain links them, not even one with {WITHHELD_LIMIT} inactive links."
                )
        if hops:
            lines += ["", *self._chain(hops, shown)]
        return "\n".join(lines)

    def _parsed(self, argument: str, text: str) -> Identifier:
        kind, separator, value = text.strip().partition(":")
        if not separator or not kind or not value:
            raise ExplainError(
                f"{argument} is not an identifier: write {argument}=type:value, for example "
                f"{argument}=email:ann@example.com.\n{self._known_types()}"
            )
        if kind not in self._types:
            raise ExplainError(f"{argument} is of no known type.\n{self._known_types()}")
        return kind, value

    def _known_types(self) -> str:
        width = max(map(len, self._types), default=0)
        rows = [f"  {name:<{width}}  {comment}" for name, (_, comment) in self._types.items()]
        return "\n".join(["Types (seed identifier_types):", *rows])

    def _sighting(self, identifier: Identifier) -> Sighting:
        found = self._evidence.sighting(identifier)
        if found:
            return found
        kind, value = identifier
        similar = self._evidence.similar((kind, value.strip()))
        raise ExplainError(
            f"{kind}:{value} is unknown: no staged record contains this identifier.\n"
            + (
                f"Did you mean {kind}:{similar}?"
                if similar
                else "Write it as staging does, as in profile_identifiers: emails in lower case "
                "without a + suffix, for gmail.com without dots; phone numbers as "
                f"+<country><number>; anything else as the source has it.\n{self._known_types()}"
            )
        )

    def _profiles(self, first: Sighting, second: Sighting, shown: set[Identifier]) -> list[str]:
        lines = []
        for each in (first, second):
            may_link = not (each.is_blocked or each.is_shared)
            suspicion = None if may_link else self._evidence.suspicion(each.identifier)
            lines.append(
                f"  {self._name(each.identifier, shown)} belongs to "
                + ("no profile" if each.profile_id is None else f"profile {each.profile_id}")
                + (f" ({suspicion})." if suspicion else ".")
            )
        return lines

    def _chain(self, hops: Sequence[Hop], shown: set[Identifier]) -> list[str]:
        lines = [f"  {self._name(hops[0].start, shown)}"]
        for hop in hops:
            records = "1 record" if hop.record_count == 1 else f"{hop.record_count:,} records"
            seen = " to ".join(
                moment.strftime("%Y-%m-%d %H:%M")
                for moment in sorted({hop.first_observed_at, hop.last_observed_at})
            )
            lines.append(
                f"    | {hop.sample_source_model} {hop.sample_record_id}, {records}, {seen}"
            )
            if hop.inactive_reason is not None:
                lines.append(f"    x inactive, {hop.inactive_reason}: {self._detail(hop, shown)}")
            lines.append(f"  {self._name(hop.end, shown)}")
        return lines

    def _detail(self, hop: Hop, shown: set[Identifier]) -> str:
        reason = hop.inactive_reason or ""
        details = [REASONS.get(reason, "see docs/identity.md")]
        if reason == "shared_identifier":
            for end in (hop.start, hop.end):
                suspicion = self._evidence.suspicion(end)
                if suspicion and suspicion.startswith("shared"):
                    details.append(f"{self._name(end, shown)} is {suspicion}")
        if reason == "override":
            overrides = self._evidence.separating_overrides(hop.start, hop.end)
            details += [f"override {name}" for name in overrides]
        return "; ".join(details)

    def _name(self, identifier: Identifier, shown: set[Identifier]) -> str:
        """`type:value`, masked if it is personal data that the question did not contain."""
        kind, value = identifier
        is_direct = self._types.get(kind, (True, ""))[0]
        if is_direct and not self._shows_all and identifier not in shown:
            value = mask(value)
        return f"{kind}:{value}"


def explain_in(settings: Settings, a: str, b: str, *, shows_all: bool) -> str:
    """`Explainer.explain` in the warehouse of the settings; raises `ExplainError` without one."""
    if settings.target == "duckdb" and not settings.duckdb_path.exists():
        raise ExplainError("There is no warehouse yet: run make demo, or make land and make dbt.")
    place = Place(f"{settings.schema}_identity", f"{settings.schema}_rules")
    with connected(settings) as warehouse:
        return Explainer(warehouse, place, shows_all=shows_all).explain(a, b)
