"""The difference between a payload and what was acknowledged, computed in the warehouse.

`Difference.compute` puts every row that calls for an operation into the temporary table
`sync_difference`, numbered in the order of sending. `Difference.fetch_page` reads a page of it to
send: it looks consent and caps up again, writes the intents and returns the rows. The rules are in
`sql/`: difference.sql, permission.sql, permission_again.sql, frequency_caps.sql and intents.sql.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from cdp.activation.canonical import idempotency_key, key_text, row_hash
from cdp.activation.clock import Clock, clock_from, utc_now
from cdp.activation.ledger import Ledger
from cdp.activation.payload import checked_row_count, physical_columns
from cdp.activation.serialisation import column_without_json, row_json
from cdp.activation.spec import PROFILE_COLUMN, SyncSpec
from cdp.activation.statements import Sql, literal
from cdp.activation.types import DELETING_MODES, Change, Value

# A row as page.sql returns it.
PageRow = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows of a payload by what they call for.

    Attributes:
        skipped: Not sent, for a reason of the table `sync_withheld` such as missing consent.
        held_back: Rejected before and not due again.
        unchanged: The receiver has them as they are.
        acknowledged: Rows the receiver had before, for shares.
        resent: Updates of rows that are as they were, in mode `full`.
        is_whole_due: Whether, in mode `full`, the receiver is to be sent the whole, even if it is
            without a row.
        merge: Rows of merged profiles that go into those of the profiles that remain.
        to_send: Inserts, updates, deletes and merges together.
    """

    insert: int
    update: int
    delete: int
    merge: int
    skipped: int
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
        clock: Returns the time that a row's `send_until` is compared with.
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
        self._columns = physical_columns(self._connection, spec)
        self._sql = {column.name: sql for column, sql in self._columns}
        self._value = {name: Sql(f"value_{at}") for at, name in enumerate(self._sql)}

    def compute(self) -> Counts:
        """Compute and count the difference; raises `PayloadError` for a key that is no key."""
        row_count = checked_row_count(self._connection, self._spec, self._sql[self._spec.key])
        counts = self._fill(row_count, all_rows=False)
        if self._spec.mode != "full":
            return counts
        # Rows acknowledged by a run that stopped are in no complete snapshot that the receiver
        # has.
        if not counts.to_send and self._ledger.last_run_succeeded():
            return counts
        whole = self._fill(row_count, all_rows=True)
        return replace(whole, resent=whole.to_send - counts.to_send, is_whole_due=True)

    def _fill(self, row_count: int, *, all_rows: bool) -> Counts:
        """Fill `sync_difference` with the rows that changed, or with all, and count it."""
        if self._target == "postgres":
            # Tables that dbt has just built have no statistics, and the planner would choose a
            # nested loop that never ends.
            self._connection.execute("set enable_nestloop = off")
        self._connection.execute("drop table if exists sync_difference")
        self._execute("difference.sql", **self._payload(), all_rows=all_rows)
        if self._target == "postgres":
            self._connection.execute("create index on sync_difference (batch_position)")
            self._connection.execute("analyze sync_difference")
        counted = self._connection.execute(
            "select operation, is_present, count(*) from sync_difference group by 1, 2"
        )
        totals: Counter[str] = Counter()
        for operation, _, count in counted:
            totals[operation] += count
        return Counts(
            insert=totals["insert"],
            update=totals["update"],
            delete=totals["delete"],
            merge=totals["merge"],
            skipped=totals["skipped"],
            held_back=totals["held_back"],
            unchanged=row_count - sum(count for _, is_present, count in counted if is_present),
            acknowledged=self._ledger.live_count(),
        )

    def _payload(self) -> dict[str, object]:
        """What difference.sql needs beside the context that all templates of a sync share."""
        spec = self._spec
        key_kind = next(each.kind for each in spec.payload.columns if each.name == spec.key)
        follows_merges = spec.redirects and spec.merged_profiles != "keep"
        return {
            "payload": spec.payload.relation.sql,
            "key": Sql(key_text(self._target, key_kind, self._sql[spec.key])),
            "payload_hash": Sql(row_hash(self._target, self._columns)),
            "profile": self._sql.get(PROFILE_COLUMN),
            "columns": list(self._sql.values()),
            "redirects": spec.redirects.sql if spec.redirects and follows_merges else None,
            "merged_profiles": spec.merged_profiles,
            "can_delete": spec.can_delete,
            "order_by": self._value[spec.order_by] if spec.order_by else None,
            "retries_due_at": self._now,
        }

    def _execute(self, template: str, **context: object) -> list[PageRow]:
        spec, consent = self._spec, self._spec.consent
        shared: dict[str, object] = {
            "mode": spec.mode,
            "is_deleting": spec.mode in DELETING_MODES,
            "channel": spec.channel,
            "purpose": spec.purpose,
            "consents": consent and consent.consents.sql,
            "suppressions": consent and consent.suppressions.sql,
            "send_until": self._sql[spec.send_until] if spec.send_until else None,
            "now": self._clock(),
        }
        return self._ledger.execute(template, **(shared | context))

    def fetch_page(self, run_id: str, first: int, last: int) -> list[PageRow]:
        """Rows of positions `first` to `last`, inclusive, with their intents written."""
        spec = self._spec
        page = {"first_position": first, "last_position": last, "run_id": run_id}
        with self._connection.transaction():
            if spec.consent or spec.send_until:
                self._execute("permission_again.sql", **page)
            if spec.caps:
                self._skip_beyond_caps(page)
            keyed = "cast(null as text)" if spec.mode == "append" else "content_hash"
            key = idempotency_key(literal(spec.name), "sync_key", "operation", keyed, "revision")
            self._ledger.execute(
                "intents.sql",
                **page,
                mode=spec.mode,
                idempotency_key=Sql(key),
                message_channel=spec.channel if spec.caps else None,
            )
        values = [(column, f"page.{self._value[column.name]}") for column, _ in self._columns]
        return self._ledger.execute(
            "page.sql",
            **page,
            row_json=Sql(row_json(self._target, values)),
            column_without_json=Sql(column_without_json(values)),
        )

    def _skip_beyond_caps(self, page: dict[str, object]) -> None:
        """Skip messages to persons who have had, from all syncs, as many as they may."""
        caps = self._spec.caps
        if caps is None:
            return
        if self._target == "postgres":
            # Two syncs that count at the same time would not see each other's messages.
            lock = "select pg_advisory_xact_lock(hashtext($1))"
            self._connection.execute(lock, (self._ledger.table("sync_intents"),))
        self._execute(
            "frequency_caps.sql",
            **page,
            limits=caps.limits.sql,
            redirects=caps.redirects and caps.redirects.sql,
            # The window of a frequency cap follows the real clock.
            now=utc_now(),
        )

    @staticmethod
    def outgoing(row: PageRow) -> Outgoing:
        """A row of a page in the form that destinations get."""
        position, problem, until = row[:3]
        no_form = f"column {problem} has no JSON form" if problem else None
        return Outgoing(position, Change._make(row[3:]), no_form, until)

    def log_unsent(self, run_id: str) -> None:
        """Log rows that are newly skipped, forget those no longer skipped, resolve rejections."""
        with self._connection.transaction():
            self._ledger.execute("unsent.sql", run_id=run_id)

    def skipped_count(self) -> int:
        """Rows skipped by now, those found while sending included."""
        query = "select count(*) from sync_difference where operation = 'skipped'"
        return int(self._connection.execute(query)[0][0])

    def sample(self, operation: str, limit: int) -> list[tuple[str, dict[str, Value]]]:
        """The first rows of an operation as key and values, in the order of sending."""
        columns = ", ".join(["sync_key", *self._value.values()])
        where = "operation = $1 order by batch_position limit $2"
        rows = self._connection.execute(
            f"select {columns} from sync_difference where {where}", (operation, limit)
        )
        return [
            (
                key,
                {
                    name: None if value is None else str(value)
                    for name, value in zip(self._value, values, strict=True)
                },
            )
            for key, *values in rows
        ]
