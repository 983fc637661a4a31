"""What staging hands over to be landed."""

from __future__ import annotations

from dataclasses import dataclass

# PostgreSQL takes 1,600 columns at most, fewer if they are wide.
MAX_COLUMNS = 1000
TOO_MANY_COLUMNS = (
    f"the table would have more than {MAX_COLUMNS} columns: are the keys of its objects data?"
)
NUL_REASON = "holds a NUL character, which a text column cannot store"


@dataclass(frozen=True)
class StagedFile:
    """What staging found in one file.

    Attributes:
        types: Type of each of its columns, by index in `Staged.columns` and in the file's order;
            None if the sample has no value.
        row_count: Rows to be landed.
        quarantined_row_count: Rows that cannot be parsed.
        line_count: Lines of the file that these rows account for, including the header.
        byte_count: Bytes of those lines, each with a line feed; None if not known.
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
