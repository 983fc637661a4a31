"""The plan of a sync: what would be sent, with direct identifiers masked, and the guard on it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from cdp.activation.difference import Counts, Difference
from cdp.activation.spec import SyncSpec
from cdp.activation.types import REMOVING, Value

SAMPLE_ROWS = 5
MASK = "***"

# Default share of deletes at which a mirror stops, if it would delete more than a handful of rows.
DEFAULT_DELETE_SHARE = 0.5
DEFAULT_GUARD_ROWS = 20

_IDENTIFYING_NAME = re.compile(
    r"mail|phone|mobile|msisdn|name|address|street|postcode|zip|birth|dob|ssn|passport|iban|"
    r"card|token|device|cookie|handle|latitude|longitude|ip$|^ip|^to$|recipient",
    re.IGNORECASE,
)
# Columns with names of things, not of people.
_HARMLESS_NAME = re.compile(
    r"(audience|product|store|campaign|event|brand|channel|template)_?name", re.IGNORECASE
)
# An address anywhere, or a phone number that is not part of a longer word such as a hash.
_IDENTIFYING_VALUE = re.compile(r"[^\s@]+@[^\s@]+|(?<!\w)\+?\d[\d\s()/.-]{6,}\d(?!\w)")
_HARMLESS_VALUE = re.compile(r"\d{4}-\d\d-\d\d([T ][\d:.]+Z?)?|-?\d+(\.\d+)?")


class SyncBlockedError(RuntimeError):
    """The guard stopped the sync; nothing was sent. The message says how to approve it."""


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """A row as the plan shows it."""

    operation: str
    key: str
    values: Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class SyncPlan:
    """What a run would do. `blocked` is why the guard would stop it."""

    sync: str
    counts: Counts
    rows: tuple[PlannedRow, ...]
    blocked: str | None

    def text(self) -> str:
        """The plan for a person to read."""
        counts = self.counts
        lines = [
            f"{self.sync}: {counts.insert:,} insert, {counts.update:,} update, "
            f"{counts.delete:,} delete, {counts.merge:,} merge; {counts.unchanged:,} unchanged, "
            f"{counts.skipped:,} skipped, "
            f"{counts.held_back:,} held back after a rejection"
        ]
        for row in self.rows:
            values = ", ".join(f"{name}={value}" for name, value in row.values.items())
            lines.append(f"  {row.operation:<6} {row.key}  {values}".rstrip())
        if self.blocked:
            lines.append(f"  blocked: {self.blocked}")
        return "\n".join(lines)


def make_plan(difference: Difference, spec: SyncSpec, counts: Counts) -> SyncPlan:
    """Describe a computed difference."""
    rows = [
        PlannedRow(
            operation,
            masked_value(key),
            # The values of a deleted row are not in the payload any more.
            {} if operation in REMOVING else masked(spec, values),
        )
        for operation in ("insert", "update", "delete", "merge")
        for key, values in difference.sample(operation, SAMPLE_ROWS)
    ]
    return SyncPlan(spec.name, counts, tuple(rows), guard(spec, counts))


def guard(spec: SyncSpec, counts: Counts) -> str | None:
    """Why the run must be approved first; None where it need not be.

    Shares are of the rows that the receiver has acknowledged, so a first load has none.
    """
    if counts.acknowledged == 0:
        return None
    removals = counts.delete + counts.merge
    changes = counts.update - counts.resent + removals
    checks = [
        ("max_delete_share", "delete", removals, spec.max_delete_share),
        ("max_change_share", "change or delete", changes, spec.max_change_share),
    ]
    if spec.max_delete_share is None and removals >= DEFAULT_GUARD_ROWS:
        checks[0] = ("max_delete_share", "delete", removals, DEFAULT_DELETE_SHARE)
    for key, does, count, share in checks:
        if share is not None and count > share * counts.acknowledged:
            return (
                f"would {does} {count:,} of {counts.acknowledged:,} acknowledged rows "
                f"({count / counts.acknowledged:.0%}), more than {key} of {share:.0%}: look at "
                f"`make plan SYNC={spec.name}`, and if it is right run "
                f"`make sync SYNC={spec.name} APPROVE=1`."
            )
    return None


def masked(spec: SyncSpec, values: Mapping[str, Value]) -> dict[str, str | None]:
    """A row with direct identifiers masked, by the column's mark, its name, or the value's form."""
    shown: dict[str, str | None] = {}
    for name, value in values.items():
        column = spec.payload.column(name)
        marked = column.is_direct_identifier if column else None
        by_name = _IDENTIFYING_NAME.search(name) and not _HARMLESS_NAME.search(name)
        if value is None:
            shown[name] = None
        elif marked or (marked is None and by_name):
            shown[name] = MASK
        else:
            shown[name] = str(value) if marked is False else masked_value(str(value))
    return shown


def masked_value(value: str) -> str:
    """The value, or the mask where its form is that of an address or a phone number."""
    if _HARMLESS_VALUE.fullmatch(value) and len(value) < 30:
        return value
    return MASK if _IDENTIFYING_VALUE.search(value) else value
