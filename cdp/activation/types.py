"""The types that specs, the difference, delivery and destinations share."""

from __future__ import annotations

import json
from typing import Literal, NamedTuple, cast

from pydantic import BaseModel, ConfigDict

Mode = Literal["upsert", "update_only", "mirror", "append", "full"]
Operation = Literal["insert", "update", "delete", "merge"]
# Operations after which the receiver has no row with this key.
REMOVING: frozenset[str] = frozenset({"delete", "merge"})
# Modes in which a row is deleted at the receiver once it has left the payload or may no longer be
# sent.
DELETING_MODES: frozenset[Mode] = frozenset({"mirror", "full"})
Value = str | int | float | bool | None


class Frozen(BaseModel):
    """A value that refuses unknown fields and does not change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Options(Frozen):
    """Base of a destination's own keys in the sync's meta; unknown keys are errors."""


class Change(NamedTuple):
    """One row to bring to the destination.

    An `update` may meet a row the receiver does not have, and an `insert` one that it has: delivery
    is at least once, so both mean "make it so".

    Attributes:
        key: Canonical text of the sync's key column.
        operation: What the receiver is to do.
        values_json: The payload's columns by name as a JSON object, which is empty for a delete and
            a merge.
        idempotency_key: The same for every attempt at this very change, across runs too.
        revision: Grows with every change of this key; a receiver may ignore a lower one.
        receiver_id: The id that the receiver gave when it last acknowledged this key.
        into_key: The key of the row that a merged one goes into; None but for a merge.
        into_receiver_id: That row's `receiver_id`.
    """

    key: str
    operation: Operation
    values_json: str
    idempotency_key: str
    revision: int
    receiver_id: str | None = None
    into_key: str | None = None
    into_receiver_id: str | None = None

    @property
    def values(self) -> dict[str, Value]:
        """`values_json` parsed, anew on each call."""
        return cast("dict[str, Value]", json.loads(self.values_json))


class RowResult(NamedTuple):
    """The receiver's answer for one row.

    Attributes:
        status: `accepted`; `rejected`, which is not tried again soon; or `retry`, a passing
            failure.
        reason: A code such as `422 invalid_email`. Never the receiver's text or a value of the
            row, which may be personal data.
        receiver_id: The receiver's own id of the row.
    """

    status: Literal["accepted", "rejected", "retry"]
    reason: str | None = None
    receiver_id: str | None = None


ACCEPTED = RowResult("accepted")
