"""The scorer of `benchmarks.identity_quality` against pairs looked at one by one."""

from __future__ import annotations

import csv
import random
from collections import defaultdict
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

import duckdb
import pytest

from benchmarks.identity_scorer import Score, Scorer, Source

SOURCES = [
    Source("stg_web__events", "event_id", {"cookie": "anonymous_id", "email": "email"}),
    Source("stg_crm__contacts", "contact_version_id", {"email": "email", "phone": "phone"}),
]


class Record(NamedTuple):
    """One made-up record; its identifiers by type."""

    source: str
    record_id: str
    truth_key: str
    person: str | None
    profile: str | None
    identifiers: dict[str, str]


def written(folder: Path, records: list[Record]) -> tuple[Path, Path]:
    """A warehouse with what the scorer reads, and the truth."""
    warehouse, truth = folder / "warehouse.duckdb", folder / "truth"
    truth.mkdir()
    with duckdb.connect(str(warehouse)) as connection:
        for statement in (
            "create schema cdp_staging",
            "create schema cdp_identity",
            "create table cdp_staging.stg_web__events"
            " (event_id text, anonymous_id text, email text)",
            "create table cdp_staging.stg_crm__contacts"
            " (contact_version_id text, contact_id text, email text, phone text)",
            "create table cdp_identity.int_identity__record_profiles"
            " (source_model text, record_id text, profile_id text)",
            "create table cdp_identity.profile_identifiers (identifier_type text,"
            " identifier_value text, is_blocked boolean, is_shared boolean)",
            "create table cdp_identity.profile_links (identifier_type_a text,"
            " identifier_value_a text, identifier_type_b text, identifier_value_b text,"
            " inactive_reason text)",
        ):
            connection.execute(statement)
        for r in records:
            held = r.identifiers
            if r.source == "stg_web__events":
                row = [r.record_id, held.get("cookie"), held.get("email")]
            else:
                row = [r.record_id, r.truth_key, held.get("email"), held.get("phone")]
            marks = ", ".join("?" * len(row))
            connection.execute(f"insert into cdp_staging.{r.source} values ({marks})", row)
            connection.execute(
                "insert into cdp_identity.int_identity__record_profiles values (?, ?, ?)",
                [r.source, r.record_id, r.profile],
            )
    with (truth / "records.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["channel", "entity", "source_key", "person_id"])
        for key in {(r.source, r.truth_key, r.person) for r in records}:
            writer.writerow([*key[0].removeprefix("stg_").split("__"), key[1], key[2] or ""])
    return warehouse, truth


def drawn(seed: int) -> list[Record]:
    rng = random.Random(seed)
    people = [None, *[f"person-{n}" for n in range(6)]]
    records = []
    for number in range(60):
        person = rng.choice(people)
        own = [*(f"{person}-{n}" for n in range(5)), "common"]
        profile = rng.choice([None, *[f"profile-{n}" for n in range(8)]])
        second = "cookie" if number % 2 else "phone"
        held = {t: rng.choice(own) for t in ("email", second) if rng.random() < 0.7}
        if held:
            key = f"r{number}"
            if number % 2:
                records.append(Record("stg_web__events", key, key, person, profile, held))
            else:
                contact = f"contact-{number}"
                records.append(Record("stg_crm__contacts", key, contact, person, profile, held))
    return records


def looked_at(records: list[Record], *, without_ambiguous: bool) -> Score:
    """The counts of `Scorer.score`, from every pair."""
    known = [r for r in records if r.person]
    owners = defaultdict(set)
    for r in known:
        for identifier in r.identifiers.items():
            owners[identifier].add(r.person)

    def share(a: Record, b: Record) -> bool:
        return bool(a.identifiers.items() & b.identifiers.items())

    in_scope = [
        r for r in known if any(r.person == o.person and r is not o and share(r, o) for o in known)
    ]
    chain = {r.record_id: r.record_id for r in in_scope}
    for _ in in_scope:
        for a, b in combinations(in_scope, 2):
            if a.person == b.person and share(a, b):
                low = min(chain[a.record_id], chain[b.record_id])
                chain[a.record_id] = chain[b.record_id] = low
    counted = [
        r
        for r in in_scope
        if not (without_ambiguous and all(len(owners[i]) > 1 for i in r.identifiers.items()))
    ]
    true = reachable = predicted = right = found = 0
    for a, b in combinations(counted, 2):
        is_true, is_together = a.person == b.person, bool(a.profile) and a.profile == b.profile
        is_reachable = is_true and chain[a.record_id] == chain[b.record_id]
        true += is_true
        reachable += is_reachable
        predicted += is_together
        right += is_true and is_together
        found += is_reachable and is_together
    return Score(true, reachable, predicted, right, found)


@pytest.mark.parametrize("seed", range(6))
def test_counts_are_those_of_every_pair(tmp_path: Path, seed: int) -> None:
    records = drawn(seed)
    warehouse, truth = written(tmp_path, records)
    with Scorer(warehouse, truth, SOURCES, "cdp") as scorer:
        everything = looked_at(records, without_ambiguous=False)
        assert min(everything.reachable, everything.true - everything.reachable) > 0
        assert scorer.score() == everything
        assert scorer.score("not is_ambiguous") == looked_at(records, without_ambiguous=True)
        assert scorer.uncovered() == sum(r.profile is None for r in records)


@pytest.mark.parametrize("seed", range(3))
def test_error_classes_add_up(tmp_path: Path, seed: int) -> None:
    warehouse, truth = written(tmp_path, drawn(seed))
    with Scorer(warehouse, truth, SOURCES, "cdp") as scorer:
        report, score = scorer.report(), scorer.score()
    assert total(report, "False pairs") == score.predicted - score.right
    assert total(report, "Missed reachable pairs") == score.reachable - score.found
    assert total(report, "Pairs that no chain joins") == score.true - score.reachable


def total(report: str, title: str) -> int:
    """Sum of the last column of one table of the report."""
    lines = report[report.index(title) :].split("\n\n", maxsplit=1)[0].splitlines()[2:]
    return sum(int(line.split()[-1].replace(",", "")) for line in lines)


def test_versions_of_a_contact_have_the_person_of_the_contact(tmp_path: Path) -> None:
    versions = [
        Record("stg_crm__contacts", f"v{n}", "contact", "person-1", "one", {"email": "a@b.example"})
        for n in range(3)
    ]
    warehouse, truth = written(tmp_path, versions)
    with Scorer(warehouse, truth, SOURCES, "cdp") as scorer:
        assert scorer.score() == Score(3, 3, 3, 3, 3)


def test_a_weld_is_named_by_its_dirt_and_no_value_is_shown(tmp_path: Path) -> None:
    mailbox = {"email": "a@b.example"}
    records = [
        Record("stg_crm__contacts", f"v{n}", f"c{n}", person, "one", mailbox | {"phone": phone})
        for n, (person, phone) in enumerate([("p1", "+491"), ("p2", "+492")] * 2)
    ]
    warehouse, truth = written(tmp_path, records)
    with Scorer(warehouse, truth, SOURCES, "cdp") as scorer:
        report, score = scorer.report(), scorer.score("not is_ambiguous")
    assert score == Score(2, 2, 6, 2, 2)
    assert "email: shared_family_email" in report
    assert "a@b.example" not in report
    assert "+49" not in report
