"""The macros that read dirty text give the same on both engines, for texts nobody thought of.

What they should give is in tests/dbt/macros; here only the engines are held against each other.
"""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from cdp.settings import Target
from cdp.warehouse.connection import connected
from tests.conftest import make_settings
from tests.dbt_process import DbtProcess

QUERY = """
select
    given,
    cast({{ to_timestamp('given') }} as text) as as_timestamp,
    cast({{ to_date('given') }} as text) as as_date,
    cast({{ to_number('given') }} as text) as as_amount,
    cast({{ to_number('given', 'numeric(9, 6)') }} as text) as as_degrees,
    cast({{ to_integer('given') }} as text) as as_integer,
    cast({{ to_boolean('given') }} as text) as as_boolean,
    {{ trimmed('given') }} as as_text,
    {{ normalise_email('given') }} as as_email,
    {{ canonical_email(normalise_email('given')) }} as as_email_identifier,
    {{ surrogate_key(['given', "'x'"]) }} as as_key,
    phone
from ({{ normalise_phone('cases', 'given') }}) as normalised
"""
COLUMNS_OF_ANY_VALUE = 11
CASES = 3000

SEEDS = [
    *("2026-03-01T10:00:00Z", "2026-03-01 10:00:00.123456789+0530", "2026-10-21T10:00:00.1-04:00"),
    *("2026/3/1 9:05 PM UTC", "01.11.2026, 12:00:07.5am -05", "1772359200", "1772359200123456.7"),
    *("2024-12-31 23:59:59.99999999", "2026-02-31", "1985-02-28", "1772359200123", "true", "0"),
    *("12.50", "-3", "1e17", "1.005e2", "9999999999999999.994", "0.0000005", "007"),
    *("anna.meyer+x@gmail.com", "o'hara@x-y.co.uk", "A@B.de", "null"),
    *("+49 (0) 171 2345678", "0049171 2345678", "0171/2345678", "06 30 123 4567", "00390612345"),
    *("(212) 555-0123 x12", "tel:+1-212-555-0123", "+36 06 30 1234567"),
]
# With a Kelvin sign, an Arabic zero, a minus sign and letters whose cases differ by language.
CHARACTERS = (
    "0123456789 -+:.TZeE@()/x,;#'\"\\ab\t\n\u00a0\u200b\u00e4\u212a\u0660\u2212\u0130\u00df"
)


def spoilt(text: str, drawn: random.Random) -> str:
    """A text with other digits, or with some characters put in, left out or replaced."""
    if drawn.random() < 0.6:
        return "".join(
            drawn.choice("0123456789") if c.isdigit() and drawn.random() < 0.3 else c for c in text
        )
    characters = list(text)
    for _ in range(drawn.randint(0, 3)):
        at = drawn.randrange(len(characters) + 1)
        put_in = [drawn.choice(CHARACTERS)] if drawn.random() < 0.7 else []
        characters[at : at + drawn.randint(0, 1)] = put_in
    return "".join(characters)


def compiled(dbt_process: DbtProcess) -> str:
    dbt_process.check("seed", "--select", "phone_countries")
    (sql,) = dbt_process.check("compile", "--inline", QUERY, "--no-introspect").compiled.values()
    return sql


@pytest.mark.slow
def test_engines_agree(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
    dbt_process: DbtProcess,
) -> None:
    drawn = random.Random(20261115)
    cases = sorted({spoilt(drawn.choice(SEEDS), drawn) for _ in range(CASES)})
    results = {}
    targets: list[Target] = ["duckdb", "postgres"]
    for target in targets:
        settings = make_settings(target, tmp_path / target, monkeypatch, request)
        sql = compiled(dbt_process)
        with connected(settings) as warehouse:
            warehouse.execute("create table cases (given text)")
            for start in range(0, len(cases), 500):
                batch = cases[start : start + 500]
                values = ", ".join(f"(${number})" for number in range(1, len(batch) + 1))
                warehouse.execute(f"insert into cases values {values}", batch)
            results[target] = {row[0]: row for row in warehouse.execute(sql)}

    assert results["duckdb"].keys() == set(cases)
    read = list(zip(*results["duckdb"].values(), strict=True))
    assert len(read) == COLUMNS_OF_ANY_VALUE + 1
    assert all(any(value is not None for value in column) for column in read), "nothing to compare"
    different = {
        given: (row, results["postgres"][given])
        for given, row in results["duckdb"].items()
        if row != results["postgres"][given]
    }
    assert not different
