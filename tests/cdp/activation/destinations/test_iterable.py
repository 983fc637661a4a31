"""What is Iterable's alone: fields that it drops, one identifier for all, whom it knows."""

from __future__ import annotations

import json
from typing import cast

import pytest

from cdp.activation.destinations.base import BatchRefusedError, DestinationUnusableError
from tests.cdp.activation.destinations.case_iterable import CASE, row
from tests.cdp.activation.destinations.conftest import OpenBench
from tests.cdp.activation.destinations.contract import Bench
from tests.cdp.activation.emulators.iterable import IterableEmulator

pytestmark = pytest.mark.parametrize("settings", ["duckdb"], indirect=True)


@pytest.fixture
def bench(open_bench: OpenBench) -> Bench:
    return open_bench(CASE)


def user_sent(bench: Bench) -> object:
    call, _ = bench.emulator.calls[-1]
    (user,) = json.loads(call.body)["users"]
    return user


def test_a_field_that_iterable_drops_stops_the_sync(bench: Bench) -> None:
    changes = bench.changes([{**row(1, "old"), "favouriteColour": "blue"}])
    with pytest.raises(DestinationUnusableError, match=r"^200 filteredOutFields$"):
        bench.deliver(changes)


def test_users_of_a_project_with_user_ids_are_told_by_nothing_else(bench: Bench) -> None:
    bench.deliver(bench.changes([row(1, "old")]))
    fields = {"email": "zoe.old.1@example.com", "firstName": "Zoë old 1", "visits": 1}
    assert user_sent(bench) == {
        "userId": "p/00001",
        "preferUserId": True,
        "dataFields": {**fields, "isMember": False},
    }


def test_users_of_a_project_with_addresses_are_told_by_nothing_else(bench: Bench) -> None:
    spec = bench.spec(identifier="email", key="email", omit=["profile_id"])
    (change,) = bench.changes([row(2, "old")])
    # The emulator's project has user ids; what counts is what is sent to another.
    with pytest.raises(BatchRefusedError):
        bench.deliver([change._replace(key="zoe@example.com")], spec=spec)
    fields = {"firstName": "Zoë old 2", "visits": 2, "isMember": False}
    assert user_sent(bench) == {"email": "zoe@example.com", "dataFields": fields}
    with pytest.raises(BatchRefusedError):
        bench.deliver([bench.merge(row(2, "old"), row(3, "old"), "email")], spec=spec)
    assert json.loads(bench.emulator.calls[-1][0].body) == {
        "sourceEmail": "zoe.old.2@example.com",
        "destinationEmail": "zoe.old.3@example.com",
    }


def test_a_user_who_was_not_merged_is_not_taken_for_gone(bench: Bench) -> None:
    """Iterable does not say which of the two it does not know."""
    cast(IterableEmulator, bench.emulator).renames = False
    bench.deliver(bench.changes([row(1, "old")]))
    with pytest.raises(BatchRefusedError, match=r"^400 UnknownUserIdError$"):
        bench.deliver([bench.merge(row(1, "old"), row(2, "old"))])
    assert bench.emulator.held() == bench.expected([row(1, "old")])
