"""Settling what was sent: the ledger, the logs and the intents move in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from cdp.activation.ledger import Ledger, utc_now
from cdp.settings import Target
from cdp.warehouse.connection import Connection

# A rejected row is tried again after each of these waits; then it is a dead letter.
RETRY_WAITS = (timedelta(hours=1), timedelta(hours=4), timedelta(hours=24), timedelta(hours=72))


# Separates the values of a column that is handed over as one text, which is many times faster than
# a list of parameters; an id of the receiver that holds it is dropped.
_SEPARATOR = "\x1f"
_SERIES: dict[Target, str] = {
    "duckdb": "unnest(generate_series(first_position, last_position))",
    "postgres": "generate_series(first_position, last_position)",
}


@dataclass(frozen=True, slots=True)
class Settlement:
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


def settle(ledger: Ledger, run_id: str, settlements: Sequence[Settlement]) -> None:
    """Write what became of sent rows, all or nothing."""
    connection = ledger.connection
    now = utc_now()
    statuses = {settlement.status for settlement in settlements}
    delivered = [each for each in settlements if each.status == "delivered"]
    _prepare(connection)
    with connection.transaction():
        connection.execute("truncate sync_settled")
        connection.execute(
            f"""
            insert into sync_settled
            select
                {_SERIES[connection.target]},
                status,
                cast(attempt_count as bigint),
                nullif(reason, ''),
                nullif(receiver_id, '')
            from (
                select
                    cast({_unnested(1)} as bigint) as first_position,
                    cast({_unnested(2)} as bigint) as last_position,
                    {_unnested(3)} as status,
                    {_unnested(4)} as attempt_count,
                    {_unnested(5)} as reason,
                    {_unnested(6)} as receiver_id
            ) as spans
            """,
            _columns(settlements),
        )
        if not all(each.is_first for each in delivered):
            _update_ledger(ledger, run_id, now)
        if delivered:
            _extend_ledger(ledger, run_id, now)
        _log_outcomes(ledger, run_id, now)
        if "rejected" in statuses:
            _record_rejections(ledger, run_id, now)
        if delivered and ledger.has_open_rejections():
            _resolve_rejections(ledger, run_id)
        connection.execute(
            f"delete from {ledger.table('sync_intents')} where sync_name = $1 and run_id = $2 "
            "and batch_position in "
            "(select batch_position from sync_settled where status <> 'failed')",
            (ledger.sync_name, run_id),
        )


def _prepare(connection: Connection) -> None:
    connection.execute(
        "create temp table if not exists sync_settled (batch_position bigint, status text, "
        "attempt_count bigint, reason text, receiver_id text)"
    )
    if connection.target == "postgres":
        # Intents come and go too fast for statistics; with an index on both sides no order of
        # the join is a bad one.
        connection.execute(
            "create index if not exists sync_settled_by_position on sync_settled (batch_position)"
        )


def _unnested(parameter: int) -> str:
    return f"unnest(string_to_array(cast(${parameter} as text), chr(31)))"


def _columns(settlements: Sequence[Settlement]) -> list[str]:
    """The columns of spans: rows that follow each other and got the same answer are one."""
    spans: list[tuple[str, str, str, str, str, str]] = []
    for settlement in settlements:
        positions, receiver_ids = settlement.positions, settlement.receiver_ids
        shared = (settlement.status, str(settlement.attempts), _separable(settlement.reason))
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


def _settled(ledger: Ledger) -> str:
    return (
        f"{ledger.table('sync_intents')} as intents join sync_settled as settled "
        "on settled.batch_position = intents.batch_position "
        "where intents.sync_name = $1 and intents.run_id = $2"
    )


def _update_ledger(ledger: Ledger, run_id: str, now: datetime) -> None:
    ledger.connection.execute(
        f"""
        update {ledger.table("sync_ledger")} as ledger
        set
            operation = done.operation,
            payload_hash = done.payload_hash,
            revision = done.revision,
            receiver_id = coalesce(done.receiver_id, ledger.receiver_id),
            run_id = $2,
            acknowledged_at = $3,
            profile_id = coalesce(done.profile_id, ledger.profile_id),
            message_channel = done.message_channel
        from (
            select
                intents.sync_key,
                intents.operation,
                intents.payload_hash,
                intents.revision,
                intents.profile_id,
                intents.message_channel,
                settled.receiver_id
            from {_settled(ledger)} and settled.status = 'delivered' and not intents.is_new
        ) as done
        where ledger.sync_name = $1 and ledger.sync_key = done.sync_key
        """,
        (ledger.sync_name, run_id, now),
    )


def _extend_ledger(ledger: Ledger, run_id: str, now: datetime) -> None:
    ledger.connection.execute(
        f"""
        insert into {ledger.table("sync_ledger")} (
            sync_name, sync_key, operation, payload_hash, revision, receiver_id, run_id,
            acknowledged_at, profile_id, message_channel
        )
        select
            intents.sync_name,
            intents.sync_key,
            intents.operation,
            intents.payload_hash,
            intents.revision,
            settled.receiver_id,
            intents.run_id,
            $3,
            intents.profile_id,
            intents.message_channel
        from {_settled(ledger)} and settled.status = 'delivered' and intents.is_new
        """,
        (ledger.sync_name, run_id, now),
    )


def _log_outcomes(ledger: Ledger, run_id: str, now: datetime) -> None:
    ledger.connection.execute(
        f"""
        insert into {ledger.table("sync_outcomes")} (
            sync_name, run_id, sync_key, operation, status, attempt_count, reason, payload_hash,
            revision, idempotency_key, permission, consent_recorded_at, recorded_at
        )
        select
            intents.sync_name,
            intents.run_id,
            intents.sync_key,
            intents.operation,
            settled.status,
            settled.attempt_count,
            settled.reason,
            intents.payload_hash,
            intents.revision,
            intents.idempotency_key,
            intents.permission,
            intents.consent_recorded_at,
            $3
        from {_settled(ledger)}
        """,
        (ledger.sync_name, run_id, now),
    )


def _record_rejections(ledger: Ledger, run_id: str, now: datetime) -> None:
    next_attempt = " ".join(
        f"when {attempt} then cast($3 as timestamp) "
        f"+ interval '{int(wait.total_seconds())} seconds'"
        for attempt, wait in enumerate(RETRY_WAITS, start=1)
    )
    ledger.connection.execute(
        f"""
        merge into {ledger.table("sync_rejections")} as known
        using (
            select
                intents.sync_key,
                intents.operation,
                intents.payload_hash,
                settled.reason,
                -- Changed content is a new row to the receiver, so its count begins anew.
                case
                    when earlier.payload_hash is not distinct from intents.payload_hash
                        then coalesce(earlier.attempt_count, 0)
                    else 0
                end + 1 as attempt_count
            from {ledger.table("sync_intents")} as intents
            join sync_settled as settled on settled.batch_position = intents.batch_position
            left join {ledger.table("sync_rejections")} as earlier
                on earlier.sync_name = intents.sync_name
                and earlier.sync_key = intents.sync_key
                and earlier.operation = intents.operation
                and earlier.state <> 'resolved'
            where intents.sync_name = $1 and intents.run_id = $2 and settled.status = 'rejected'
        ) as refused
            on known.sync_name = $1 and known.sync_key = refused.sync_key
        when matched then update set
            operation = refused.operation,
            payload_hash = refused.payload_hash,
            reason = refused.reason,
            attempt_count = refused.attempt_count,
            state = case when refused.attempt_count > {len(RETRY_WAITS)} then 'dead'
                else 'waiting' end,
            first_rejected_at = case when refused.attempt_count = 1 then $3
                else known.first_rejected_at end,
            last_rejected_at = $3,
            next_attempt_at = case refused.attempt_count {next_attempt} end,
            run_id = $2
        when not matched then insert (
            sync_name, sync_key, operation, payload_hash, reason, attempt_count, state,
            first_rejected_at, last_rejected_at, next_attempt_at, run_id
        ) values (
            $1, refused.sync_key, refused.operation, refused.payload_hash, refused.reason, 1,
            'waiting', $3, $3, case refused.attempt_count {next_attempt} end, $2
        )
        """,
        (ledger.sync_name, run_id, now),
    )


def _resolve_rejections(ledger: Ledger, run_id: str) -> None:
    ledger.connection.execute(
        f"""
        update {ledger.table("sync_rejections")}
        set state = 'resolved', next_attempt_at = null
        where sync_name = $1
            and state <> 'resolved'
            and sync_key in (
                select intents.sync_key
                from {_settled(ledger)} and settled.status = 'delivered'
            )
        """,
        (ledger.sync_name, run_id),
    )
