"""The rules of a sync, each as small tables that go into the SQL and the rows that come out.

Rows are written as words; `-` is null. The payload and what the receiver has are `key profile
product until`, where `until` is an hour of the day on which everything happens, at 12:00.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from cdp.activation.canonical import row_hash
from cdp.activation.clock import utc_now
from cdp.activation.destinations.webhook import WebhookOptions
from cdp.activation.difference import Difference
from cdp.activation.ledger import Ledger
from cdp.activation.spec import (
    ConsentRelations,
    FrequencyCaps,
    PayloadColumn,
    PayloadModel,
    Relation,
    SyncSpec,
)
from cdp.settings import Settings
from cdp.warehouse.connection import Connection, connected

NOON = datetime(2026, 11, 14, 12)  # noqa: DTZ001  # as the warehouse keeps it
PROFILES = ("ann", "bob", "cid", "dan", "old")
COLUMNS = (
    PayloadColumn(name="key", kind="text"),
    PayloadColumn(name="profile_id", kind="text"),
    PayloadColumn(name="product", kind="text"),
    PayloadColumn(name="until", kind="timestamp"),
)
TABLES = {
    "payload": "key text, profile_id text, product text, until timestamp",
    "consents": "profile_id text, channel text, purpose text, status text, recorded_at timestamp",
    "suppressions": "profile_id text, channel text",
    "redirects": "old_profile_id text, profile_id text",
    "limits": "channel text, message_limit bigint, window_days bigint",
}


def relation(name: str) -> Relation:
    return Relation(database="", schema_name="cdp_syncs", identifier=name)


def sync(**keys: object) -> SyncSpec:
    """A mirror that needs consent to marketing by email; `keys` say what is different."""
    given: dict[str, Any] = {
        "name": "members",
        "unique_id": "exposure.test.members",
        "description": "",
        "payload": PayloadModel(
            unique_id="model.test.payload",
            name="payload",
            relation=relation("payload"),
            columns=COLUMNS,
        ),
        "destination": "webhook",
        "object": "members",
        "mode": "mirror",
        "key": "key",
        "order_by": None,
        "batch_size": 10,
        "rate_per_second": None,
        "max_in_flight": 1,
        "purpose": "marketing",
        "channel": "email",
        "consent": ConsentRelations(
            consents=relation("consents"), suppressions=relation("suppressions")
        ),
        "consent_reason": None,
        "max_change_share": None,
        "max_delete_share": None,
        "merged_profiles": "delete",
        "can_delete": True,
        "redirects": relation("redirects"),
        "options": WebhookOptions(),
        "declared_at": "test:1",
    }
    return SyncSpec(**(given | keys))


NO_CONSENT_NEEDED = {"consent": None, "consent_reason": "Order confirmations."}
CAPS = FrequencyCaps(limits=relation("limits"), redirects=relation("redirects"))
MESSAGES = {"mode": "append", "can_delete": False, "merged_profiles": "keep", "caps": CAPS}


@dataclass(frozen=True)
class Case:
    """Tables and the difference that they make.

    Attributes:
        rule: What the case shows.
        expected: Operation, key and what belongs to it, in the order of sending.
        sync: What is different about the sync.
        ledger: Rows that the receiver acknowledged, each followed by the operation.
        intents: Rows in doubt, each followed by operation and revision.
        rejections: Rows refused, each followed by operation, state and the hour of the next try.
        consents: Profile, channel, purpose and status; by default everybody consents.
        messages: Profile, channel and hours ago of messages sent by another sync.
    """

    rule: str
    expected: Sequence[str]
    sync: Mapping[str, Any] = field(default_factory=dict)
    payload: Sequence[str] = ()
    ledger: Sequence[str] = ()
    intents: Sequence[str] = ()
    rejections: Sequence[str] = ()
    consents: Sequence[str] = tuple(f"{who} email marketing granted" for who in PROFILES)
    suppressions: Sequence[str] = ()
    redirects: Sequence[str] = ()
    limits: Sequence[str] = ()
    messages: Sequence[str] = ()


def hour(word: str) -> datetime | None:
    return None if word == "-" else NOON.replace(hour=0) + timedelta(hours=float(word))


def words(line: str) -> list[str | None]:
    return [None if word == "-" else word for word in line.split()]


class Tables:
    """The tables of a case in a warehouse."""

    def __init__(self, connection: Connection, settings: Settings) -> None:
        self.connection = connection
        self.ledger = Ledger(connection, settings, "members")
        connection.execute("create schema cdp_syncs")
        for name, columns in TABLES.items():
            connection.execute(f"create table cdp_syncs.{name} ({columns})")

    def add(self, table: str, *rows: Sequence[object]) -> None:
        for row in rows:
            marks = ", ".join(f"${at}" for at in range(1, len(row) + 1))
            self.connection.execute(f"insert into {table} values ({marks})", list(row))

    def fill(self, case: Case) -> None:
        # Messages are counted by the real clock.
        now = utc_now()
        self.add("cdp_syncs.payload", *map(self._row, case.payload))
        self.add("cdp_syncs.consents", *([*words(line), NOON] for line in case.consents))
        self.add("cdp_syncs.suppressions", *map(words, case.suppressions))
        self.add("cdp_syncs.redirects", *map(words, case.redirects))
        self.add(
            "cdp_syncs.limits",
            *(
                [channel, int(most), int(days)]
                for channel, most, days in map(str.split, case.limits)
            ),
        )
        for line in case.ledger:
            *row, operation = line.split()
            key, profile = row[:2]
            content = self._content(row, operation)
            revision = [1, "receiver-" + key, "earlier", NOON, profile, None]
            self.add(
                self.ledger.table("sync_ledger"), ["members", key, operation, content, *revision]
            )
        for line in case.intents:
            *row, operation, revision_text = line.split()
            content = self._content(row, operation)
            doubt = [int(revision_text), "key", "granted", None, True, "killed", 0, now]
            table = self.ledger.table("sync_intents")
            self.add(table, ["members", row[0], operation, content, *doubt, row[1], None])
        for line in case.rejections:
            *row, operation, state, due = line.split()
            content = self._content(row, operation)
            refused = ["422", 1, state, NOON, NOON, hour(due), "earlier"]
            table = self.ledger.table("sync_rejections")
            self.add(table, ["members", row[0], operation, content, *refused])
        for number, line in enumerate(case.messages):
            profile, channel, hours = line.split()
            sent = [1, None, "other", now - timedelta(hours=float(hours)), profile, channel]
            table = self.ledger.table("sync_ledger")
            self.add(table, ["other", str(number), "insert", "hash", *sent])

    def _row(self, line: str) -> list[object]:
        *texts, until = line.split()
        return [*words(" ".join(texts)), hour(until)]

    def _content(self, row: Sequence[str], operation: str) -> str | None:
        """The hash that the ledger has of such a row, which a delete or a merge has not."""
        if operation in ("delete", "merge"):
            return None
        columns = [(column, f"values_.{column.name}") for column in COLUMNS]
        query = (
            f"select {row_hash(self.connection.target, columns)} from (select cast($1 as text) "
            "as key, cast($2 as text) as profile_id, cast($3 as text) as product, "
            "cast($4 as timestamp) as until) as values_"
        )
        return str(self.connection.execute(query, self._row(" ".join(row)))[0][0])

    def difference(self, condition: str = "true") -> list[str]:
        """Operation, key, and why it is skipped or what it is merged into."""
        rows = self.connection.execute(
            "select operation, sync_key, permission, into_key, into_receiver_id "
            f"from sync_difference where {condition} order by batch_position"
        )
        return [
            " ".join(
                [operation, key, *([why] if operation == "skipped" else []), *filter(None, into)]
            )
            for operation, key, why, *into in rows
        ]


@pytest.fixture
def tables(settings: Settings) -> Iterator[Tables]:
    with connected(settings) as connection:
        yield Tables(connection, settings)


EXPIRING = {"send_until": "until"}
UPSERT: dict[str, Any] = {"mode": "upsert", "can_delete": True}
MERGING = UPSERT | {"merged_profiles": "merge"}

DIFFERENCES = [
    # Modes.
    Case(
        "upsert: new rows are inserted, changed ones updated, others left alone",
        ["update b", "insert a"],
        UPSERT,
        payload=["a ann boots -", "b bob tent -", "c cid boots -"],
        ledger=["b bob boots - insert", "c cid boots - insert", "d dan boots - insert"],
    ),
    Case(
        "mirror: what left the payload is deleted, before what may take its place",
        ["delete z", "update c", "insert a"],
        payload=["a ann boots -", "c cid tent -", "d dan boots -"],
        ledger=["z bob boots - insert", "c cid boots - update", "d dan boots - insert"],
    ),
    Case(
        "mirror: a deleted row is not deleted again, and inserted when it comes back",
        ["insert b"],
        payload=["b bob boots -"],
        ledger=["a ann boots - delete", "b bob boots - delete"],
    ),
    Case(
        "update_only: nothing is ever inserted or deleted",
        ["update a"],
        {"mode": "update_only", "can_delete": False},
        payload=["a ann boots -"],
        ledger=["b bob boots - update"],
    ),
    Case(
        "append: a key is sent once, whatever becomes of it",
        ["insert b"],
        {"mode": "append", "can_delete": False, "merged_profiles": "keep"},
        payload=["a ann tent -", "b bob boots -"],
        ledger=["a ann boots - insert", "c cid boots - insert"],
    ),
    Case(
        "full: all rows, in an order that does not depend on what changed",
        ["update a", "update b", "insert c", "delete d"],
        {"mode": "full"},
        payload=["a ann boots -", "b bob tent -", "c cid boots -"],
        ledger=["a ann boots - insert", "b bob boots - insert", "d dan boots - insert"],
    ),
    Case(
        "order_by: after deletes, rows go by the column, nulls first",
        ["delete d", "insert c", "insert b", "insert a"],
        {"order_by": "until"},
        payload=["a ann boots 15", "b bob boots 14", "c cid boots -"],
        ledger=["d dan boots - insert"],
    ),
    # Consent and suppression.
    Case(
        "consent: other channels, other purposes and any contradiction count as none",
        ["insert a", "skipped b no_consent", "skipped c no_consent", "skipped d no_consent"],
        payload=["a ann boots -", "b bob boots -", "c cid boots -", "d dan boots -"],
        consents=[
            "ann email marketing granted",
            "bob push marketing granted",
            "cid email research granted",
            "dan email marketing granted",
            "dan email marketing withdrawn",
        ],
    ),
    Case(
        "consent: a row without a profile is skipped",
        ["skipped a no_consent"],
        payload=["a - boots -"],
    ),
    Case(
        "suppression: of the channel alone, and it goes before consent",
        ["insert b", "skipped a suppressed"],
        payload=["a ann boots -", "b bob boots -"],
        consents=["bob email marketing granted"],
        suppressions=["ann email", "bob push"],
    ),
    Case(
        "consent that is gone: a mirror deletes even an unchanged row",
        ["delete a"],
        payload=["a ann boots -"],
        ledger=["a ann boots - insert"],
        consents=[],
    ),
    Case(
        "consent that is gone: an upsert skips the change and leaves the row",
        ["skipped a no_consent"],
        UPSERT,
        payload=["a ann tent -", "b bob boots -"],
        ledger=["a ann boots - insert", "b bob boots - insert"],
        consents=[],
    ),
    Case(
        "consent is not required: nothing is looked up",
        ["insert a"],
        NO_CONSENT_NEEDED,
        payload=["a ann boots -"],
        consents=[],
        suppressions=["ann email"],
    ),
    # Expiry.
    Case(
        "expiry: a row is not sent from its send_until on; without one it never expires",
        ["insert b", "insert c", "skipped a expired"],
        UPSERT | EXPIRING,
        payload=["a ann boots 12", "b bob boots 12.5", "c cid boots -"],
    ),
    Case(
        "quiet expiry: a row that the receiver has is left alone by all but a mirror",
        [],
        UPSERT | EXPIRING,
        payload=["a ann boots 11"],
        ledger=["a ann boots 11 insert"],
    ),
    Case(
        "quiet expiry: a delivered message is not skipped, whatever its text would be now",
        [],
        {"mode": "append", "can_delete": False, "merged_profiles": "keep"} | EXPIRING,
        payload=["a ann tent 11"],
        ledger=["a ann boots 11 insert"],
    ),
    Case(
        "expiry in a mirror: the row is deleted",
        ["delete a"],
        EXPIRING,
        payload=["a ann boots 11"],
        ledger=["a ann boots 11 insert"],
    ),
    # Merged profiles.
    Case(
        "merge: into the acknowledged row of the profile that remains",
        ["merge o a receiver-a"],
        MERGING,
        payload=["a ann boots -"],
        ledger=["a ann boots - insert", "o old boots - insert"],
        redirects=["old ann"],
    ),
    Case(
        "merge: waits until the row that remains is acknowledged",
        ["insert a"],
        MERGING,
        payload=["a ann boots -"],
        ledger=["o old boots - insert"],
        redirects=["old ann"],
    ),
    Case(
        "merge: with no row that remains, or several, the row is deleted",
        ["delete o", "delete p"],
        MERGING,
        payload=["a ann boots -", "b ann boots -"],
        ledger=[
            "a ann boots - insert",
            "b ann boots - insert",
            "o old boots - insert",
            "p bob boots - insert",
        ],
        redirects=["old ann", "bob cid"],
    ),
    Case(
        "merge: where nothing may be deleted such a row stays",
        [],
        MERGING | {"mode": "update_only", "can_delete": False},
        payload=["a ann boots -", "b ann boots -"],
        ledger=["a ann boots - update", "b ann boots - update", "o old boots - update"],
        redirects=["old ann"],
    ),
    Case(
        "merged profiles are deleted by an upsert that says so, and no other rows",
        ["delete o"],
        UPSERT,
        payload=["a ann boots -"],
        ledger=["a ann boots - insert", "o old boots - insert", "b bob boots - insert"],
        redirects=["old ann"],
    ),
    Case(
        "merged profiles are kept",
        [],
        UPSERT | {"merged_profiles": "keep"},
        payload=["a ann boots -"],
        ledger=["a ann boots - insert", "o old boots - insert"],
        redirects=["old ann"],
    ),
    # Changes in doubt and rejected ones.
    Case(
        "in doubt: a change without an acknowledgement is sent again",
        ["update a", "insert b"],
        payload=["a ann boots -", "b bob boots -"],
        ledger=["a ann boots - insert"],
        intents=["a ann tent - update 2", "b bob boots - insert 1"],
    ),
    Case(
        "in doubt: what may have been written and has left is deleted",
        ["delete a"],
        intents=["a ann boots - insert 1"],
    ),
    Case(
        "held back: a rejected row waits until it is due, and for ever as a dead letter",
        ["insert c", "insert d", "held_back a", "held_back b"],
        payload=["a ann boots -", "b bob boots -", "c cid boots -", "d dan boots -"],
        rejections=[
            "a ann boots - insert waiting 13",
            "b bob boots - insert dead -",
            "c cid boots - insert waiting 11",
            "d dan boots - insert resolved -",
        ],
    ),
    Case(
        "held back: changed content is sent at once",
        ["insert a"],
        payload=["a ann tent -"],
        rejections=["a ann boots - insert dead -"],
    ),
    Case(
        "held back: a delete waits too, though it has no content",
        ["held_back a"],
        ledger=["a ann boots - insert"],
        rejections=["a ann boots - delete waiting 13"],
    ),
]


@pytest.mark.parametrize("case", DIFFERENCES, ids=lambda case: case.rule)
def test_the_difference(tables: Tables, case: Case) -> None:
    tables.fill(case)
    Difference(tables.ledger, sync(**case.sync), NOON).compute()
    assert tables.difference() == list(case.expected)


PAGES = [
    Case(
        "caps: of one page a person gets the first ones up to the limit",
        ["insert 1", "insert 2", "skipped 3 capped", "insert 4"],
        MESSAGES,
        payload=["1 ann boots -", "2 ann boots -", "3 ann boots -", "4 bob boots -"],
        limits=["email 2 1"],
    ),
    Case(
        "caps: messages of other syncs count within the window, those to merged profiles too",
        ["skipped 1 capped", "insert 2", "skipped 3 capped"],
        MESSAGES,
        payload=["1 ann boots -", "2 bob boots -", "3 cid boots -"],
        limits=["email 1 1"],
        messages=["ann email 23", "bob email 25", "old email 1"],
        redirects=["old cid"],
    ),
    Case(
        "caps: all limited channels together have a limit of their own",
        ["skipped 1 capped", "insert 2"],
        MESSAGES,
        payload=["1 ann boots -", "2 bob boots -"],
        limits=["email 9 1", "push 9 1", "all 1 1"],
        messages=["ann push 1", "bob ads 1"],
    ),
    Case(
        "caps: a channel without a limit takes no part",
        ["insert 1"],
        MESSAGES | {"channel": "push"},
        payload=["1 ann boots -"],
        limits=["email 1 1", "all 1 1"],
        consents=["ann push marketing granted"],
        messages=["ann email 1"],
    ),
    Case(
        "caps: a message in doubt counts for others, and not against itself",
        ["skipped 1 capped", "insert 2"],
        MESSAGES,
        payload=["1 ann boots -", "2 bob boots -"],
        intents=["2 bob boots - insert 1", "9 ann boots - insert 1"],
        limits=["email 1 1"],
    ),
]


@pytest.mark.parametrize("case", PAGES, ids=lambda case: case.rule)
def test_a_page_within_the_caps(tables: Tables, case: Case) -> None:
    tables.fill(case)
    tables.connection.execute(
        f"update {tables.ledger.table('sync_intents')} set message_channel = 'email'"
    )
    difference = Difference(tables.ledger, sync(**case.sync), NOON)
    count = difference.compute().to_send
    difference.fetch_page("run", 1, count)
    assert tables.difference() == list(case.expected)


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("mirror", ["update c", "delete b", "skipped a suppressed", "skipped d expired"]),
        (
            "upsert",
            ["update c", "skipped b no_consent", "skipped a suppressed", "skipped d expired"],
        ),
    ],
)
def test_permission_is_looked_up_again_for_a_page(
    tables: Tables, mode: str, expected: list[str]
) -> None:
    """Consent, a suppression and the time change between the comparison and the page."""
    payload = ["a ann boots -", "b bob tent -", "c cid tent -", "d dan boots 13"]
    ledger = ["b bob boots - insert", "c cid boots - insert"]
    tables.fill(Case("", [], payload=payload, ledger=ledger))
    clock = [NOON]
    spec = sync(mode=mode, **EXPIRING)
    difference = Difference(tables.ledger, spec, NOON, lambda: clock[0])
    assert difference.compute().to_send == 4
    clock[0] = NOON.replace(hour=13)
    tables.add("cdp_syncs.suppressions", ["ann", "email"])
    tables.add("cdp_syncs.consents", ["bob", "email", "marketing", "withdrawn", NOON])
    difference.fetch_page("run", 1, 1)
    # Rows of later pages are looked up when those are read.
    unread = "operation in ('insert', 'update')"
    assert tables.difference(unread) == ["update c", "insert a", "insert d"]
    difference.fetch_page("run", 2, 4)
    assert sorted(tables.difference()) == sorted(expected)


@pytest.mark.parametrize(
    ("mode", "intent", "operation", "revision"),
    [
        # The same change is repeated as it was, another one is a later revision.
        ("mirror", "a ann boots - insert 3", "insert", 3),
        ("mirror", "a ann tent - insert 3", "insert", 4),
        ("mirror", "a ann boots - delete 3", "insert", 4),
        # A message that was rendered anew is the same message.
        ("append", "a ann tent - insert 3", "insert", 3),
        ("mirror", None, "insert", 1),
    ],
)
def test_intents_have_the_revision_of_their_change(
    tables: Tables, mode: str, intent: str | None, operation: str, revision: int
) -> None:
    tables.fill(Case("", [], payload=["a ann boots -"], intents=[intent] if intent else []))
    difference = Difference(tables.ledger, sync(mode=mode, merged_profiles="keep"), NOON)
    difference.compute()
    ((_, _, _, key, sent, values, _, sent_revision, *_),) = difference.fetch_page("run", 1, 1)
    assert (key, sent, sent_revision) == ("a", operation, revision)
    assert '"product"' in values
    assert tables.connection.execute(
        f"select sync_key, revision, run_id from {tables.ledger.table('sync_intents')}"
    ) == [("a", revision, "run")]
