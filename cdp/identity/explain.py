"""Why two identifiers are one person or are not: `make explain A=email:… B=phone:…`.

Prints the chain of records that joins them; or the chain that would, with the guard that withholds
each of its links; or that one of them is blocklisted, or that nothing links them. The search is
SQL: macro `identity_path`, rendered here without starting dbt.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import jinja2

from cdp.settings import PROJECT_DIR, SettingError, Settings
from cdp.warehouse.connection import Connection, WarehouseBusyError, connected, quote

# Two people with a shared number are two withheld links apart. Beyond four an explanation is none.
WITHHELD_LIMIT = 4
MACROS = (
    "identity/identity_path.sql",
    "identity/identity_path_hops.sql",
    "identity/identity_place.sql",
    "identity/identity_distances.sql",
    "identity/identity_places_reached.sql",
    "identity/is_inactive_link.sql",
    "identity_graph/link_status.sql",
)
REASONS = {
    "shared_identifier": "an end is shared by more identifiers than its type allows",
    "link_window": "seen together too long before the last sighting of one end",
    "unseen_identifier": "an override names an identifier that no record shows",
    "profile_limit": "one profile would hold more of a type or attribute than its limit",
    "override": "a person decided that they are never one",
}
Identifier = tuple[str, str]


class ExplainError(ValueError):
    """A question that cannot be answered; the message says how to put it."""


@dataclass(frozen=True)
class Place:
    """Schemas to look in.

    Attributes:
        identity: Schema of the identity models and of the graph's state.
        rules: Schema of the seeds.
    """

    identity: str
    rules: str

    def identity_table(self, name: str) -> str:
        """A model or a table of the graph's state, quoted."""
        return f"{quote(self.identity)}.{quote(name)}"

    def rules_table(self, name: str) -> str:
        """A seed, quoted."""
        return f"{quote(self.rules)}.{quote(name)}"


@dataclass(frozen=True)
class Sighting:
    """What is known of an identifier: its profile, where it has one, and the guards on it."""

    identifier: Identifier
    profile_id: str | None
    is_blocked: bool
    is_shared: bool

    @property
    def is_guarded(self) -> bool:
        """Whether a guard keeps it from linking."""
        return self.is_blocked or self.is_shared


@dataclass(frozen=True)
class Hop:
    """One link of a chain, with its evidence and, where a guard withholds it, the guard."""

    start: Identifier
    end: Identifier
    inactive_reason: str | None
    record_count: int
    sample_source_model: str
    sample_record_id: str
    first_observed_at: datetime
    last_observed_at: datetime


class _Dispatch:
    """What dbt's `adapter.dispatch` does, for macros that need no more of dbt."""

    def __init__(self, target: str) -> None:
        self._target = target
        self.module: Any = None

    def dispatch(self, name: str, _package: str) -> Callable[..., str]:
        macro: Callable[..., str] = getattr(self.module, f"{self._target}__{name}")
        return macro


def path_query(target: str, place: Place, withheld_limit: int) -> str:
    """The query of `identity_path`; its parameters are type and value of both identifiers."""
    source = "".join((PROJECT_DIR / "macros" / name).read_text() for name in MACROS)
    # The output is SQL, in which nothing is to be escaped as HTML is.
    environment = jinja2.Environment(autoescape=False)  # noqa: S701
    adapter = _Dispatch(target)
    environment.globals["adapter"] = adapter
    adapter.module = environment.from_string(source).module
    asked = (
        "select cast($1 as text) as identifier_type_a, cast($2 as text) as identifier_value_a, "
        "cast($3 as text) as identifier_type_b, cast($4 as text) as identifier_value_b"
    )
    tables = {
        name: place.identity_table(f"identity_graph__{name}")
        for name in ("links", "nodes", "dictionary")
    }
    query: str = adapter.module.identity_path(asked, tables, withheld_limit)
    return query


class Explainer:
    """Answers questions about the identity graph of one warehouse.

    Args:
        warehouse: Connection; nothing is written.
        place: Where the graph is.
        shows_all: Whether personal data of the identifiers on the way is shown in full.
    """

    def __init__(self, warehouse: Connection, place: Place, *, shows_all: bool = False) -> None:
        self._warehouse = warehouse
        self._place = place
        self._shows_all = shows_all
        if not warehouse.table_exists(place.identity, "identity_graph__links"):
            raise ExplainError("There is no identity graph yet: run make demo, or make dbt.")
        # Type → (whether its values are personal data, what the type is), the strongest first.
        self._types: dict[str, tuple[bool, str]] = {
            name: (bool(is_direct), comment or "")
            for name, is_direct, comment in warehouse.execute(
                "select identifier_type, is_direct, comment "
                f"from {place.rules_table('identifier_types')} order by priority desc"
            )
        }

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
        hops = self._path(first.identifier, second.identifier, 0 if is_one else WITHHELD_LIMIT)
        pair = " and ".join(
            self._name(each, shown) for each in (first.identifier, second.identifier)
        )
        lines = []
        if is_one:
            lines.append(f"{pair} are one profile, {first.profile_id}, joined by:")
        else:
            lines += [f"{pair} are not one profile.", *self._standing(first, second, shown)]
            withheld = sum(hop.inactive_reason is not None for hop in hops)
            if hops:
                lines.append(
                    f"They would be joined by this chain, of which {withheld} "
                    f"{'link is' if withheld == 1 else 'links are'} withheld:"
                )
            elif first.is_blocked or second.is_blocked:
                lines.append("What is blocklisted links nothing.")
            else:
                lines.append(
                    f"Nothing links them, not even a chain over up to {WITHHELD_LIMIT} links "
                    "that a guard withholds."
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
        identifiers = self._place.identity_table("profile_identifiers")
        rows = self._warehouse.execute(
            f"select profile_id, is_blocked, is_shared from {identifiers} "
            "where identifier_type = $1 and identifier_value = $2 and record_count > 0",
            identifier,
        )
        if rows:
            return Sighting(identifier, *rows[0])
        kind, value = identifier
        alike = self._warehouse.execute(
            f"select identifier_value from {identifiers} where identifier_type = $1 and "
            "lower(identifier_value) = lower($2) and record_count > 0 order by 1 limit 1",
            (kind, value.strip()),
        )
        raise ExplainError(
            f"{kind}:{value} is unknown: no staged record shows it as an identifier.\n"
            + (
                f"Did you mean {kind}:{alike[0][0]}?"
                if alike
                else "Write it as staging does, as in profile_identifiers: emails in lower case "
                "without what follows a +, for gmail.com without dots; phone numbers as "
                f"+<country><number>; all else as the source has it.\n{self._known_types()}"
            )
        )

    def _standing(self, first: Sighting, second: Sighting, shown: set[Identifier]) -> list[str]:
        lines = []
        for each in (first, second):
            suspicion = self._suspicion(each.identifier) if each.is_guarded else None
            lines.append(
                f"  {self._name(each.identifier, shown)} belongs to "
                + ("no profile" if each.profile_id is None else f"profile {each.profile_id}")
                + (f" ({suspicion})." if suspicion else ".")
            )
        return lines

    def _suspicion(self, identifier: Identifier) -> str | None:
        rows = self._warehouse.execute(
            f"select reason from {self._place.identity_table('identity_suspects')} "
            "where identifier_type = $1 and identifier_value = $2",
            identifier,
        )
        return str(rows[0][0]) if rows else None

    def _path(self, start: Identifier, end: Identifier, withheld_limit: int) -> list[Hop]:
        query = path_query(self._warehouse.target, self._place, withheld_limit)
        return [
            Hop((row[1], row[2]), (row[3], row[4]), *row[5:])
            for row in self._warehouse.execute(query, (*start, *end))
        ]

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
                lines.append(f"    x withheld by {hop.inactive_reason}: {self._detail(hop, shown)}")
            lines.append(f"  {self._name(hop.end, shown)}")
        return lines

    def _detail(self, hop: Hop, shown: set[Identifier]) -> str:
        reason = hop.inactive_reason or ""
        details = [REASONS.get(reason, "see docs/identity.md")]
        if reason == "shared_identifier":
            for end in (hop.start, hop.end):
                suspicion = self._suspicion(end)
                if suspicion and suspicion.startswith("shared"):
                    details.append(f"{self._name(end, shown)} is {suspicion}")
        if reason == "override":
            details += [f"override {name}" for name in self._never(hop)]
        return "; ".join(details)

    def _never(self, hop: Hop) -> list[str]:
        """Overrides that keep the profiles of both ends apart."""
        identifiers = self._place.identity_table("profile_identifiers")
        profile = (
            f"(select profile_id from {identifiers} where identifier_type = cast({{}} as text) "
            "and identifier_value = cast({} as text))"
        )
        rows = self._warehouse.execute(
            "select overrides.override_id "
            f"from {self._place.rules_table('link_overrides')} as overrides "
            f"inner join {identifiers} as a on overrides.identifier_type_a = a.identifier_type "
            "and overrides.identifier_value_a = a.identifier_value "
            f"inner join {identifiers} as b on overrides.identifier_type_b = b.identifier_type "
            "and overrides.identifier_value_b = b.identifier_value "
            f"cross join (select {profile.format('$1', '$2')} as one, "
            f"{profile.format('$3', '$4')} as other) as ends "
            "where overrides.decision = 'never' "
            "and ((a.profile_id = ends.one and b.profile_id = ends.other) "
            "or (a.profile_id = ends.other and b.profile_id = ends.one)) "
            "order by overrides.override_id",
            (*hop.start, *hop.end),
        )
        return [name for (name,) in rows]

    def _name(self, identifier: Identifier, shown: set[Identifier]) -> str:
        """`type:value`; the value masked where it is personal data that the asker did not bring."""
        kind, value = identifier
        is_direct = self._types.get(kind, (True, ""))[0]
        if is_direct and not self._shows_all and identifier not in shown:
            value = mask(value)
        return f"{kind}:{value}"


def mask(value: str) -> str:
    """Enough of a value to recognise it by: `a***@example.com`, `+49***42`."""
    name, at, domain = value.rpartition("@")
    if at:
        return f"{name[:1]}***@{domain}"
    return f"{value[:3]}***{value[-2:]}" if len(value) > 8 else "***"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the explanation; returns the exit status, 1 where the question cannot be answered."""
    parser = argparse.ArgumentParser(prog="python -m cdp.identity.explain")
    parser.add_argument("a", metavar="TYPE:VALUE", nargs="?", default="")
    parser.add_argument("b", metavar="TYPE:VALUE", nargs="?", default="")
    parser.add_argument("--show", action="store_true", help="show personal data on the way in full")
    options = parser.parse_args(arguments)
    try:
        settings = Settings.from_environment()
        settings.prepare()
        if settings.target == "duckdb" and not settings.duckdb_path.exists():
            raise ExplainError(
                "There is no warehouse yet: run make demo, or make land and make dbt."
            )
        place = Place(f"{settings.schema}_identity", f"{settings.schema}_rules")
        with connected(settings) as warehouse:
            explainer = Explainer(warehouse, place, shows_all=options.show)
            print(explainer.explain(options.a, options.b))
    except (ExplainError, SettingError, WarehouseBusyError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
