"""Counts pairs of records that profiles get right and wrong, by the truth of a generated company.

What is counted. A record is a row of a staging model listed in macro `identity_sources` with at
least one identifier, as staging normalises it; each version of a contact, member or ticket is one.
The truth names its person. Blocked and shared identifiers count like any other, so that a limit
does not change what it is measured against. Attributes that only limit profiles do not count.

- A record is **in scope** if it shares an identifier with another record of its person. Records
  whose person the truth leaves empty (anonymous use of a kiosk) are in no pair.
- A record is **ambiguous** if records of two or more persons carry each one of its identifiers:
  an anonymous page view in a family's browser, a receipt that bears the family's mailbox alone.
  Nothing on it says whose it is, so right and wrong are a matter of luck.
- Two records of one person are **reachable** from each other if a chain of records of that same
  person, each sharing an identifier with the next, joins them. A cookie that expired before anybody
  logged in is not reachable from the next one, by any method.

`precision` is the share of pairs in one profile that are one person's. `recall` is the share of
reachable pairs that are in one profile. Both are over records in scope that are not ambiguous, and
have bars. The same over all records in scope are `precision_with_ambiguous` and
`recall_with_ambiguous`. `recall_of_all_pairs` is over pairs of one person whether reachable or not,
and `reachable_pairs` the most that it could be. `uncovered_records` counts records, in scope or
not, that no profile has. Pairs are never made: they are counted from the sizes of groups.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from cdp.warehouse.connection import quote
from cdp.warehouse.queries import Queries, Sql
from generator.dirt import KIOSK_EMAIL, PLACEHOLDER_EMAILS

QUERIES = Queries(Path(__file__).parent / "queries")
_NOT_SENT = {"visit", "birth_date", "given_initial"}
# The column that names a record in the truth, if it is not the key of the staging model.
_TRUTH_KEYS = {
    "stg_crm__contacts": "contact_id",
    "stg_loyalty__members": "loyalty_number",
    "stg_support__tickets": "ticket_id",
}
_MAX_FAMILY_SIZE = 3


@dataclass(frozen=True)
class Source:
    """One entry of macro `identity_sources`: a staging model and its identifiers' expressions."""

    model: str
    record_id: str
    identifiers: dict[str, str]


@dataclass(frozen=True)
class Score:
    """Pairs of records, counted.

    Attributes:
        true: Pairs of one person.
        reachable: Of those, the pairs that a chain of shared identifiers joins.
        predicted: Pairs in one profile.
        right: Of `predicted`, the pairs of one person.
        found: Of `reachable`, the pairs in one profile.
    """

    true: int
    reachable: int
    predicted: int
    right: int
    found: int

    @property
    def precision(self) -> float:
        """Share of predicted pairs that are right; 1 where nothing is predicted."""
        return self.right / self.predicted if self.predicted else 1.0

    @property
    def recall(self) -> float:
        """Share of reachable pairs that are found; 1 where there are none."""
        return self.found / self.reachable if self.reachable else 1.0


class Scorer:
    """Counts pairs of one warehouse and truth, in a database in memory."""

    def __init__(self, warehouse: Path, truth: Path, sources: list[Source], schema: str) -> None:
        self._database = duckdb.connect()
        self._execute("set TimeZone = 'UTC'")
        self._execute(f"attach '{warehouse}' as warehouse (read_only)")
        self._staging = Sql(f"warehouse.{quote(f'{schema}_staging')}")
        self._identity = Sql(f"warehouse.{quote(f'{schema}_identity')}")
        self._load_records(truth, sources)
        self._find_reachable()
        self._evaluate_records()

    def __enter__(self) -> Scorer:
        return self

    def __exit__(self, *_: object) -> None:
        self._database.close()

    def score(self, where: str = "true") -> Score:
        """Count the pairs of records in scope that a condition on `evaluated` holds."""
        counted = self._one(QUERIES("quality_score", where=Sql(where)))
        return Score(*[int(value or 0) for value in counted])

    def uncovered(self) -> int:
        """How many records have an identifier but no profile."""
        return int(self._one("select count(*) from records where profile is null")[0])

    def share_of_ambiguous(self) -> float:
        """Which share of the records in scope is ambiguous."""
        return float(
            self._one("select avg(is_ambiguous::int) from evaluated where is_in_scope")[0] or 0
        )

    def report(self) -> str:
        """The error classes, as text for people; no identifier's value is in it."""
        tables = {
            "records": "Records",
            "uncovered": "Uncovered records, by their identifiers",
            "false_pairs": "False pairs, by what two persons share and the dirt that causes it",
            "missed_pairs": "Missed reachable pairs, by what separates their records",
            "unreachable": "Pairs that no chain joins, by the smaller part",
            "source_pairs": "Pairs of sources, without ambiguous records",
        }
        return "\n".join(
            self._table(title, QUERIES(f"quality_{name}")) for name, title in tables.items()
        )

    def _load_records(self, truth: Path, sources: list[Source]) -> None:
        columns = []
        for source in sources:
            channel, _, entity = source.model.removeprefix("stg_").partition("__")
            columns += [
                {
                    "model": source.model,
                    "channel": channel,
                    "entity": entity,
                    "record_id": Sql(source.record_id),
                    "source_key": Sql(_TRUTH_KEYS.get(source.model, source.record_id)),
                    "identifier_type": identifier_type,
                    "expression": Sql(expression),
                }
                for identifier_type, expression in source.identifiers.items()
                if identifier_type not in _NOT_SENT
            ]
        self._execute(QUERIES("quality_observed", columns=columns, staging=self._staging))
        self._execute(QUERIES("quality_identifiers"))
        self._execute(
            QUERIES("quality_truth", truth=truth / "records.csv", identity=self._identity)
        )
        self._execute(QUERIES("quality_carried"))
        self._execute(
            QUERIES(
                "quality_marked",
                identity=self._identity,
                kiosk_email=KIOSK_EMAIL,
                placeholder_emails=PLACEHOLDER_EMAILS,
                max_family_size=_MAX_FAMILY_SIZE,
            )
        )
        self._execute("drop table observed")

    def _find_reachable(self) -> None:
        """Label each record with its chain: the component of its person's own records."""
        found = self._database.execute(QUERIES("quality_links")).fetchnumpy()
        record, held = found["record"].astype(np.int64), found["held"].astype(np.int64)
        count = int(self._one("select count(*) from records")[0])
        size = count + (int(held.max()) + 1 if len(held) else 0)
        links = coo_matrix((np.ones(len(record)), (record, count + held)), shape=(size, size))
        chain = connected_components(links, directed=False)[1][:count]
        self._database.register("labels", {"record": np.arange(count), "chain": chain})
        self._execute("create table chains as select * from labels")
        self._database.unregister("labels")

    def _evaluate_records(self) -> None:
        self._execute(QUERIES("quality_evaluated"))

    def _execute(self, query: str) -> None:
        self._database.execute(query)

    def _one(self, query: str) -> tuple[Any, ...]:
        (row,) = self._database.execute(query).fetchall()
        return tuple(row)

    def _table(self, title: str, query: str) -> str:
        result = self._database.execute(query)
        header = [column[0] for column in result.description or []]
        rows = [["" if v is None else _shown(v) for v in row] for row in result.fetchall()]
        widths = [max(len(row[i]) for row in [header, *rows]) for i in range(len(header))]
        lines = [
            "  ".join(v.ljust(w) for v, w in zip(row, widths, strict=True)).rstrip()
            for row in [header, *rows]
        ]
        return "\n".join([f"{title}", *[f"  {line}" for line in lines], ""])


def _shown(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)
