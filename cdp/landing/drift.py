"""Differences between the columns of a file and those of the file before it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Change = Literal["added", "missing", "retyped", "renamed"]


@dataclass(frozen=True)
class SchemaChange:
    """One difference. Of a renamed column, `previous_type` is its name in the file."""

    column_name: str
    change: Change
    previous_type: str | None
    current_type: str | None

    def as_row(self) -> tuple[str, str, str | None, str | None]:
        """The values in the order of `landing_schema_changes`."""
        return self.column_name, self.change, self.previous_type, self.current_type


def schema_changes(
    previous: Mapping[str, str | None], current: Mapping[str, str | None]
) -> list[SchemaChange]:
    """Compare types by raw column; an unknown type (None) is never a difference.

    Whole numbers after decimals are no change: on some days every price is a whole number.
    """
    changes = [
        SchemaChange(name, "added", None, kind)
        for name, kind in current.items()
        if name not in previous
    ]
    changes += [
        SchemaChange(name, "missing", kind, None)
        for name, kind in previous.items()
        if name not in current
    ]
    for name, kind in current.items():
        before = previous.get(name)
        if kind is None or before is None or kind == before:
            continue
        if (before, kind) != ("DOUBLE", "BIGINT"):
            changes.append(SchemaChange(name, "retyped", before, kind))
    return changes


def merged_types(
    previous: Mapping[str, str | None], current: Mapping[str, str | None]
) -> dict[str, str | None]:
    """Types that the next file is compared with; a type is kept until a value contradicts it."""
    merged = {}
    for name, kind in current.items():
        before = previous.get(name)
        keeps = kind is None or (before, kind) == ("DOUBLE", "BIGINT")
        merged[name] = before if keeps else kind
    return merged
