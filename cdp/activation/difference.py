"""The difference between a payload and what was acknowledged, made in the warehouse.

`Difference.compute` puts every row that calls for something into a temporary table, numbered in
the order of sending. `Difference.take` reads a stretch of it to send: it looks consent up again,
writes the intents and returns the rows.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, NamedTuple, cast

from cdp.activation.canonical import idempotency_key, key_text, row_hash
from cdp.activation.caps import beyond_caps
from cdp.activation.clock import Clock, clock_from
from cdp.activation.destinations.base import DELETING_MODES, Change, Mode, Value
from cdp.activation.ledger import REMOVED, Ledger, utc_now
from cdp.activation.spec import (
    PROFILE_COLUMN,
    ConsentRelations,
    FrequencyCaps,
    PayloadColumn,
    Relation,
    SyncSpec,
    qualified,
)
from cdp.activation.wire import column_without_json, row_json
from cdp.warehouse.connection import quote

TABLE = "sync_difference"
_SENT = "operation in ('insert', 'update', 'delete', 'merge')"
_ADDING = "('insert', 'update')"
# What keeps a row of the payload from being sent.
_REFUSING = "('no_consent', 'suppressed', 'expired', 'capped')"

# What a row of the payload that may be sent calls for; null is nothing. `is_settled` says that
# the receiver has acknowledged this very row and no later change is in doubt.
_KEPT_EQUAL = (
    "case when is_settled then null when is_live and coalesce(pending_operation, '') not in "
    f"{REMOVED} then 'update' else 'insert' end"
)
_CALLED_FOR: dict[Mode, str] = {
    "upsert": _KEPT_EQUAL,
    "mirror": _KEPT_EQUAL,
    "full": _KEPT_EQUAL,
    "update_only": "case when is_settled then null else 'update' end",
    "append": "case when is_live then null else 'insert' end",
}


# A row as `Difference.take` reads it.
TakenRow = tuple[Any, ...]


class PayloadError(RuntimeError):
    """The payload cannot be sent as it is; the message names the relation and how to mend it."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows of a payload by what they call for.

    Attributes:
        withheld: Not sent for want of consent, or for another reason of `sync_withheld`.
        held_back: Rejected before and not due again.
        unchanged: The receiver has them as they are.
        acknowledged: Rows the receiver had before, for shares.
        resent: Updates of rows that are as they were, in mode `full`.
        is_whole_due: Whether, in mode `full`, the receiver is to be told what the whole is, be it
            without a row.
        merge: Rows of merged profiles that go into those of the profiles that remain.
        to_send: Inserts, updates, deletes and merges together.
    """

    insert: int
    update: int
    delete: int
    merge: int
    withheld: int
    held_back: int
    unchanged: int
    acknowledged: int
    resent: int = 0
    is_whole_due: bool = False

    @property
    def to_send(self) -> int:
        """Rows that go to the destination."""
        return self.insert + self.update + self.delete + self.merge


class Outgoing(NamedTuple):
    """A row about to be sent.

    `problem` says why it cannot be; `until` is when it expires, in UTC without zone.
    """

    position: int
    change: Change
    problem: str | None = None
    until: datetime | None = None


class Difference:
    """The difference of one sync at one moment, on one connection.

    Args:
        ledger: The sync's ledger.
        spec: The sync.
        now: Rejected rows whose next try is later than this are held back.
        clock: Tells the moment that a row's `send_until` is compared with.
    """

    def __init__(
        self, ledger: Ledger, spec: SyncSpec, now: datetime, clock: Clock | None = None
    ) -> None:
        self._ledger = ledger
        self._connection = ledger.connection
        self._spec = spec
        self._now = now
        self._clock = clock or clock_from(now)
        self._target = ledger.connection.target
        self._columns = self._physical_columns()
        self._names = [column.name for column, _ in self._columns]

    def _physical_columns(self) -> list[tuple[PayloadColumn, str]]:
        relation = self._spec.payload.relation
        present = {
            name.casefold(): name
            for name in self._connection.columns(relation.schema_name, relation.identifier)
        }
        if not present:
            raise PayloadError(
                f"sync {self._spec.name!r}: {_label(relation)} does not exist: "
                f"run `dbt build --select {self._spec.payload.name}`."
            )
        redirects = self._spec.redirects
        if redirects and not self._connection.columns(redirects.schema_name, redirects.identifier):
            raise PayloadError(
                f"sync {self._spec.name!r}: {_label(redirects)}, where merged profiles are looked "
                f"up, does not exist: run `dbt build --select {redirects.identifier}`, or say "
                "`merged_profiles: keep`."
            )
        columns = self._spec.payload.columns
        missing = [column.name for column in columns if column.name.casefold() not in present]
        if missing:
            raise PayloadError(
                f"sync {self._spec.name!r}: {_label(relation)} lacks {', '.join(missing)}, which "
                f"its contract lists: run `dbt build --select {self._spec.payload.name}`."
            )
        return [(column, quote(present[column.name.casefold()])) for column in columns]

    def compute(self) -> Counts:
        """Make the difference and count it; raises `PayloadError` for a key that is no key."""
        row_count = self._checked_row_count()
        counts = self._fill(row_count, everything=False)
        if self._spec.mode != "full":
            return counts
        # Rows that a run acknowledged before it stopped are in no whole that the receiver has.
        if not counts.to_send and self._ledger.last_run_succeeded():
            return counts
        whole = self._fill(row_count, everything=True)
        return replace(whole, resent=whole.to_send - counts.to_send, is_whole_due=True)

    def _fill(self, row_count: int, *, everything: bool) -> Counts:
        """Make the table, of rows that changed or of all, and count it."""
        if self._target == "postgres":
            # Tables that dbt has just built have no statistics, and a nested loop over them that
            # the planner takes for one of a few rows would not end.
            self._connection.execute("set enable_nestloop = off")
        self._connection.execute(f"drop table if exists {TABLE}")
        self._connection.execute(f"create temp table {TABLE} as {self._query(everything)}")
        if self._target == "postgres":
            self._connection.execute(f"create index on {TABLE} (batch_position)")
            self._connection.execute(f"analyze {TABLE}")
        counted = self._connection.execute(
            f"select operation, is_present, count(*) from {TABLE} group by operation, is_present"
        )
        by_operation: dict[str, int] = {}
        for operation, _, count in counted:
            by_operation[operation] = by_operation.get(operation, 0) + count
        return Counts(
            insert=by_operation.get("insert", 0),
            update=by_operation.get("update", 0),
            delete=by_operation.get("delete", 0),
            merge=by_operation.get("merge", 0),
            withheld=by_operation.get("withheld", 0),
            held_back=by_operation.get("held_back", 0),
            unchanged=row_count - sum(count for _, is_present, count in counted if is_present),
            acknowledged=self._ledger.live_count(),
        )

    def _checked_row_count(self) -> int:
        key = self._column_sql(self._spec.key)
        relation = self._spec.payload.relation
        rows = self._connection.execute(
            f"select count(*), count({key}), count(distinct {key}) from {qualified(relation)}"
        )
        row_count, key_count, distinct_count = rows[0]
        if key_count < row_count:
            raise PayloadError(
                f"sync {self._spec.name!r}: {row_count - key_count} rows of {_label(relation)} "
                f"have no {self._spec.key}: filter them out and test the key with not_null."
            )
        if distinct_count < row_count:
            raise PayloadError(
                f"sync {self._spec.name!r}: {row_count - distinct_count} rows of "
                f"{_label(relation)} repeat a {self._spec.key}: one row per key, tested with "
                "unique."
            )
        return int(row_count)

    def _column_sql(self, name: str) -> str:
        return next(sql for column, sql in self._columns if column.name == name)

    def _query(self, everything: bool) -> str:
        spec = self._spec
        sync = literal(self._ledger.sync_name)
        key_column = cast(PayloadColumn, spec.payload.column(spec.key))
        key = key_text(self._target, key_column.kind, self._column_sql(spec.key))
        values = ", ".join(f"{sql} as value_{at}" for at, (_, sql) in enumerate(self._columns))
        has_profile = spec.payload.column(PROFILE_COLUMN) is not None
        profile = self._column_sql(PROFILE_COLUMN) if has_profile else "cast(null as text)"
        is_deleting = spec.mode in DELETING_MODES
        refused = (
            "case when is_live or pending_operation is not null then 'delete' else 'withheld' end"
            if is_deleting
            else f"case when {_CALLED_FOR[spec.mode]} is not null then 'withheld' end"
        )
        settled = (
            "false"
            if everything
            else "coalesce(ledger.is_live and intents.operation is null "
            "and ledger.payload_hash = payload.payload_hash, false)"
        )
        return f"""
        with payload as not materialized (
            select
                {key} as sync_key,
                {row_hash(self._target, self._columns)} as payload_hash,
                cast({profile} as text) as profile_id,
                {values}
            from {qualified(spec.payload.relation)}
        ),

        ledger as not materialized (
            select
                sync_key,
                operation not in {REMOVED} as is_live,
                payload_hash,
                revision,
                receiver_id
            from {self._ledger.table("sync_ledger")}
            where sync_name = {sync}
        ),

        intents as (
            select sync_key, operation, payload_hash, revision
            from {self._ledger.table("sync_intents")}
            where sync_name = {sync}
        ),

        {self._permission_ctes() + "," if spec.consent else ""}

        {self._survivor_ctes(sync)}

        -- Intents are few; joined apart from the ledger they add nothing to what is held of it.
        compared as (
            select
                payload.*,
                coalesce(payload.sync_key, ledger.sync_key, intents.sync_key) as any_key,
                payload.sync_key is not null as is_present,
                ledger.revision as ledger_revision,
                ledger.receiver_id,
                coalesce(ledger.is_live, false) as is_live,
                intents.operation as pending_operation,
                intents.payload_hash as pending_hash,
                intents.revision as pending_revision,
                {settled} as is_settled
            from payload
            full join ledger on ledger.sync_key = payload.sync_key
            full join intents
                on intents.sync_key = coalesce(payload.sync_key, ledger.sync_key)
            where
                payload.sync_key is null
                or ledger.payload_hash is distinct from payload.payload_hash
                or intents.operation is not null
                or not ledger.is_live
                or {"true" if everything or (is_deleting and self._is_judged) else "false"}
        ),

        judged as (
            select
                compared.*,
                {self._permission()} as permission,
                {self._consent_recorded_at()} as consent_recorded_at
            from compared
            {self._permission_joins("compared")}
        ),

        decided as (
            select
                judged.*,
                survivors.into_key,
                survivors.into_receiver_id,
                case
                    when not is_present and (is_live or pending_operation is not null)
                        then {self._absent(is_deleting)}
                    when not is_present then null
                    when permission in {_REFUSING} then {refused}
                    else {_CALLED_FOR[spec.mode]}
                end as operation_wanted
            from judged
            left join survivors
                on not judged.is_present and survivors.merged_key = judged.any_key
        ),

        checked as (
            select
                decided.*,
                case
                    when rejections.sync_key is not null then 'held_back'
                    else decided.operation_wanted
                end as operation
            from decided
            left join {self._ledger.table("sync_rejections")} as rejections
                on rejections.sync_name = {sync}
                and rejections.sync_key = decided.any_key
                and rejections.operation = decided.operation_wanted
                and (
                    rejections.operation in {REMOVED}
                    or rejections.payload_hash = decided.payload_hash
                )
                and (
                    rejections.state = 'dead'
                    or (
                        rejections.state = 'waiting'
                        and rejections.next_attempt_at > timestamp {literal(_plain(self._now))}
                    )
                )
            where decided.operation_wanted is not null
        )

        select
            row_number() over (
                order by {", ".join(f"{by} nulls first" for by in self._order())}
            ) as batch_position,
            any_key as sync_key,
            operation,
            payload_hash,
            is_present,
            profile_id,
            case when operation = 'merge' then into_key end as into_key,
            case when operation = 'merge' then into_receiver_id end as into_receiver_id,
            permission,
            consent_recorded_at,
            is_live,
            ledger_revision,
            receiver_id,
            pending_operation,
            pending_hash,
            pending_revision,
            {", ".join(f"value_{at}" for at in range(len(self._columns)))}
        from checked
        """

    def _survivor_ctes(self, sync: str) -> str:
        """By key of a merged profile's row, the row of the profile that remains, if any."""
        redirects = self._spec.redirects
        known = " union all ".join(
            f"select sync_key, profile_id from {self._ledger.table(table)} where sync_name = {sync}"
            for table in ("sync_ledger", "sync_intents")
        )
        merged = (
            "select known.sync_key, min(cast(redirects.profile_id as text)) as profile_id "
            f"from ({known}) as known join {qualified(redirects)} as redirects "
            "on cast(redirects.old_profile_id as text) = known.profile_id group by known.sync_key"
            if redirects
            else "select cast(null as text) as sync_key, cast(null as text) as profile_id "
            "where false"
        )
        return f"""merged as ({merged}),

        survivors as (
            select
                merged.sync_key as merged_key,
                min(payload.sync_key) as into_key,
                min(ledger.receiver_id) as into_receiver_id,
                coalesce(bool_and(ledger.is_live), false) as is_there,
                count(payload.sync_key) as row_count
            from merged
            left join payload on payload.profile_id = merged.profile_id
            left join ledger on ledger.sync_key = payload.sync_key
            group by merged.sync_key
        ),
"""

    def _absent(self, is_deleting: bool) -> str:
        """What a row calls for that the receiver has and that left the payload."""
        leaves = "'delete'" if is_deleting else "null"
        what = self._spec.merged_profiles
        if self._spec.redirects is None or what == "keep":
            return leaves
        if what == "delete":
            return f"case when survivors.merged_key is not null then 'delete' else {leaves} end"
        # Into one row that the receiver has, or not at all: of several none is the right one. Where
        # it does not have it yet, the next run merges, unless the mode lets nothing stay that long.
        alone = "'delete'" if self._spec.can_delete else "null"
        return (
            f"case when survivors.merged_key is null then {leaves} "
            f"when survivors.row_count <> 1 or not is_live then {alone} "
            f"when survivors.is_there then 'merge' else {leaves} end"
        )

    def _order(self) -> list[str]:
        """What rows are sent in the order of."""
        columns = [self._spec.order_by] if self._spec.order_by else []
        by_column = [f"value_{self._names.index(name)}" for name in columns]
        # Then the positions of what is sent are those from 1 on without a gap.
        sent_first = f"case when {_SENT} then 0 else 1 end"
        if self._spec.mode == "full":
            # The same rows make the same batches, whatever has left or is new.
            removed_last = f"case when operation in {REMOVED} then 1 else 0 end"
            return [sent_first, removed_last, *by_column, self._key()]
        # What is freed before what takes it: an address that moves from one row to another.
        return [
            sent_first,
            f"case when operation in {REMOVED} then 0 else 1 end",
            *by_column,
            "case when operation = 'insert' then 1 else 0 end",
            self._key(),
        ]

    def _key(self) -> str:
        # Bytes, as DuckDB orders them, and not by the language of the database.
        return 'any_key collate "C"' if self._target == "postgres" else "any_key"

    def _permission_ctes(self, among: str | None = None) -> str:
        """Who may be addressed; a person counts as consenting only if no row says otherwise.

        `among` is a query of profiles that bounds the look-up.
        """
        consent = cast(ConsentRelations, self._spec.consent)
        bound = f"and cast(profile_id as text) in ({among})" if among else ""
        return f"""consented as (
            select
                cast(profile_id as text) as profile_id,
                max(recorded_at) as consent_recorded_at
            from {qualified(consent.consents)}
            where channel = {literal(self._spec.channel)}
                and purpose = {literal(self._spec.purpose)}
                {bound}
            group by profile_id
            having min(case when status = 'granted' then 1 else 0 end) = 1
        ),

        suppressed as (
            select distinct cast(profile_id as text) as profile_id
            from {qualified(consent.suppressions)}
            where channel = {literal(self._spec.channel)}
                {bound}
        )"""

    def _permission_joins(self, rows: str) -> str:
        if not self._spec.consent:
            return ""
        return (
            f"left join consented on consented.profile_id = {rows}.profile_id "
            f"left join suppressed on suppressed.profile_id = {rows}.profile_id"
        )

    @property
    def _is_judged(self) -> bool:
        """Whether anything but the row itself decides on sending it."""
        return self._spec.consent is not None or self._spec.send_until is not None

    def _until(self, rows: str = "") -> str:
        column = self._spec.send_until
        return f"{rows}value_{self._names.index(column)}" if column else "cast(null as timestamp)"

    def _permission(self) -> str:
        cases = "when not is_present then 'not_required' "
        if self._spec.consent:
            cases += (
                "when suppressed.profile_id is not null then 'suppressed' "
                "when consented.profile_id is null then 'no_consent' "
            )
        if self._spec.send_until:
            now = literal(_plain(self._clock()))
            cases += f"when {self._until()} <= timestamp {now} then 'expired' "
        return f"case {cases} else '{'granted' if self._spec.consent else 'not_required'}' end"

    def _consent_recorded_at(self) -> str:
        return "consented.consent_recorded_at" if self._spec.consent else "cast(null as timestamp)"

    def take(self, run_id: str, first: int, last: int) -> list[TakenRow]:
        """Rows of positions `first` to `last`, inclusive, with their intents written."""
        with self._connection.transaction():
            if self._is_judged:
                self._check_permission_again(first, last)
            if self._spec.caps:
                self._withhold_beyond_caps(self._spec.caps, first, last)
            self._write_intents(run_id, first, last)
        values = [(column, f"rows.value_{at}") for at, (column, _) in enumerate(self._columns)]
        is_removed = f"intents.operation in {REMOVED}"
        return self._connection.execute(
            f"""
            select
                rows.batch_position,
                case when not {is_removed} then {column_without_json(values)} end,
                case when not {is_removed} then {self._until("rows.")} end,
                intents.sync_key,
                intents.operation,
                case when {is_removed} then '{{}}' else {row_json(self._target, values)} end,
                intents.idempotency_key,
                intents.revision,
                rows.receiver_id,
                rows.into_key,
                rows.into_receiver_id
            from {self._ledger.table("sync_intents")} as intents
            join {TABLE} as rows on rows.batch_position = intents.batch_position
            where intents.sync_name = $1 and intents.run_id = $2
                and intents.batch_position between $3 and $4
                and rows.batch_position between $3 and $4
                and rows.{_SENT}
            order by rows.batch_position
            """,
            (self._spec.name, run_id, first, last),
        )

    def _check_permission_again(self, first: int, last: int) -> None:
        refused = (
            "case when is_live or pending_operation is not null then 'delete' else 'withheld' end"
            if self._spec.mode in DELETING_MODES
            else "'withheld'"
        )
        changes = f"batch_position between $1 and $2 and operation in {_ADDING}"
        ctes = (
            f"with {self._permission_ctes(f'select profile_id from {TABLE} where {changes}')}"
            if self._spec.consent
            else ""
        )
        self._connection.execute(
            f"""
            {ctes}
            update {TABLE}
            set operation = {refused}, permission = judged.permission, consent_recorded_at = null
            from (
                select rows.batch_position, {self._permission()} as permission
                from (select * from {TABLE} where {changes}) as rows
                {self._permission_joins("rows")}
            ) as judged
            where {TABLE}.batch_position = judged.batch_position
                and {TABLE}.operation in {_ADDING}
                and judged.permission in {_REFUSING}
            """,
            (first, last),
        )

    def _withhold_beyond_caps(self, caps: FrequencyCaps, first: int, last: int) -> None:
        """Hold back messages to persons who have had, from all syncs, as many as they may."""
        if self._target == "postgres":
            # Of two syncs that count at the same time neither would see the other's messages.
            self._connection.execute(
                "select pg_advisory_xact_lock(hashtext($1))", (self._ledger.table("sync_intents"),)
            )
        taken = f"{TABLE} where batch_position between $1 and $2 and operation in {_ADDING}"
        self._connection.execute(
            f"""
            update {TABLE}
            set operation = 'withheld', permission = 'capped', consent_recorded_at = null
            where batch_position in ({beyond_caps(self._ledger, caps, taken)})
            """,
            (first, last, self._spec.channel, utc_now(), self._spec.name),
        )

    def _write_intents(self, run_id: str, first: int, last: int) -> None:
        intents = self._ledger.table("sync_intents")
        span = f"batch_position between $2 and $3 and {_SENT}"
        self._connection.execute(
            f"delete from {intents} where sync_name = $1 and sync_key in "
            f"(select sync_key from {TABLE} where {span} and pending_operation is not null)",
            (self._spec.name, first, last),
        )
        content = f"case when operation in {REMOVED} then null else payload_hash end"
        # A message is sent once even if its text was rendered anew after a crash.
        keyed = "cast(null as text)" if self._spec.mode == "append" else content
        repeats = (
            "pending_operation is not null"
            if self._spec.mode == "append"
            else f"pending_operation = operation and pending_hash is not distinct from {content}"
        )
        self._connection.execute(
            f"""
            insert into {intents} (
                sync_name, sync_key, operation, payload_hash, revision, idempotency_key,
                permission, consent_recorded_at, is_new, run_id, batch_position, written_at,
                profile_id, message_channel
            )
            select
                $1,
                sync_key,
                operation,
                content_hash,
                next_revision,
                {idempotency_key("sync_key", "operation", keyed, "next_revision")},
                permission,
                consent_recorded_at,
                ledger_revision is null,
                $4,
                batch_position,
                $5,
                profile_id,
                cast($6 as text)
            from (
                select
                    *,
                    {content} as content_hash,
                    case
                        when {repeats} then pending_revision
                        when pending_operation is not null then pending_revision + 1
                        else coalesce(ledger_revision, 0) + 1
                    end as next_revision
                from {TABLE}
                where {span}
            ) as numbered
            """,
            (
                self._spec.name,
                first,
                last,
                run_id,
                utc_now(),
                self._spec.channel if self._spec.caps else None,
            ),
        )

    @staticmethod
    def outgoing(row: TakenRow) -> Outgoing:
        """A taken row in the form that destinations get."""
        position, problem, until = row[:3]
        no_form = f"column {problem} has no JSON form" if problem else None
        return Outgoing(position, Change._make(row[3:]), no_form, until)

    def record_withheld(self, run_id: str) -> None:
        """Log rows that are withheld and were not before; forget those that no longer are."""
        withheld = self._ledger.table("sync_withheld")
        now = utc_now()
        with self._connection.transaction():
            self._connection.execute(
                f"""
                delete from {withheld}
                where sync_name = $1 and not exists (
                    select 1 from {TABLE} as rows
                    where rows.sync_key = {withheld}.sync_key
                        and rows.operation = 'withheld'
                        and rows.permission = {withheld}.reason
                )
                """,
                (self._spec.name,),
            )
            fresh = (
                f"from {TABLE} as rows where rows.operation = 'withheld' and not exists ("
                f"select 1 from {withheld} as known "
                "where known.sync_name = $1 and known.sync_key = rows.sync_key)"
            )
            self._connection.execute(
                f"""
                insert into {self._ledger.table("sync_outcomes")} (
                    sync_name, run_id, sync_key, operation, status, attempt_count, reason,
                    payload_hash, permission, recorded_at
                )
                select $1, $2, rows.sync_key, 'none', 'withheld', 0, rows.permission,
                    rows.payload_hash, rows.permission, $3
                {fresh}
                """,
                (self._spec.name, run_id, now),
            )
            self._connection.execute(
                f"insert into {withheld} (sync_name, sync_key, reason, run_id, withheld_since) "
                f"select $1, rows.sync_key, rows.permission, $2, $3 {fresh}",
                (self._spec.name, run_id, now),
            )

    def resolve_rejections(self) -> None:
        """Close rejections of rows that call for nothing any more: gone, or changed back."""
        self._connection.execute(
            f"update {self._ledger.table('sync_rejections')} as rejections "
            "set state = 'resolved', next_attempt_at = null "
            "where sync_name = $1 and state <> 'resolved' and not exists "
            f"(select 1 from {TABLE} as rows where rows.sync_key = rejections.sync_key)",
            (self._spec.name,),
        )

    def withheld_count(self) -> int:
        """Rows withheld by now, those found while sending included."""
        rows = self._connection.execute(
            f"select count(*) from {TABLE} where operation = 'withheld'"
        )
        return int(rows[0][0])

    def sample(self, operation: str, limit: int) -> list[tuple[str, dict[str, Value]]]:
        """The first rows of an operation as key and values, in the order of sending."""
        rows = self._connection.execute(
            f"select sync_key, {', '.join(f'value_{at}' for at in range(len(self._columns)))} "
            f"from {TABLE} where operation = $1 order by batch_position limit $2",
            (operation, limit),
        )
        return [
            (
                key,
                {
                    column.name: None if value is None else str(value)
                    for (column, _), value in zip(self._columns, values, strict=True)
                },
            )
            for key, *values in rows
        ]


def literal(text: str) -> str:
    """A text literal for either engine; statements that create tables take no parameters."""
    return "'" + text.replace("'", "''") + "'"


def _plain(moment: datetime) -> str:
    utc = moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
    return utc.isoformat(sep=" ")


def _label(relation: Relation) -> str:
    return f"{relation.schema_name}.{relation.identifier}"
