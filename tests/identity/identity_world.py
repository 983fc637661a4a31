"""A warehouse whose sources a test writes row by row, and the graph that dbt makes of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cdp.settings import Settings
from cdp.warehouse.connection import connected
from tests.dbt_process import DbtProcess
from tests.identity.reference_graph import (
    BlockRule,
    Graph,
    IdentifierType,
    Limit,
    Pair,
    Record,
    Rules,
    resolve,
)

PROJECT = Path(__file__).parent.parent / "projects" / "identity"
COLUMNS = ("contact", "card", "email", "phone", "cookie", "birthday", "initial")
SOURCES = {
    "contacts": ("contact", "card", "email", "phone", "birthday", "initial"),
    "visits": ("card", "email", "phone", "cookie", "initial"),
}
RULES = Rules(
    types=(
        IdentifierType("contact", 100, limit_per_profile=2),
        IdentifierType("card", 90, limit_per_profile=2),
        IdentifierType("email", 80, limit_per_profile=3),
        IdentifierType("phone", 70),
        IdentifierType("cookie", 20, limit_per_profile=4, link_window_days=30),
        IdentifierType("initial", 30, limit_per_profile=1, is_linking=False),
        IdentifierType("birthday", 3, limit_per_profile=2, is_linking=False),
    ),
    limits=(
        Limit("card", "contact", 3),
        Limit("email", "contact", 2),
        Limit("email", "card", 2),
        Limit("email", "birthday", 2),
        Limit("phone", "contact", 1),
        Limit("phone", "email", 2),
        Limit("cookie", "card", 2),
        Limit("cookie", "email", 2),
    ),
    blocklist=(BlockRule("email", "pattern", "^noone"), BlockRule("phone", "value", "p0")),
)


@dataclass
class World:
    """Sources and rules as they stand, and the graph as the last run left it."""

    settings: Settings
    process: DbtProcess
    rules: Rules = RULES
    records: dict[tuple[str, str], Record] = field(default_factory=dict)
    batch: int = 0
    options: tuple[str, ...] = ()

    def create(self) -> None:
        schema = self.settings.schema
        columns = ", ".join(f"{name} text" for name in COLUMNS)
        with connected(self.settings) as warehouse:
            warehouse.execute(f"create schema if not exists {schema}")
            warehouse.execute(
                f"create table {schema}.test_records (source text, record_id text, "
                f"observed_at timestamp, {columns}, _record_key text, _row_status text, "
                "_staged_batch bigint)"
            )
        self.write_rules(self.rules)
        self.dbt("run", "--exclude", "identity_graph+")
        self.dbt("run", "--select", "identity_graph+")

    def write_rules(self, rules: Rules) -> None:
        self.rules = rules
        schema = self.settings.schema
        types = [
            (e.name, e.priority, e.is_linking, e.limit_per_profile, e.link_window_days)
            for e in rules.types
        ]
        limits = [(e.identifier_type, e.neighbour_type, e.max_count) for e in rules.limits]
        blocklist = [
            (number, e.identifier_type, e.match_type, e.pattern, "made up")
            for number, e in enumerate(rules.blocklist, start=1)
        ]
        overrides = [
            (e.override_id, e.decision, *e.pair[0], *e.pair[1], e.decided_at)
            for e in rules.overrides
        ]
        with connected(self.settings) as warehouse:
            for table, columns, rows in (
                (
                    "test_identifier_types",
                    "identifier_type text, priority bigint, is_linking boolean, "
                    "limit_per_profile bigint, link_window_days bigint",
                    types,
                ),
                (
                    "test_identifier_limits",
                    "identifier_type text, neighbour_type text, max_count bigint",
                    limits,
                ),
                (
                    "test_identifier_blocklist",
                    "priority bigint, identifier_type text, match_type text, pattern text, "
                    "reason text",
                    blocklist,
                ),
                (
                    "test_link_overrides",
                    "override_id text, decision text, identifier_type_a text, "
                    "identifier_value_a text, identifier_type_b text, identifier_value_b text, "
                    "decided_at timestamp",
                    overrides,
                ),
            ):
                name = f"{schema}.{table}"
                warehouse.execute(f"create table if not exists {name} ({columns})")
                warehouse.execute(f"delete from {name}")
                for row in rows:
                    marks = ", ".join(f"${number}" for number in range(1, len(row) + 1))
                    warehouse.execute(f"insert into {name} values ({marks})", row)

    def stage(self, put: Iterable[Record] = (), remove: Iterable[tuple[str, str]] = ()) -> None:
        """Write a batch as staging does: what went leaves a tombstone."""
        self.batch += 1
        table = f"{self.settings.schema}.test_records"
        with connected(self.settings) as warehouse, warehouse.transaction():
            for record in put:
                self.records[record.source, record.record_id] = record
                self._forget(warehouse, table, record.source, record.record_id)
                named = dict(record.identifiers)
                values = [named.get(name) for name in COLUMNS]
                self._insert(warehouse, table, record, values, "accepted")
            for source, record_id in remove:
                record = self.records.pop((source, record_id))
                self._forget(warehouse, table, source, record_id)
                self._insert(warehouse, table, record, [None] * len(COLUMNS), "removed")

    def restage(self) -> None:
        """Stage all records anew, as a full refresh of staging does."""
        self.batch += 1000
        table = f"{self.settings.schema}.test_records"
        with connected(self.settings) as warehouse:
            warehouse.execute(f"delete from {table} where _row_status = 'removed'")
            warehouse.execute(f"update {table} set _staged_batch = {self.batch}")

    def _forget(self, warehouse: Any, table: str, source: str, record_id: str) -> None:
        warehouse.execute(
            f"delete from {table} where source = $1 and record_id = $2", (source, record_id)
        )

    def _insert(
        self, warehouse: Any, table: str, record: Record, values: list[str | None], status: str
    ) -> None:
        row = (record.source, record.record_id, record.observed_at, *values, record.record_id)
        marks = ", ".join(f"${number}" for number in range(1, len(row) + 1))
        warehouse.execute(f"insert into {table} values ({marks}, '{status}', {self.batch})", row)

    def run(self, *options: str) -> None:
        """Bring the graph up to date through dbt."""
        self.dbt("run", "--select", "identity_graph", *options)

    def dbt(self, *arguments: str) -> None:
        self.process.check(*arguments, *self.options, project=PROJECT)

    def query(self, statement: str) -> list[tuple[Any, ...]]:
        with connected(self.settings) as warehouse:
            return warehouse.execute(statement.format(schema=self.settings.schema))

    def execute(self, statement: str) -> None:
        with connected(self.settings) as warehouse:
            warehouse.execute(statement)

    def expected(self) -> Graph:
        return resolve(list(self.records.values()), self.rules)

    def found(self) -> Graph:
        """The graph as the published models show it."""
        people: dict[str, set[tuple[str, str]]] = {}
        for kind, value, profile in self.query(
            "select identifier_type, identifier_value, profile_id "
            "from {schema}.profile_identifiers where profile_id is not null"
        ):
            people.setdefault(profile, set()).add((kind, value))
        links: dict[Pair, str | None] = {
            ((type_a, value_a), (type_b, value_b)): reason
            for type_a, value_a, type_b, value_b, reason in self.query(
                "select identifier_type_a, identifier_value_a, identifier_type_b, "
                "identifier_value_b, inactive_reason from {schema}.profile_links"
            )
        }
        return Graph(frozenset(frozenset(each) for each in people.values()), links)

    def evidence(self) -> list[tuple[Any, ...]]:
        """What the published models say of links and identifiers, but for times of runs."""
        links = self.query(
            "select link_id, is_active, inactive_reason, record_count, source_count, "
            "sample_source_model, sample_record_id, first_observed_at, last_observed_at "
            "from {schema}.profile_links order by link_id"
        )
        identifiers = self.query(
            "select identifier_type, identifier_value, is_blocked, is_shared, record_count, "
            "first_observed_at, last_observed_at from {schema}.profile_identifiers order by 1, 2"
        )
        suspects = self.query(
            "select identifier_type, identifier_value, reason, neighbour_type, neighbour_count, "
            "inactive_link_count from {schema}.identity_suspects order by 1, 2"
        )
        return [*links, *identifiers, *suspects]

    def profiles(self) -> dict[tuple[str, str], str]:
        """Profile id by identifier."""
        return {
            (kind, value): profile
            for kind, value, profile in self.query(
                "select identifier_type, identifier_value, profile_id "
                "from {schema}.profile_identifiers where profile_id is not null"
            )
        }
