"""The output is a function of the arguments, and a folder is replaced whole or not at all."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from generator import plan as plan_module
from generator import run as run_module
from generator.cli import main
from generator.clock import DAY_MS
from generator.dirt import Dirt
from generator.feed import FeedSpec
from generator.output import Exports, FolderInUse
from generator.plan import MAX_PARTS, Plan
from generator.run import generate
from tests.generator.exported import KEYS, MASTER_DATA, VERSIONED, Company, files_below

SMALL = Plan(customers=40, days=4, seed=11, end_date=date(2026, 3, 1))


def _arguments(out: Path, **changes: str) -> list[str]:
    given = {"--customers": "40", "--days": "4", "--seed": "11", "--end-date": "2026-03-01"}
    given |= {f"--{name.replace('_', '-')}": value for name, value in changes.items()}
    return [text for pair in given.items() for text in pair] + ["--out", str(out)]


def test_the_same_arguments_give_the_same_bytes_whatever_the_hash_seed(tmp_path: Path) -> None:
    made = []
    for hash_seed in ("1", "2"):
        out = tmp_path / hash_seed
        subprocess.run(
            [sys.executable, "-m", "generator", *_arguments(out)],
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            cwd=Path(__file__).parents[2],
            check=True,
        )
        made.append(files_below(out))
    assert made[0] == made[1]
    assert any(name.endswith(".gz") for name in made[0])


def test_another_seed_gives_another_company(tmp_path: Path) -> None:
    generate(SMALL, tmp_path / "a")
    generate(Plan(40, 4, 12, SMALL.end_date), tmp_path / "b")
    first, second = files_below(tmp_path / "a"), files_below(tmp_path / "b")
    assert first["truth/records.csv"] != second["truth/records.csv"]


def test_parts_of_a_large_company_have_nothing_in_common_but_the_shops(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan_module, "CUSTOMERS_PER_PART", 100)
    generate(Plan(200, 5, 3, SMALL.end_date), tmp_path / "out")
    company = Company(tmp_path / "out")
    assert {path.name[-10:] for path in company.paths("crm/contacts")} == {
        "-part1.csv",
        "-part2.csv",
    }
    owners = Counter(row["source_key"] + row["entity"] for row in company.truth_rows)
    assert max(owners.values()) == 1
    for column in ("contact_id", "account_id", "loyalty_number"):
        people: dict[str, set[str]] = {}
        for row in company.rows("crm/contacts"):
            if row[column]:
                people.setdefault(row[column], set()).add(company.person("crm/contacts", row))
        assert len(people) > 50
        assert all(len(owners) == 1 for owners in people.values()), column
    products = [row["product_id"] for row in company.rows("catalog/products")]
    assert len(products) == len(set(products))


@pytest.mark.parametrize("customers", [1, 25_000, 25_001, 99_999, 5_000_000])
def test_the_parts_add_up_to_the_company(customers: int) -> None:
    parts = Plan(customers, 1, 0, SMALL.end_date).split()
    assert sum(part.customers for part in parts) == customers
    assert [part.part for part in parts] == list(range(len(parts)))
    assert len(parts) <= MAX_PARTS
    numbers = [part.numbered(count) for part in parts for count in range(5)]
    assert len(set(numbers)) == len(numbers)


@pytest.mark.parametrize("parts", range(1, MAX_PARTS + 1))
def test_every_last_digit_belongs_to_one_part(parts: int) -> None:
    digits: set[int] = set()
    for part in range(parts):
        plan = Plan(1, 1, 0, SMALL.end_date, part=part, parts=parts)
        rng = plan.stream("test")
        drawn = {plan.draw_number(rng, 100, 1_000) for _ in range(300)}
        assert all(100 <= number < 1_000 for number in drawn)
        own = {number % 10 for number in drawn}
        assert own
        assert not own & digits
        digits |= own
    assert digits == set(range(10))


def test_the_smallest_company_is_written(out: Path) -> None:
    assert main(_arguments(out, customers="1", days="1")) == 0
    assert len(list(csv.reader(io.StringIO((out / "truth/records.csv").read_text())))) > 1


def test_files_end_with_the_day_that_was_asked_for(out: Path) -> None:
    generate(SMALL, out)
    days = {path.name[7:17] for path in (out / "landing/web/events").iterdir()}
    assert days == {"2026-02-26", "2026-02-27", "2026-02-28", "2026-03-01"}


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"customers": "0"}, "--customers must be from 1"),
        ({"customers": "99000000"}, "--customers must be from 1"),
        ({"days": "0"}, "--days must be from 1"),
        ({"days": "-3"}, "--days must be from 1"),
        ({"end_date": "1969-01-01"}, "--end-date must be from 2001-01-01"),
    ],
)
def test_impossible_arguments_are_named(
    out: Path, changes: dict[str, str], complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(_arguments(out, **changes)) == 2
    assert complaint in capsys.readouterr().err
    assert not out.exists()


@pytest.mark.parametrize("changes", [{"end_date": "31.02.2026"}, {"customers": "many"}])
def test_unreadable_arguments_are_refused(out: Path, changes: dict[str, str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        main(_arguments(out, **changes))
    assert exit_.value.code == 2
    assert not out.exists()


def test_a_folder_of_somebody_else_is_left_alone(
    out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out.mkdir()
    (out / "letter.txt").write_text("mine")
    assert main(_arguments(out)) == 2
    assert "was not made by this generator" in capsys.readouterr().err
    assert files_below(out) == {"letter.txt": b"mine"}


def test_a_file_is_not_taken_for_a_folder(out: Path) -> None:
    out.write_text("mine")
    with pytest.raises(FolderInUse):
        generate(SMALL, out)
    assert out.read_text() == "mine"


def test_an_own_folder_is_replaced_whole(out: Path) -> None:
    generate(Plan(40, 6, 1, SMALL.end_date), out)
    generate(SMALL, out)
    fresh = out.with_name("fresh")
    generate(SMALL, fresh)
    assert files_below(out) == files_below(fresh)
    assert {path.name for path in out.parent.iterdir()} == {"out", "fresh"}


def test_a_run_that_fails_leaves_the_folder_as_it_was(
    out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    generate(SMALL, out)
    before = files_below(out)

    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(run_module, "complete", fail)
    with pytest.raises(OSError, match="disk full"):
        generate(Plan(40, 4, 99, SMALL.end_date), out)
    assert files_below(out) == before
    assert {path.name for path in out.parent.iterdir()} == {"out"}


def test_a_row_after_its_file_was_written_is_an_error(tmp_path: Path) -> None:
    exports = Exports(tmp_path, SMALL, Dirt())
    feed = exports.feed(FeedSpec("pos/receipts", key="receipt_id", columns=("receipt_id", "email")))
    feed.deliver(SMALL.first_day * DAY_MS, {"receipt_id": "R1", "email": None}, "person-1")
    exports.flush()
    feed.deliver(SMALL.first_day * DAY_MS, {"receipt_id": "R2", "email": None}, "person-1")
    with pytest.raises(FileExistsError):
        exports.close()


def test_every_entity_of_the_company_is_exported(company: Company) -> None:
    entities = {f"{path.parent.name}/{path.name}" for path in company.landing.glob("*/*")}
    assert entities == set(KEYS)
    assert entities >= VERSIONED | MASTER_DATA
