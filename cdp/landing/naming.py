"""Names of raw columns: as in the file, unless a warehouse could not have them in one table."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

# Names and types.
METADATA_COLUMNS = {
    "_load_id": "text",
    "_file": "text",
    "_row_number": "bigint",
    "_loaded_at": "timestamp",
}

# PostgreSQL truncates longer names, so that two of them could become the same.
_MAX_NAME_BYTES = 63


@dataclass(frozen=True)
class NamedColumn:
    """A column of a file and the raw column it goes to.

    Attributes:
        source_name: Name in the file.
        name: Name in the raw table.
        ordinal_position: Position in the file, from 1.
    """

    source_name: str
    name: str
    ordinal_position: int

    @property
    def is_renamed(self) -> bool:
        """Whether the raw column has another name than the one in the file."""
        return self.source_name != self.name


def name_columns(source_names: Sequence[str], table_columns: Iterable[str]) -> list[NamedColumn]:
    """Assign each column of a file its raw column.

    A name that differs from a column of the table in letter case only is assigned to that column.
    A second column of the same name, or of the name of a metadata column, gets a number as suffix;
    a column without a name is named by its position.
    """
    existing = {name.lower(): name for name in table_columns}
    taken = {name.lower() for name in METADATA_COLUMNS}
    wanted = [
        _fitting(source_name.strip() or f"column_{position}")
        for position, source_name in enumerate(source_names, start=1)
    ]
    names: dict[int, str] = {}
    # Of columns that differ in case only, the one spelled as in the table comes first.
    for position in sorted(
        range(len(wanted)), key=lambda i: (existing.get(wanted[i].lower()) != wanted[i], i)
    ):
        name = wanted[position]
        candidate, number = existing.get(name.lower(), name), 1
        while candidate.lower() in taken:
            number += 1
            candidate = _fitting(name, suffix=f"_{number}")
            candidate = existing.get(candidate.lower(), candidate)
        taken.add(candidate.lower())
        names[position] = candidate
    return [NamedColumn(source_name, names[i], i + 1) for i, source_name in enumerate(source_names)]


def _fitting(name: str, suffix: str = "") -> str:
    """The name with its suffix, shortened to PostgreSQL's limit and still distinct."""
    name = name.replace("\0", "")
    if len((name + suffix).encode()) <= _MAX_NAME_BYTES:
        return name + suffix
    digest = hashlib.sha256(name.encode()).hexdigest()[:8]
    room = _MAX_NAME_BYTES - len(digest) - 1 - len(suffix.encode())
    return f"{name.encode()[:room].decode(errors='ignore')}_{digest}{suffix}"
