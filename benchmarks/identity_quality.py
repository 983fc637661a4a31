"""How well profiles match the true persons of a generated company.

    python -m benchmarks.identity_quality [--customers 50000] [--days 90] [--seed 7]
    python -m benchmarks.identity_quality --warehouse PATH --truth DIR

Generates a company, lands its files, runs dbt as far as the identity models and scores
`int_identity__record_profiles` against `truth/records.csv`. Prints one JSON object a figure; the
exit status is 1 where a bar does not hold. The error classes go to stderr, or to `--report FILE`.

What is counted. A record is a row of a staging model listed in macro `identity_sources` with at
least one identifier, as staging normalises it; each version of a contact, member or ticket is one.
Its person is the truth's. Blocked and shared identifiers count like any other here, so that no
guard can change what it is measured against. What was not sent is none: attributes that only count
for limits, and `visit`, which is made of a record's own cookie or device and its time.

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

import argparse
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from cdp.settings import PROJECT_DIR
from generator.cli import DEFAULT_END_DATE
from generator.dirt import KIOSK_EMAIL, PLACEHOLDER_EMAILS

_NOT_SENT = {"visit", "birth_date", "given_initial"}
# The column that the truth names a record by, where it is not the key of the staging model.
_TRUTH_KEYS = {
    "stg_crm__contacts": "contact_id",
    "stg_loyalty__members": "loyalty_number",
    "stg_support__tickets": "ticket_id",
}
_MODELS = ("+int_identity__record_profiles", "+profile_links", "+profile_identifiers")
_FAMILY = 3


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


def main() -> int:
    """Measure everything; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--customers", type=int, default=50_000)
    parser.add_argument("--days", type=int, default=90)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--warehouse", type=Path, help="score this DuckDB file, building nothing")
    parser.add_argument("--truth", type=Path, help="folder of its truth, with --warehouse")
    parser.add_argument("--work", type=Path, help="build here and keep it, not in a folder of /tmp")
    parser.add_argument("--report", type=Path, help="write the error classes here, not to stderr")
    options = parser.parse_args()
    if (options.warehouse is None) != (options.truth is None):
        parser.error("--warehouse and --truth go together")
    with tempfile.TemporaryDirectory(prefix="bench-identity-quality-") as scratch:
        folder = options.work or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        warehouse, truth = options.warehouse, options.truth
        if warehouse is None:
            company = folder / "company"
            size = [f"--customers={options.customers}", f"--days={options.days}"]
            _run(sys.executable, "-m", "generator", *size, f"--seed={options.seed}",
                 f"--out={company}")  # fmt: skip
            warehouse, truth = folder / "warehouse.duckdb", company / "truth"
            build(warehouse, company / "landing", folder)
        sources = declared_sources(warehouse, folder)
        with Scorer(warehouse, truth, sources, os.environ.get("CDP_SCHEMA", "cdp")) as scorer:
            holds = _print_figures(scorer)
            text = scorer.report()
    if options.report:
        options.report.write_text(text, encoding="utf-8")
    else:
        sys.stderr.write(text)
    return 0 if holds else 1


def build(warehouse: Path, landing: Path, folder: Path) -> None:
    """Land the files and run dbt as far as the identity models; what they say goes to stderr."""
    environment = _environment(warehouse, folder) | {"CDP_LANDING_PATH": str(landing)}
    _run(sys.executable, "-m", "cdp.landing", environment=environment)
    dbt = str(Path(sys.executable).parent / "dbt")
    _run(dbt, "--quiet", "seed", environment=environment)
    _run(dbt, "--quiet", "run", "--select", *_MODELS, environment=environment)


def declared_sources(warehouse: Path, folder: Path) -> list[Source]:
    """What macro `identity_sources` says, asked of dbt so that it is said in one place."""
    dbt = str(Path(sys.executable).parent / "dbt")
    printed = _run(
        dbt, "--quiet", "compile", "--inline", "{{ tojson(identity_sources()) }}",
        environment=_environment(warehouse, folder), is_read=True,
    )  # fmt: skip
    entries = json.loads(printed[printed.index("[{") :])
    return [Source(e["model"], e["record_id"], e["identifiers"]) for e in entries]


class Scorer:
    """Counts pairs of one warehouse and truth, in a database in memory."""

    def __init__(self, warehouse: Path, truth: Path, sources: list[Source], schema: str) -> None:
        self._database = duckdb.connect()
        self._execute("set TimeZone = 'UTC'")
        self._execute(f"attach '{warehouse}' as warehouse (read_only)")
        self._staging = f'warehouse."{schema}_staging"'
        self._identity = f'warehouse."{schema}_identity"'
        self._load_records(truth, sources)
        self._find_reachable()
        self._judge_records()

    def __enter__(self) -> Scorer:
        return self

    def __exit__(self, *_: object) -> None:
        self._database.close()

    def score(self, where: str = "true") -> Score:
        """Count the pairs of records in scope that a condition on `judged` holds."""
        counted = self._one(f"""
            with chosen as (
                select * from judged where is_in_scope and ({where})
            ),
            by_person as (select count(*) as n from chosen group by person),
            by_chain as (select count(*) as n from chosen group by chain),
            by_profile as (select count(*) as n from chosen where is_covered group by profile),
            by_both as (
                select count(*) as n from chosen where is_covered group by profile, person
            ),
            by_all as (select count(*) as n from chosen where is_covered group by profile, chain)
            select
                (select {_pairs("n")} from by_person), (select {_pairs("n")} from by_chain),
                (select {_pairs("n")} from by_profile), (select {_pairs("n")} from by_both),
                (select {_pairs("n")} from by_all)
        """)
        return Score(*[int(value or 0) for value in counted])

    def uncovered(self) -> int:
        """How many records have an identifier but no profile."""
        return int(self._one("select count(*) from records where profile is null")[0])

    def share_of_ambiguous(self) -> float:
        """Which share of the records in scope is ambiguous."""
        return float(
            self._one("select avg(is_ambiguous::int) from judged where is_in_scope")[0] or 0
        )

    def report(self) -> str:
        """The error classes, as text for people; no identifier's value is in it."""
        parts = [
            self._table(
                "Records",
                """
                select
                    source_model as source, count(*) as records,
                    count(*) filter (profile is null) as uncovered,
                    count(*) filter (is_known) as in_truth,
                    count(*) filter (person is null) as nobody
                from records group by source_model order by source_model
                """,
            ),
            self._table("Uncovered records, by what they carry", _UNCOVERED),
            self._table(
                "False pairs, by what two persons share and the dirt it comes from", _FALSE_PAIRS
            ),
            self._table("Missed reachable pairs, by what keeps their records apart", _MISSED_PAIRS),
            self._table("Pairs that no chain joins, by the parts that lie apart", _UNREACHABLE),
            self._table("Pairs of sources, ambiguous records left out", _SOURCE_PAIRS),
        ]
        return "\n".join(parts)

    def _load_records(self, truth: Path, sources: list[Source]) -> None:
        identified = []
        for source in sources:
            channel, _, entity = source.model.removeprefix("stg_").partition("__")
            for identifier_type, expression in source.identifiers.items():
                if identifier_type in _NOT_SENT:
                    continue
                identified.append(f"""
                    select
                        '{source.model}' as source_model, '{channel}' as channel,
                        '{entity}' as entity,
                        cast({source.record_id} as varchar) as record_id,
                        cast({_TRUTH_KEYS.get(source.model, source.record_id)} as varchar)
                            as source_key,
                        '{identifier_type}' as identifier_type,
                        cast({expression} as varchar) as identifier_value
                    from {self._staging}.{source.model}
                    where ({expression}) is not null
                """)
        self._execute(f"create table observed as {' union all '.join(identified)}")
        self._execute("""
            create table identifiers as
            select
                row_number() over (order by identifier_type, identifier_value) - 1 as identifier,
                identifier_type, identifier_value
            from (select distinct identifier_type, identifier_value from observed)
        """)
        self._execute(f"""
            create table records as
            with keyed as (
                select distinct source_model, channel, entity, record_id, source_key from observed
            ),
            truth as (
                select channel, entity, source_key, nullif(person_id, '') as person
                from read_csv('{truth}/records.csv', all_varchar = true)
            )
            select
                row_number() over (order by keyed.source_model, keyed.record_id) - 1 as record,
                keyed.source_model, keyed.record_id, truth.person,
                truth.source_key is not null as is_known, assigned.profile_id as profile
            from keyed
            left join truth using (channel, entity, source_key)
            left join {self._identity}.int_identity__record_profiles as assigned
                using (source_model, record_id)
        """)
        self._execute("""
            create table carried as
            select records.record, records.person, records.profile, identifiers.identifier
            from observed
            inner join identifiers using (identifier_type, identifier_value)
            inner join records using (source_model, record_id)
        """)
        self._execute(f"""
            create table marked as
            select
                identifiers.identifier, identifiers.identifier_type,
                coalesce(published.is_blocked, false) as is_blocked,
                coalesce(published.is_shared, false) as is_shared,
                held.persons, cut.inactive_reason,
                {_DIRT} as dirt
            from identifiers
            left join {self._identity}.profile_identifiers as published
                using (identifier_type, identifier_value)
            left join (
                select identifier, count(distinct person) as persons from carried group by 1
            ) as held using (identifier)
            left join (
                select identifier_type, identifier_value, min(inactive_reason) as inactive_reason
                from (
                    select
                        identifier_type_a as identifier_type,
                        identifier_value_a as identifier_value, inactive_reason
                    from {self._identity}.profile_links where inactive_reason is not null
                    union all
                    select identifier_type_b, identifier_value_b, inactive_reason
                    from {self._identity}.profile_links where inactive_reason is not null
                )
                group by identifier_type, identifier_value
            ) as cut using (identifier_type, identifier_value)
        """)
        self._execute("drop table observed")

    def _find_reachable(self) -> None:
        """Label each record with its chain: the component of its person's own records."""
        found = self._database.execute("""
            select record, dense_rank() over (order by person, identifier) - 1 as held
            from carried where person is not null
        """).fetchnumpy()
        record, held = found["record"].astype(np.int64), found["held"].astype(np.int64)
        count = int(self._one("select count(*) from records")[0])
        size = count + (int(held.max()) + 1 if len(held) else 0)
        links = coo_matrix((np.ones(len(record)), (record, count + held)), shape=(size, size))
        chain = connected_components(links, directed=False)[1][:count]
        self._database.register("labels", {"record": np.arange(count), "chain": chain})
        self._execute("create table chains as select * from labels")
        self._database.unregister("labels")

    def _judge_records(self) -> None:
        self._execute("""
            create table judged as
            with shared as (
                select record, min(persons) > 1 as is_ambiguous
                from carried inner join marked using (identifier) group by record
            )
            select
                records.*, chains.chain, shared.is_ambiguous,
                records.profile is not null as is_covered,
                count(*) over (partition by chains.chain) > 1 as is_in_scope
            from records
            inner join chains using (record)
            inner join shared using (record)
            where records.person is not null
        """)

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


def _pairs(count: str) -> str:
    return f"coalesce(sum(cast({count} as hugeint) * ({count} - 1)), 0) // 2"


_DIRT = f"""
    case
        when identifier_type = 'email' and identifier_value = '{KIOSK_EMAIL}' then 'kiosk_email'
        when identifier_type = 'email'
            and identifier_value in ({", ".join(f"'{e}'" for e in PLACEHOLDER_EMAILS)})
            then 'placeholder_email'
        when identifier_type = 'email' then 'shared_family_email'
        when identifier_type = 'phone' and (is_blocked or persons > {_FAMILY})
            then 'placeholder_phone'
        when identifier_type = 'phone' then 'recycled_phone'
        when identifier_type = 'cookie' and persons > {_FAMILY} then 'kiosk_cookie'
        when identifier_type = 'cookie' then 'shared_family_browser'
        when identifier_type in ('device', 'push_token') then 'kiosk_device'
        else 'none known'
    end
"""
_UNCOVERED = """
    with described as (
        select
            records.record, records.source_model,
            string_agg(
                distinct identifier_type || case
                    when is_blocked then ' (blocked)' when is_shared then ' (shared)' else ''
                end, ' + ' order by identifier_type || case
                    when is_blocked then ' (blocked)' when is_shared then ' (shared)' else ''
                end
            ) as carries
        from records
        inner join carried using (record)
        inner join marked using (identifier)
        where records.profile is null
        group by records.record, records.source_model
    )
    select source_model as source, carries, count(*) as records
    from described group by all order by records desc, source, carries
"""
# Two persons of one profile lose as many pairs as the product of their records. What carries the
# weld is what both carry; a guard that marks it shared has still let a record through by it.
_FALSE_PAIRS = """
    with sizes as (
        select
            profile, person, count(*) as n, count(*) filter (not is_ambiguous) as clear
        from judged where is_covered and is_in_scope group by profile, person
    ),
    welded as (
        select
            a.profile, a.person as person_a, b.person as person_b,
            a.n * b.n as pairs, a.clear * b.clear as clear_pairs
        from sizes as a
        inner join sizes as b on a.profile = b.profile and a.person < b.person
    ),
    held as (
        select distinct profile, person, identifier
        from carried where profile is not null and person is not null
    ),
    carriers as (
        select
            welded.profile, welded.person_a, welded.person_b,
            string_agg(distinct marked.identifier_type || ': ' || marked.dirt, ' + '
                order by marked.identifier_type || ': ' || marked.dirt) as carrier
        from welded
        inner join held as a on a.profile = welded.profile and a.person = welded.person_a
        inner join held as b
            on
                b.profile = welded.profile and b.person = welded.person_b
                and a.identifier = b.identifier
        inner join marked on marked.identifier = a.identifier
        group by all
    )
    select
        coalesce(carriers.carrier, 'through others') as welded_by,
        count(*) as person_pairs, sum(clear_pairs)::bigint as false_pairs,
        sum(pairs)::bigint as with_ambiguous
    from welded left join carriers using (profile, person_a, person_b)
    group by 1 order by 4 desc, 1
"""
# The parts of a chain, the largest first: each part misses its pairs with all larger ones.
_MISSED_PAIRS = """
    with parts as (
        select
            chain, coalesce(profile, 'record ' || record) as part,
            count(*) as n, count(*) filter (not is_ambiguous) as clear
        from judged where is_in_scope group by all
    ),
    ranked as (
        select
            *,
            row_number() over (partition by chain order by n desc, part) as place,
            sum(n) over (partition by chain order by n desc, part) - n as before,
            sum(clear) over (partition by chain order by n desc, part) - clear as clear_before
        from parts
    ),
    carried_by_part as (
        select distinct chain, coalesce(judged.profile, 'record ' || record) as part, identifier
        from judged inner join carried using (record)
        where judged.is_in_scope
            and judged.chain in (select chain from ranked where place > 1)
    ),
    torn as (
        select chain, identifier from carried_by_part group by all having count(*) > 1
    ),
    reasons as (
        select
            c.chain, c.part,
            string_agg(distinct m.identifier_type || ': ' || case
                when m.is_blocked then 'blocked' when m.is_shared then 'shared'
                else coalesce(m.inactive_reason, 'not linked')
            end, ' + ') as reason
        from carried_by_part as c
        inner join torn using (chain, identifier)
        inner join marked as m using (identifier)
        group by all
    )
    select
        coalesce(list_aggregate(list_sort(string_split(reason, ' + ')), 'string_agg', ' + '),
            'joined through larger parts only') as kept_apart_by,
        count(*) as parts, sum(clear * clear_before)::bigint as missed_pairs,
        sum(n * before)::bigint as with_ambiguous
    from ranked left join reasons using (chain, part)
    where place > 1
    group by 1 order by 4 desc, 1
"""
_UNREACHABLE = """
    with types as (
        select
            judged.person, judged.chain, count(distinct judged.record) as n,
            string_agg(distinct identifier_type, ' + ' order by identifier_type) as carries
        from judged
        inner join carried using (record)
        inner join marked using (identifier)
        where judged.is_in_scope
        group by judged.person, judged.chain
    ),
    ranked as (
        select
            *,
            row_number() over (partition by person order by n desc, chain) as place,
            sum(n) over (partition by person order by n desc, chain) - n as before
        from types
    )
    select carries as smaller_part, count(*) as parts, sum(n * before)::bigint as pairs
    from ranked where place > 1 group by 1 order by 3 desc, 1 limit 15
"""
_SOURCE_PAIRS = """
    with counted as (
        select source_model, person, chain, profile, is_covered, count(*)::hugeint as n
        from judged where is_in_scope and not is_ambiguous group by all
    ),
    by_chain as (
        select chain, source_model, sum(n) as n from counted group by all
    ),
    by_profile as (
        select profile, source_model, sum(n) as n from counted where is_covered group by all
    ),
    by_both as (
        select profile, person, source_model, sum(n) as n from counted where is_covered
        group by all
    ),
    by_all as (
        select profile, chain, source_model, sum(n) as n from counted where is_covered
        group by all
    ),
    reachable as (
        select a.source_model as source_a, b.source_model as source_b,
            sum(case when a.source_model = b.source_model then a.n * (a.n - 1) // 2
                else a.n * b.n end) as pairs
        from by_chain as a
        inner join by_chain as b on a.chain = b.chain and a.source_model <= b.source_model
        group by all
    ),
    predicted as (
        select a.source_model as source_a, b.source_model as source_b,
            sum(case when a.source_model = b.source_model then a.n * (a.n - 1) // 2
                else a.n * b.n end) as pairs
        from by_profile as a
        inner join by_profile as b on a.profile = b.profile and a.source_model <= b.source_model
        group by all
    ),
    right_ones as (
        select a.source_model as source_a, b.source_model as source_b,
            sum(case when a.source_model = b.source_model then a.n * (a.n - 1) // 2
                else a.n * b.n end) as pairs
        from by_both as a
        inner join by_both as b
            on a.profile = b.profile and a.person = b.person
                and a.source_model <= b.source_model
        group by all
    ),
    found as (
        select a.source_model as source_a, b.source_model as source_b,
            sum(case when a.source_model = b.source_model then a.n * (a.n - 1) // 2
                else a.n * b.n end) as pairs
        from by_all as a
        inner join by_all as b
            on a.profile = b.profile and a.chain = b.chain and a.source_model <= b.source_model
        group by all
    )
    select
        reachable.source_a, reachable.source_b, reachable.pairs::bigint as reachable_pairs,
        round(coalesce(right_ones.pairs, 0) / nullif(predicted.pairs, 0), 5) as precision,
        round(coalesce(found.pairs, 0) / nullif(reachable.pairs, 0), 4) as recall
    from reachable
    left join predicted using (source_a, source_b)
    left join right_ones using (source_a, source_b)
    left join found using (source_a, source_b)
    order by reachable_pairs desc, source_a, source_b
"""


def _print_figures(scorer: Scorer) -> bool:
    clear, everything = scorer.score("not is_ambiguous"), scorer.score()
    held = [
        _figure("precision", clear.precision, "share", at_least=0.999),
        _figure("recall", clear.recall, "share", at_least=0.97),
        _figure("uncovered_records", scorer.uncovered(), "records", at_most=0),
    ]
    _figure("precision_with_ambiguous", everything.precision, "share")
    _figure("recall_with_ambiguous", everything.recall, "share")
    _figure("ambiguous_records", scorer.share_of_ambiguous(), "share")
    _figure("recall_of_all_pairs", everything.right / max(everything.true, 1), "share")
    _figure("reachable_pairs", everything.reachable / max(everything.true, 1), "share")
    return all(held)


def _figure(
    name: str,
    value: float,
    unit: str,
    *,
    at_least: float | None = None,
    at_most: float | None = None,
) -> bool:
    holds = (at_least is None or value >= at_least) and (at_most is None or value <= at_most)
    figure: dict[str, Any] = {"figure": f"identity.quality.{name}", "value": round(value, 5)}
    bar = at_least if at_least is not None else at_most
    figure |= {"unit": unit} | ({} if bar is None else {"bar": bar, "holds": holds})
    print(json.dumps(figure), flush=True)
    return holds


def _shown(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)


def _environment(warehouse: Path, folder: Path) -> dict[str, str]:
    """A run of its own: nothing of the repository's data or target folder is touched."""
    return os.environ | {
        "CDP_TARGET": "duckdb",
        "CDP_DUCKDB_PATH": str(warehouse.resolve()),
        "CDP_DATA_DIR": str(folder / "data"),
        "CDP_AS_OF": f"{DEFAULT_END_DATE}T18:00:00Z",
        "DBT_PROFILES_DIR": str(PROJECT_DIR),
        "DBT_TARGET_PATH": str((folder / "target").resolve()),
        "DBT_LOG_PATH": str((folder / "logs").resolve()),
    }


def _run(*command: str, environment: dict[str, str] | None = None, is_read: bool = False) -> str:
    done = subprocess.run(
        command, cwd=PROJECT_DIR, env=environment, check=False, text=True,
        stdout=subprocess.PIPE if is_read else sys.stderr,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"{command[0]} {command[1]} failed with status {done.returncode}")
    return done.stdout or ""


if __name__ == "__main__":
    sys.exit(main())
