"""What staging hands over to be landed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

# PostgreSQL takes 1,600 columns at most, fewer where they are wide.
MOST_COLUMNS = 1000
TOO_MANY_COLUMNS = (
    f"the table would have more than {MOST_COLUMNS} columns: are the keys of its objects data?"
)
NUL_REASON = "holds a NUL character, which a text column cannot store"


@dataclass(frozen=True)
class StagedFile:
    """What staging found in one file.

    Attributes:
        types: Type of each of its columns, by index in `Staged.columns` and in the file's order;
            None where the sample held no value.
        row_count: Rows to be landed.
        quarantined_row_count: Rows that cannot be parsed.
        line_count: Lines of the file that all this stands for, its header among them.
        byte_count: Bytes of those lines with a line feed behind each; None where not known.
    """

    types: dict[int, str | None]
    row_count: int
    quarantined_row_count: int
    line_count: int
    byte_count: int | None = None


@dataclass(frozen=True)
class Staged:
    """Files of one shape in the temporary tables of the connection, ready to be landed.

    Attributes:
        files: What was found in each file, in the order given.
        columns: Source columns of all files together.
        query: SQL of the rows to be landed: `file_index` into `files`, `position` in the file,
            and the columns as `v0`, `v1` …
    """

    files: tuple[StagedFile, ...]
    columns: tuple[str, ...]
    query: str


def literal(value: str) -> str:
    """A text as SQL literal of DuckDB."""
    return "'" + value.replace("'", "''") + "'"


def path_list(paths: Sequence[Path]) -> str:
    """Paths as SQL list of DuckDB."""
    return "[" + ", ".join(literal(str(path)) for path in paths) + "]"


def storable(text: str) -> str:
    """SQL that makes a text one that PostgreSQL can store."""
    return f"replace({text}, chr(0), '\ufffd')"
