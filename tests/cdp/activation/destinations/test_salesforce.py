"""What is Salesforce's alone: bulk jobs, and access tokens that expire."""

from __future__ import annotations

from typing import cast

import pytest

from cdp.activation.destinations.base import (
    BatchRefusedError,
    DestinationUnusableError,
    TemporaryFailureError,
)
from tests.cdp.activation.destinations.case_salesforce import CASE, row
from tests.cdp.activation.destinations.conftest import OpenBench
from tests.cdp.activation.destinations.contract import Bench
from tests.cdp.activation.emulators.salesforce import ROOT, SalesforceEmulator

pytestmark = pytest.mark.parametrize("settings", ["duckdb"], indirect=True)
BULK = 2_001


@pytest.fixture
def bench(open_bench: OpenBench) -> Bench:
    return open_bench(CASE)


def emulator_of(bench: Bench) -> SalesforceEmulator:
    return cast(SalesforceEmulator, bench.emulator)


def paths(bench: Bench) -> list[str]:
    return [f"{call.method} {call.path.removeprefix(ROOT)}" for call, _ in bench.emulator.calls]


def test_a_large_batch_is_one_bulk_job_whose_rows_are_answered_one_by_one(bench: Bench) -> None:
    rows = [row(number, "new") for number in range(BULK)]
    bench.emulator.refused = {"k/00003"}
    results = bench.deliver(bench.changes(rows))
    assert paths(bench) == [
        "POST /services/oauth2/token",
        "POST /jobs/ingest",
        "PUT /jobs/ingest/0/batches",
        "PATCH /jobs/ingest/0",
        "GET /jobs/ingest/0",
        "GET /jobs/ingest/0",
        "GET /jobs/ingest/0/successfulResults/",
        "GET /jobs/ingest/0/failedResults/",
    ]
    assert results[3] == ("rejected", "400 FIELD_CUSTOM_VALIDATION_EXCEPTION", None)
    assert {result.status for at, result in enumerate(results) if at != 3} == {"accepted"}
    assert results[0].receiver_id == "003000000000000000"
    assert bench.emulator.held() == bench.expected(rows[:3] + rows[4:])


def test_a_bulk_job_clears_what_is_null(bench: Bench) -> None:
    old, new = ([row(at, version) for at in range(BULK)] for version in ("old", "new"))
    bench.deliver(bench.changes(old), bench.changes(new))
    assert bench.emulator.held() == bench.expected(new)
    assert bench.emulator.violations == []


def test_two_thousand_rows_are_no_bulk_job(bench: Bench) -> None:
    bench.deliver(bench.changes(row(number, "old") for number in range(BULK - 1)))
    upsert = f"PATCH /composite/sobjects/Contact/{CASE.key}"
    assert paths(bench)[1:] == [upsert] * 10


def test_a_bulk_job_that_takes_too_long_is_a_passing_failure(bench: Bench) -> None:
    emulator_of(bench).looks = 1_000_000
    changes = bench.changes(row(number, "old") for number in range(BULK))
    with pytest.raises(TemporaryFailureError, match="not done in time"):
        bench.deliver(changes, spec=bench.spec(job_seconds=0.05))


def test_a_bulk_job_that_salesforce_gives_up_is_refused_as_a_whole(bench: Bench) -> None:
    emulator_of(bench).ends_as = "Failed"
    with pytest.raises(BatchRefusedError, match="the job ended as Failed"):
        bench.deliver(bench.changes(row(number, "old") for number in range(BULK)))


def test_a_token_that_has_expired_is_renewed(bench: Bench) -> None:
    emulator = emulator_of(bench)
    first, second = (bench.changes([row(number, "old")]) for number in range(2))
    # The session signs in with a token that is no longer valid when the request comes.
    emulator.expires_after_sign_in = 1
    results = bench.deliver(first, second)
    assert [result.status for result in results] == ["accepted", "accepted"]
    upsert = f"PATCH /composite/sobjects/Contact/{CASE.key}"
    sign_in = "POST /services/oauth2/token"
    assert paths(bench) == [sign_in, upsert, sign_in, upsert, upsert]


def test_a_token_that_is_never_valid_stops_the_sync(bench: Bench) -> None:
    emulator_of(bench).expires_after_sign_in = 1_000
    with pytest.raises(DestinationUnusableError, match="401 INVALID_SESSION_ID"):
        bench.deliver(bench.changes([row(0, "old")]))
    assert len(bench.emulator.calls) == 4


def test_a_delete_uses_the_record_ids_that_salesforce_gave(bench: Bench) -> None:
    rows = [row(number, "old") for number in range(4)]
    results = bench.deliver(bench.changes(rows))
    deletes = [
        change._replace(receiver_id=result.receiver_id)
        for change, result in zip(bench.changes(rows, "delete"), results, strict=True)
    ]
    bench.emulator.calls.clear()
    assert [r.status for r in bench.deliver(deletes[:3], deletes)] == ["accepted"] * 7
    assert paths(bench)[1:] == ["DELETE /composite/sobjects"] * 2
    assert bench.emulator.held() == {}
    assert bench.emulator.violations == []
