"""What differs between a file's columns and what was there before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Change = Literal["added", "missing", "retyped", "renamed"]


@dataclass(frozen=True)
class SchemaChange:
    """One difference. A renamed column has its name in the file as `previous_type`."""

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
    """Compare types by raw column; a type of None is not known and differs from nothing.

    Whole numbers after decimals are no change: a day on which every price is whole is not news.
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
    """What the next file is compared with: a type stays known while no value contradicts it."""
    merged = {}
    for name, kind in current.items():
        before = previous.get(name)
        keeps = kind is None or (before, kind) == ("DOUBLE", "BIGINT")
        merged[name] = before if keeps else kind
    return merged
