"""Nasty files made up by the dozen: every record comes out as it went in, at its position."""

from __future__ import annotations

import csv
import io
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cdp.landing import staging
from cdp.landing.candidate import examine
from cdp.landing.files import FileFormat, SourceFile
from cdp.landing.reading import stage_files
from cdp.landing.staging import StagingArea

FEW = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
# Characters that mean something to a reader, or are stored in several bytes.
NASTY = st.text(alphabet="a0 ,;|\t\"'\n\r\\/{}[]:é€😀", max_size=8)
ANY_TEXT = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=8)


@dataclass
class Reader:
    folder: Path
    area: StagingArea

    def read(
        self, file_format: FileFormat, *contents: bytes
    ) -> tuple[list[str], list[list[tuple[Any, ...]]], list[list[tuple[int, str]]]]:
        """Columns; rows of each file with position first; positions and reasons of rejects."""
        group = []
        for i, content in enumerate(contents):
            path = self.folder / f"{i}.{file_format}"
            path.write_bytes(content)
            file = SourceFile("a", "b", path.name, str(path), file_format, False, 0, None, False)
            group.append(examine(file, path, str(i)))
        staged = stage_files(self.area, group, self.folder, 1 << 40)
        rows: list[list[tuple[Any, ...]]] = [[] for _ in contents]
        for index, *row in self.area.execute(
            f"from ({staged.query}) order by file_index, position"
        ):
            rows[index].append(tuple(row))
        rejects: list[list[tuple[int, str]]] = [[] for _ in contents]
        for index, position, reason in self.area.execute(
            "select file_index, position, reason from temp.landing_rejects order by 1, 2"
        ):
            rejects[index].append((position, reason))
        for found, own_rows, own_rejects in zip(staged.files, rows, rejects, strict=True):
            assert found.row_count == len(own_rows)
            assert found.quarantined_row_count == len(own_rejects)
        return list(staged.columns), rows, rejects


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    with duckdb.connect() as connection:
        yield Reader(tmp_path_factory.mktemp("nasty"), StagingArea(connection))


@FEW
@given(
    rows=st.lists(st.tuples(NASTY, NASTY, NASTY), max_size=8),
    delimiter=st.sampled_from(",;|\t"),
    line_end=st.sampled_from(["\n", "\r\n"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
def test_csv_comes_out_as_it_went_in(
    reader: Reader, rows: list[tuple[str, ...]], delimiter: str, line_end: str, quoting: Any
) -> None:
    if quoting == csv.QUOTE_MINIMAL:
        # Python leaves a carriage return without quotes, where it would end the line.
        rows = [tuple(value.replace("\r", "") for value in row) for row in rows]
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator=line_end, quoting=quoting)
    writer.writerow(["x", "y", "z"])
    writer.writerows(rows)
    columns, (found,), (rejects,) = reader.read("csv", text.getvalue().encode())
    assert columns == ["x", "y", "z"]
    assert rejects == []
    assert found == [(i, *(value or None for value in row)) for i, row in enumerate(rows, start=1)]


CSV_RECORDS = st.one_of(
    st.tuples(NASTY, NASTY).map(lambda row: ("row", row)),
    st.sampled_from(
        [
            ("too few fields", b"x"),
            ("too few fields", b'"x\ny"'),
            ("too many fields", b"x,y,z"),
            ("too many fields", b'x,"y\nz",w'),
            ("not valid UTF-8", b"x,\xff"),
            ("blank", b""),
        ]
    ),
)


@FEW
@given(files=st.lists(st.lists(CSV_RECORDS, max_size=10), min_size=1, max_size=3))
def test_damaged_csv_keeps_positions(reader: Reader, files: list[list[tuple[str, Any]]]) -> None:
    contents, rows, rejects = [], [], []
    for records in files:
        lines, own_rows, own_rejects, position = [b"a,b"], [], [], 0
        for kind, value in records:
            if kind == "row":
                lines.append(b",".join(b'"' + v.replace('"', '""').encode() + b'"' for v in value))
            else:
                lines.append(value)
            position += kind != "blank"
            if kind == "row":
                own_rows.append((position, *(v or None for v in value)))
            elif kind != "blank":
                own_rejects.append((position, kind))
        contents.append(b"\n".join(lines) + b"\n")
        rows.append(own_rows)
        rejects.append(own_rejects)
    try:
        _, found_rows, found_rejects = reader.read("csv", *contents)
    except staging.DamagedTextError:
        # Landing reads such files one by one.
        singly = [reader.read("csv", content) for content in contents]
        found_rows = [found[1][0] for found in singly]
        found_rejects = [found[2][0] for found in singly]
    assert found_rows == rows
    assert found_rejects == rejects


JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | NASTY
    | ANY_TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANY_TEXT, inner, max_size=3),
    max_leaves=5,
)
JSON_LINES = st.one_of(
    st.tuples(
        st.dictionaries(NASTY | st.sampled_from(["id", "ID", "Id"]), JSON_VALUES, max_size=4),
        st.booleans(),
        st.sampled_from(["", " ", "\t"]),
    ).map(lambda drawn: json.dumps(drawn[0], ensure_ascii=drawn[1]) + drawn[2]),
    st.sampled_from(["", "  ", "[]", "1", '{"a":', '{"a":1}}', "{'a':1}", "nonsense"]),
)


@FEW
@given(
    files=st.lists(st.lists(JSON_LINES, max_size=8), min_size=1, max_size=3),
    line_end=st.sampled_from(["\n", "\r\n"]),
)
def test_json_lines_come_out_as_they_went_in(
    reader: Reader, files: list[list[str]], line_end: str
) -> None:
    contents = [line_end.join(lines).encode() for lines in files]
    columns, found, rejects = reader.read("jsonl", *contents)
    for lines, own_rows, own_rejects in zip(files, found, rejects, strict=True):
        by_position = {row[0]: dict(zip(columns, row[1:], strict=True)) for row in own_rows}
        expected_rejects = []
        for position, line in enumerate(lines, start=1):
            if not line.strip(" \t"):
                continue
            value = _object(line)
            if value is None or "\0" in "".join(_texts(value)):
                expected_rejects.append(position)
            else:
                _check(value, by_position.pop(position))
        assert by_position == {}
        assert [position for position, _ in own_rejects] == expected_rejects


def _object(line: str) -> dict[str, Any] | None:
    try:
        value = json.loads(line)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)


def _check(value: dict[str, Any], row: dict[str, str | None]) -> None:
    for key, inner in value.items():
        text = row.pop(key)
        if inner is None:
            assert text is None
        elif isinstance(inner, str):
            assert text == inner
        else:
            assert text is not None
            assert json.loads(text) == inner
    assert not any(row.values())


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("has_rejects", [False, True])
def test_fields_that_look_like_rows_at_the_borders_of_buffers(
    reader: Reader, monkeypatch: pytest.MonkeyPatch, seed: int, has_rejects: bool
) -> None:
    # Read in parallel, DuckDB takes lines inside such fields for rows, without an error.
    monkeypatch.setattr(staging, "MAX_LINE_BYTES", 100_000)
    monkeypatch.setattr(staging, "BUFFER_BYTES", 200_000)
    random_ = random.Random(seed)
    fields = ["1,2,3\n4,5,6\n" * 40, "plain", 'say ""hi"", please\n', '9,"",""a""\n' * 30]
    lines, rows, rejects = ["a,b,c"], [], []
    for position in range(1, 15_000):
        if has_rejects and random_.random() < 0.01:
            lines.append(f"{position},too,many,fields")
            rejects.append((position, "too many fields"))
            continue
        field = random_.choice(fields)
        lines.append(f'{position},"{field}",z')
        rows.append((position, str(position), field.replace('""', '"'), "z"))
    content = ("\n".join(lines) + "\n").encode()
    assert len(content) > 10 * 200_000
    _, (found,), (found_rejects,) = reader.read("csv", content)
    assert found == rows
    assert found_rejects == rejects


def test_lines_at_the_borders_of_buffers(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staging, "MAX_LINE_BYTES", 100_000)
    monkeypatch.setattr(staging, "BUFFER_BYTES", 200_000)
    random_ = random.Random(3)
    lines, rows, rejects = [], [], []
    for number in range(1, 15_000):
        kind = random_.choice(["row", "row", "row", "long", "blank", "bytes", "bad"])
        padding = b"x" * (random_.choice([3_000, 90_000]) if kind == "long" else 20)
        if kind in ("row", "long"):
            if kind == "long" and number % 50:
                padding = b""
            lines.append(b'{"n":%d,"x":"%s"}' % (number, padding))
            rows.append((number, str(number)))
        elif kind == "blank":
            lines.append(b"")
        else:
            lines.append(b'{"n":"\xff"}' if kind == "bytes" else b'{"n":1')
            rejects.append(number)
    _, (found,), (found_rejects,) = reader.read("jsonl", b"\n".join(lines))
    assert [row[:2] for row in found] == rows
    assert [position for position, _ in found_rejects] == rejects
