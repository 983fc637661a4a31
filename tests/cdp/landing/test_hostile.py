"""Hostile files from a seed: each line is a raw row or quarantined, and none is printed."""

from __future__ import annotations

import json
import logging
import os
import random
from collections.abc import Callable

import pytest

from cdp.landing import summary
from tests.cdp.landing.landing_world import World

# Part of each value, and searched for in all output.
MARKER = "zq7marker"
PIECES = (
    *(
        "",
        " ",
        ",",
        ";",
        "|",
        "\t",
        '"',
        '""',
        "'",
        "\\",
        "\\u0000",
        "\ud800",
        "\x00",
        "\x01",
        "\x1a",
    ),
    *(
        "\x7f",
        "\u2028",
        "\ufeff",
        "\ufffd",
        "\U0001f600",
        "{",
        "}",
        "[",
        "]",
        "{{ 1/0 }}",
        "%s",
        "$1",
    ),
    *("{% raw %}", "'; drop table raw.shop__csv; --", "=cmd()", "NULL", "NaN", "1e999", "-0"),
    *("true", "\\N", "\\.", "a\nb", "a\r\nb", "\r", "x" * 5_000, "[" * 500),
)
KEYS = ("id", "ID", "Id", "", "_file", "a.b", "a/b", "~", 'q"q', "\n", "k" * 80, "\u00e9", "select")
BROKEN = (b"\xff", b"\xc3", b"\xed\xa0\x80", b"\x00", b'"', b"'", b"\\", b",,,,", b"{", b"\r")


@pytest.fixture
def count(request: pytest.FixtureRequest) -> int:
    return 5_000 if request.config.getoption("--soak") else 40


def test_each_line_of_hostile_files_is_accounted_for(
    world: World,
    count: int,
    request: pytest.FixtureRequest,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    chance = random.Random(request.config.getoption("--hostile-seed"))
    kinds: tuple[Callable[[random.Random], bytes], ...] = (csv_file, json_file, noise)
    contents = {}
    for i in range(count):
        kind = chance.choices(kinds, (5, 5, 1))[0]
        content = kind(chance)
        extension = "jsonl" if kind is json_file else "csv"
        file = f"shop/{extension}/{i}.{extension}" + chance.choice(("", "", ".gz"))
        # A copy of another file loads nothing.
        if content not in contents.values():
            contents[file] = content
            world.write(file, content)
        if chance.random() < 0.02:
            os.mkfifo(world.folder / "shop" / extension / f"{i}.pipe.csv")
    report = world.land()
    refused = {problem.file for problem in report.problems}
    lines = lines_landed(world)
    for file, content in contents.items():
        if file not in refused:
            assert lines.get(file, 0) == line_count(file, content), file
    output = capfd.readouterr()
    for text in (output.out, output.err, caplog.text, summary(report)):
        assert MARKER not in text
    again = world.land()
    assert (again.files_loaded, again.rows) == (0, 0)


def test_hostile_rows_of_one_file(
    world: World, count: int, request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    chance = random.Random(request.config.getoption("--hostile-seed"))
    contents = {
        "shop/csv/rows.csv": csv_file(chance, count),
        "shop/jsonl/rows.jsonl": json_file(chance, count),
    }
    for file, content in contents.items():
        world.write(file, content)
    report = world.land()
    assert not report.problems
    lines = lines_landed(world)
    for file, content in contents.items():
        assert lines[file] == line_count(file, content)
    assert MARKER not in caplog.text


def value(chance: random.Random) -> str:
    pieces = [chance.choice(PIECES), MARKER, chance.choice(PIECES)]
    chance.shuffle(pieces)
    return "".join(pieces)


def csv_file(chance: random.Random, rows: int | None = None) -> bytes:
    """A CSV of two columns without blank lines, which count as nothing."""
    records = []
    for _ in range(chance.randrange(12) if rows is None else rows):
        fields = [value(chance) for _ in range(chance.choices((1, 2, 3), (1, 8, 1))[0])]
        if chance.random() < 0.9:
            fields = ['"' + field.replace('"', '""') + '"' for field in fields]
        records.append(damaged(chance, ",".join(fields).encode(errors="surrogatepass")))
    ends = chance.choice((b"\n", b"\r\n"))
    content = b"a,b" + b"".join(ends + record for record in records) + chance.choice((b"", ends))
    return b"\n".join(line for line in content.split(b"\n") if line.strip(b"\r\n")) + ends


def json_file(chance: random.Random, rows: int | None = None) -> bytes:
    lines = []
    for _ in range(chance.randrange(12) if rows is None else rows):
        found = {chance.choice(KEYS): value(chance) for _ in range(chance.randrange(4))}
        nested = {"deep": [found, {"x": value(chance)}], **found}
        text = json.dumps(
            chance.choice((found, nested, [found])), ensure_ascii=chance.random() < 0.5
        )
        lines.append(damaged(chance, text.encode(errors="surrogatepass")))
    return chance.choice((b"\n", b"\r\n")).join(lines)


def noise(chance: random.Random) -> bytes:
    return MARKER.encode() + chance.randbytes(chance.randrange(2_000))


def damaged(chance: random.Random, record: bytes) -> bytes:
    """The record, cut or with a broken piece in it one time out of five."""
    at = chance.randrange(len(record) + 1)
    if chance.random() < 0.1:
        return record[:at]
    if chance.random() < 0.1:
        return record[:at] + chance.choice(BROKEN) + record[at:]
    return record


def line_count(file: str, content: bytes) -> int:
    """Lines that have to be found, without header and blank lines."""
    if ".jsonl" in file:
        return sum(bool(line.strip(b" \t\r")) for line in content.split(b"\n"))
    return len(content.rstrip(b"\n").split(b"\n")) - 1


def lines_landed(world: World) -> dict[str, int]:
    """Lines that raw rows and quarantined ones come from, those inside of CSV fields too."""
    lines: dict[str, int] = {}
    inside = "length({0}) - length(replace({0}, chr(10), ''))"
    spans = " + ".join(inside.format(f"coalesce({name}, '')") for name in ("a", "b"))
    for query in (
        f"select _file, sum(1 + {spans}) from raw.shop__csv group by 1",
        "select _file, count(*) from raw.shop__jsonl group by 1",
        f"select file, sum(1 + {inside.format('original_text')}) from raw.landing_quarantine "
        "where row_number is not null and table_name = 'shop__csv' group by 1",
        "select file, count(*) from raw.landing_quarantine "
        "where row_number is not null and table_name = 'shop__jsonl' group by 1",
    ):
        for file, found in world.query(query):
            lines[file] = lines.get(file, 0) + int(found)
    return lines
