"""What the table destination writes, guards and refuses, on a real server."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest

from cdp.activation import SyncStoppedError
from cdp.activation.destinations.base import (
    BatchRefusedError,
    Change,
    DestinationSettingError,
    DestinationUnusableError,
    RowResult,
    TemporaryFailureError,
)
from cdp.activation.destinations.postgres import DESTINATION
from cdp.dbt.manifest import ManifestError, SyncSpec
from tests.cdp.activation.activation_world import World, row, rows
from tests.conftest import create_database

pytestmark = pytest.mark.parametrize("settings", ["duckdb"], indirect=True)

TABLE = """
create table crm.members (
    profile_id varchar(40) primary key, email text, product text check (product <> 'bad'),
    amount numeric(18, 2), visit_count bigint, score double precision, is_member boolean,
    joined_date date, seen_at timestamptz, note text default 'ours')
"""


class Target:
    """The database that is written to."""

    def __init__(self, dsn: str) -> None:
        self.dsn = dsn

    def execute(self, statement: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def keys(self) -> list[str]:
        return [key for (key,) in self.execute("select profile_id from crm.members order by 1")]


@pytest.fixture
def target(
    postgres_server: Path, world: World, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Target]:
    database = create_database(postgres_server)
    target = Target(f"host={postgres_server} user=postgres dbname={database}")
    monkeypatch.setenv("CDP_POSTGRES_DSN", target.dsn)
    target.execute("create schema crm")
    target.execute(TABLE)
    yield target


def spec_of(world: World, **meta: object) -> SyncSpec:
    return world.spec(**{"destination": "postgres", "object": "crm.members"} | meta)


def deliver(world: World, *batches: list[Change], **meta: object) -> list[list[RowResult]]:
    """The results of batches that one session delivers."""

    async def run() -> list[list[RowResult]]:
        async with DESTINATION.open(spec_of(world, **meta), world.settings) as session:
            return [list(await session.deliver(batch)) for batch in batches]

    return asyncio.run(run())


def change(key: str, operation: Any, revision: int, product: str = "boots") -> Change:
    values = "{}" if operation == "delete" else f'{{"profile_id":"{key}","product":"{product}"}}'
    return Change(key, operation, values, f"{key}-{revision}", revision)


def test_rows_have_their_types_and_other_columns_their_defaults(
    world: World, target: Target
) -> None:
    world.put([row("p1", product="Zoë's \\ tab\there\n", email=None)])
    assert world.run(spec_of(world)).inserted == 1
    assert target.execute("select * from crm.members") == [
        (
            *("p1", None, "Zoë's \\ tab\there\n", Decimal("12.50"), 3, 0.1, True),
            date(2026, 3, 1),
            datetime.fromisoformat("2026-03-02T04:05:06.700+00:00"),
            "ours",
        )
    ]


def test_a_mirror_updates_and_deletes_its_own_rows(world: World, target: Target) -> None:
    world.put(rows(12))
    world.run(spec_of(world))
    world.put([*rows(10), row("p00010", product="tent")])
    report = world.run(spec_of(world))
    assert (report.updated, report.deleted) == (1, 1)
    assert target.keys() == [f"p{number:05d}" for number in range(11)]
    assert target.execute("select count(*) from crm.members where product = 'tent'") == [(1,)]


def test_a_row_that_was_there_before_is_updated_and_never_deleted(
    world: World, target: Target
) -> None:
    target.execute("insert into crm.members (profile_id, note) values ('p1', 'theirs')")
    world.put([row("p1"), row("p2")])
    world.run(spec_of(world))
    assert target.execute("select product, note from crm.members where profile_id = 'p1'") == [
        ("boots", "theirs")
    ]
    world.put([])
    assert world.run(spec_of(world)).deleted == 2
    assert target.keys() == ["p1"]


def test_a_sync_does_not_delete_what_another_inserted(world: World, target: Target) -> None:
    world.put([row("p1")])
    world.run(spec_of(world))
    world.name += "_other"
    deliver(world, [change("p1", "update", 1)], [change("p1", "delete", 2)])
    assert target.keys() == ["p1"]


def test_a_late_write_of_an_earlier_revision_changes_nothing(world: World, target: Target) -> None:
    late = [change("p1", "update", 2, "late")]
    results = deliver(world, [change("p1", "insert", 3, "tent")], late)
    assert results == [[RowResult("accepted")]] * 2
    assert target.execute("select product from crm.members") == [("tent",)]
    deliver(world, [change("p1", "delete", 4)], [change("p1", "insert", 3, "late")])
    assert target.keys() == []
    deliver(world, [change("p1", "insert", 5)], [change("p1", "delete", 4)])
    assert target.keys() == ["p1"]


def test_a_repeated_change_is_written_as_it_was(world: World, target: Target) -> None:
    deliver(world, *[[change("p1", "insert", 1), change("p2", "delete", 1)]] * 2)
    assert target.keys() == ["p1"]
    deliver(world, *[[change("p1", "delete", 2)]] * 2)
    assert target.keys() == []


def test_update_only_rejects_rows_that_are_not_there(world: World, target: Target) -> None:
    target.execute("insert into crm.members (profile_id) values ('p1')")
    world.put([row("p1"), row("p2")])
    report = world.run(spec_of(world, mode="update_only"))
    assert (report.updated, report.rejected) == (1, 1)
    assert target.execute("select profile_id, product from crm.members") == [("p1", "boots")]
    assert world.ledger("sync_rejections", "sync_key, reason") == [("p2", "no such row")]


def test_rows_that_break_a_constraint_are_found_and_rejected(world: World, target: Target) -> None:
    payload = [*rows(18), row("p00018", product="bad"), row("p00019" * 10)]
    world.put(payload)
    report = world.run(spec_of(world))
    assert (report.inserted, report.rejected) == (18, 2)
    assert world.ledger("sync_rejections", "sync_key, reason") == [
        ("p00018", "23514 CheckViolation"),
        ("p00019" * 10, "22001 StringDataRightTruncation"),
    ]


def test_a_key_that_is_a_number_is_found_again(world: World, target: Target) -> None:
    target.execute("alter table crm.members add unique (visit_count)")
    world.put([row("p1", visit_count=7)])
    spec = spec_of(world, key="visit_count")
    world.run(spec)
    world.put([])
    assert world.run(spec).deleted == 1
    assert target.keys() == []


def test_a_lost_connection_is_a_passing_failure_and_made_anew(world: World, target: Target) -> None:
    async def run() -> None:
        async with DESTINATION.open(spec_of(world), world.settings) as session:
            target.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity "
                "where query like 'select 1 from pg_tables%' or query like 'COMMIT%'"
            )
            with pytest.raises(TemporaryFailureError) as caught:
                await session.deliver([change("p1", "insert", 1)])
            assert "p1" not in caught.value.reason
            await session.deliver([change("p1", "insert", 1)])

    asyncio.run(run())
    assert target.keys() == ["p1"]


def test_a_text_that_no_table_holds_is_refused(world: World, target: Target) -> None:
    with pytest.raises(BatchRefusedError, match="DataError"):
        deliver(world, [change("p1", "insert", 1, "\\u0000")])


def test_a_table_that_went_away_stops_the_run(world: World, target: Target) -> None:
    async def run() -> None:
        async with DESTINATION.open(spec_of(world), world.settings) as session:
            target.execute("drop table crm.members")
            await session.deliver([change("p1", "insert", 1)])

    with pytest.raises(DestinationUnusableError, match=r"^42P01 UndefinedTable$"):
        asyncio.run(run())


@pytest.mark.parametrize(
    ("mend", "message"),
    [
        ("drop table crm.members", r"there is no table crm\.members: create it"),
        ("alter table crm.members drop column email, drop column score", "lacks email, score: add"),
        ("alter table crm.members drop constraint members_pkey", "is not a unique key of table"),
    ],
)
def test_a_table_that_cannot_take_the_payload_is_refused_first(
    world: World, target: Target, mend: str, message: str
) -> None:
    target.execute(mend)
    world.put([row("p1")])
    with pytest.raises(DestinationSettingError, match=message):
        world.run(spec_of(world))


@pytest.mark.parametrize(
    "index", ["(profile_id) where is_member", "(lower(profile_id))", "(profile_id, email)"]
)
def test_an_index_on_something_else_is_no_unique_key(
    world: World, target: Target, index: str
) -> None:
    target.execute("alter table crm.members drop constraint members_pkey")
    target.execute(f"create unique index on crm.members {index}")
    with pytest.raises(DestinationSettingError, match="unique key"):
        deliver(world, [])


def test_without_the_right_to_create_the_table_of_rows_it_is_asked_for(
    world: World, target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    target.execute("create role writer login")
    target.execute("grant usage on schema crm to writer")
    target.execute("grant all on all tables in schema crm to writer")
    monkeypatch.setenv("CDP_POSTGRES_DSN", target.dsn.replace("user=postgres", "user=writer"))
    try:
        with pytest.raises(DestinationSettingError, match=r"crm\.cdp_sync_rows does not exist"):
            deliver(world, [])
    finally:
        target.execute("drop owned by writer")
        target.execute("drop role writer")


@pytest.mark.parametrize(
    ("dsn", "message"),
    [
        ("", "CDP_POSTGRES_DSN is not set"),
        ("postgresql://ann:secret@127.0.0.1:1/none", "CDP_POSTGRES_DSN: no connection"),
        ("postgresql://ann:secret@[", "CDP_POSTGRES_DSN: no connection"),
    ],
)
def test_settings_that_do_not_work_are_named_without_the_secret(
    world: World, monkeypatch: pytest.MonkeyPatch, dsn: str, message: str
) -> None:
    monkeypatch.setenv("CDP_POSTGRES_DSN", dsn)
    with pytest.raises(DestinationSettingError, match=message) as caught:
        deliver(world, [])
    assert "secret" not in str(caught.value)


def test_a_table_without_its_schema_is_a_mistake_in_the_manifest(world: World) -> None:
    with pytest.raises(
        ManifestError, match=r"object is 'members': name the table as schema\.table"
    ):
        spec_of(world, object="members")


def test_a_missing_right_stops_the_run_and_the_next_goes_on(
    world: World, target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.put(rows(3))
    target.execute("create role reader login")
    target.execute("grant usage, create on schema crm to reader")
    target.execute("grant select on crm.members to reader")
    monkeypatch.setenv("CDP_POSTGRES_DSN", target.dsn.replace("user=postgres", "user=reader"))
    try:
        with pytest.raises(SyncStoppedError, match="42501 InsufficientPrivilege"):
            world.run(spec_of(world))
        target.execute("grant insert, update, delete on crm.members to reader")
        assert world.run(spec_of(world)).inserted == 3
    finally:
        target.execute("drop owned by reader cascade")
        target.execute("drop role reader")
