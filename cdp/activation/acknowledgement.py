"""What became of sent rows: one transaction moves the ledger, the logs and the intents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from cdp.activation.ledger import Ledger
from cdp.activation.statements import render

# A rejected row is tried again after each of these waits; then it is a dead letter.
RETRY_WAITS = (timedelta(hours=1), timedelta(hours=4), timedelta(hours=24), timedelta(hours=72))

# Separates the values of a column of answers.sql; a receiver's id that contains it is dropped.
_SEPARATOR = "\x1f"


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """What became of rows that were answered together.

    Attributes:
        positions: Positions of the rows in the run.
        status: `failed` keeps the intents, so that the next run repeats the changes.
        attempts: Requests that held the rows.
        reason: Code of the refusal or failure; no personal data.
        receiver_ids: The receiver's ids of the rows; None where it gave none at all.
        is_first: Whether nothing was ever sent for any of the keys, so that the ledger has none.
    """

    positions: Sequence[int]
    status: Literal["delivered", "rejected", "failed"]
    attempts: int
    reason: str | None = None
    receiver_ids: Sequence[str | None] | None = None
    is_first: bool = False


def prepare(ledger: Ledger, run_id: str) -> None:
    """Make what `acknowledge` needs on the ledger's connection, once a run."""
    ledger.execute("answers_table.sql", run_id=run_id)


def acknowledge(ledger: Ledger, run_id: str, acknowledgements: Sequence[Acknowledgement]) -> None:
    """Write what became of sent rows, all or nothing."""
    connection = ledger.connection
    delivered = [each for each in acknowledgements if each.status == "delivered"]
    with connection.transaction():
        answers = render("answers.sql", engine=connection.target)
        connection.execute(answers, _columns(acknowledgements))
        ledger.execute(
            "acknowledge.sql",
            run_id=run_id,
            retry_waits=[int(wait.total_seconds()) for wait in RETRY_WAITS],
            has_delivered=bool(delivered),
            has_updates=not all(each.is_first for each in delivered),
            has_rejected=any(each.status == "rejected" for each in acknowledgements),
        )


def _columns(acknowledgements: Sequence[Acknowledgement]) -> list[str]:
    """The columns of spans: rows that follow each other and got the same answer are one."""
    spans: list[tuple[str, str, str, str, str, str]] = []
    for each in acknowledgements:
        positions, receiver_ids = each.positions, each.receiver_ids
        shared = (each.status, str(each.attempts), _separable(each.reason))
        if receiver_ids is None and positions[-1] - positions[0] == len(positions) - 1:
            spans.append((str(positions[0]), str(positions[-1]), *shared, ""))
            continue
        spans += [
            (str(position), str(position), *shared, _separable(receiver_id))
            for position, receiver_id in zip(
                positions, receiver_ids or [None] * len(positions), strict=True
            )
        ]
    return [_SEPARATOR.join(column) for column in zip(*spans, strict=True)]


def _separable(text: str | None) -> str:
    return "" if text is None or _SEPARATOR in text or "\0" in text else text
