"""The suite that every destination passes. `contract.py` says how to add one."""

from __future__ import annotations

import json
import random
from collections import deque
from collections.abc import Iterator
from dataclasses import replace

import pytest

from cdp.activation import SyncStoppedError
from cdp.activation.destinations import BUILT_IN
from cdp.activation.destinations.base import (
    Change,
    DeliveryError,
    DestinationSettingError,
    DestinationUnusableError,
    Merging,
    RowResult,
    Session,
    TemporaryFailureError,
    ThrottledError,
)
from cdp.dbt.manifest import ManifestError
from cdp.settings import Settings
from tests.cdp.activation.destinations.conftest import OpenBench
from tests.cdp.activation.destinations.contract import Bench, Case, all_cases, said
from tests.cdp.activation.emulators.emulator import (
    Call,
    Emulator,
    Fault,
)

CASES = {case.destination: case for case in all_cases()}
MODES = [
    pytest.param(name, mode, id=f"{name}-{mode}")
    for name, case in CASES.items()
    for mode in sorted(case.module.modes)
]
pytestmark = pytest.mark.parametrize("settings", ["duckdb"], indirect=True)
each_case = pytest.mark.parametrize("case_name", sorted(CASES))
each_api = pytest.mark.parametrize(
    "case_name", sorted(name for name, case in CASES.items() if case.is_http)
)
each_documented_case = pytest.mark.parametrize(
    "case_name", sorted(name for name, case in CASES.items() if case.answers_with_a_document)
)
MERGING = sorted(name for name, case in CASES.items() if isinstance(case.module, Merging))
each_merging_case = pytest.mark.parametrize("case_name", MERGING)
PAGE = Fault("rubbish", text="<html>", headers={"Content-Type": "text/html"})


@pytest.fixture
def bench(case_name: str, open_bench: OpenBench) -> Bench:
    return open_bench(CASES[case_name])


def rows(case: Case, numbers: range, version: str = "old") -> list[dict[str, object]]:
    return [case.row(number, version) for number in numbers]


def test_every_destination_is_in_the_suite(settings: Settings) -> None:
    assert sorted(CASES) == sorted(BUILT_IN)


@pytest.mark.parametrize(("case_name", "mode"), MODES)
def test_a_run_leaves_the_payload_at_the_vendor(bench: Bench, mode: str) -> None:
    """Rows that are new, changed, unchanged and gone, in each mode."""
    if mode == "update_only":
        # There must be something to update; a row beyond it must not be made.
        bench.name = "seed"
        bench.put(rows(bench.case, range(7)))
        bench.run(bench.spec("upsert"))
        bench.name = "contract"
    old = rows(bench.case, range(7))
    bench.put(old)
    assert bench.run(bench.spec(mode)).rejected == 0
    assert bench.emulator.held() == bench.expected(old)
    requests = len(bench.emulator.calls)
    assert bench.run(bench.spec(mode)).requests == 0
    assert len(bench.emulator.calls) == requests
    changed = rows(bench.case, range(2, 4), "new")
    unchanged = rows(bench.case, range(4, 7))
    new = rows(bench.case, range(7, 9), "new")
    bench.put([*changed, *unchanged, *new])
    report = bench.run(bench.spec(mode))
    gone = [] if mode in ("mirror", "full") else old[:2]
    if mode == "append":
        changed = old[2:4]
    if mode == "update_only" and bench.case.unknown_updates != "made":
        assert report.rejected == (len(new) if bench.case.unknown_updates == "rejected" else 0)
        new = []
    assert bench.emulator.held() == bench.expected([*gone, *changed, *unchanged, *new])
    assert bench.emulator.violations == []


@each_case
def test_a_batch_that_comes_twice_changes_nothing(bench: Bench) -> None:
    sent = rows(bench.case, range(3))
    changes = bench.changes(sent)
    results = bench.deliver(changes, changes)
    assert [result.status for result in results] == ["accepted"] * 6
    assert bench.emulator.held() == bench.expected(sent)
    assert bench.emulator.violations == []


@each_case
def test_a_delete_that_comes_twice_or_of_a_row_never_heard_of_is_done(bench: Bench) -> None:
    if "mirror" not in bench.case.module.modes:
        with pytest.raises(ManifestError, match="cannot 'mirror'"):
            bench.spec("mirror")
        return
    sent = rows(bench.case, range(3))
    deletes = bench.changes([*sent[:2], bench.case.row(9, "old")], "delete")
    results = bench.deliver(bench.changes(sent), deletes, deletes)
    assert {result.status for result in results} == {"accepted"}
    assert bench.emulator.held() == bench.expected(sent[2:])
    assert bench.emulator.violations == []


@each_case
def test_inserts_and_deletes_of_one_batch_are_told_apart(bench: Bench) -> None:
    if "mirror" not in bench.case.module.modes:
        assert bench.modes
        return
    sent = rows(bench.case, range(6))
    first = bench.deliver(bench.changes(sent[:3]))
    ids = [result.receiver_id for result in first]
    deletes = [
        change._replace(receiver_id=receiver_id)
        for change, receiver_id in zip(bench.changes(sent[:3], "delete"), ids, strict=True)
    ]
    inserts = bench.changes(sent[3:])
    mixed = [change for pair in zip(deletes, inserts, strict=True) for change in pair]
    assert {result.status for result in bench.deliver(mixed)} == {"accepted"}
    assert bench.emulator.held() == bench.expected(sent[3:])


@each_case
def test_batches_keep_to_the_vendors_rows_and_objects(bench: Bench) -> None:
    """One row more than the largest batch; the emulator counts what is in a request."""
    count = bench.case.module.limits.largest_batch + 1
    sent = rows(bench.case, range(count))
    results = bench.deliver(bench.changes(sent[:-1]), bench.changes(sent[-1:]))
    assert len(results) == count
    assert {result.status for result in results} == {"accepted"}
    assert len(bench.emulator.held()) == count
    if "mirror" in bench.case.module.modes:
        deletes = [
            change._replace(receiver_id=result.receiver_id)
            for change, result in zip(bench.changes(sent, "delete"), results, strict=True)
        ]
        assert {result.status for result in bench.deliver(deletes[:-1])} == {"accepted"}
        assert list(bench.emulator.held()) == [bench.case.key_of(count - 1)]
    assert bench.emulator.violations == []


@each_case
def test_batches_keep_to_the_vendors_bytes(bench: Bench) -> None:
    heavy = bench.case.heavy
    if heavy is None:
        assert bench.emulator.largest_body > 100_000_000
        return
    row_bytes = min(bench.case.largest_row or 1_000_000, bench.emulator.largest_body // 4) * 9 // 10
    count = bench.emulator.largest_body * 5 // 2 // row_bytes
    count = min(count, bench.case.module.limits.largest_batch)
    sent = [heavy(number, row_bytes) for number in range(count)]
    results = bench.deliver(bench.changes(sent))
    assert {result.status for result in results} == {"accepted"}
    assert len(bench.emulator.held()) == count
    assert len(bench.emulator.calls) > 1
    assert bench.emulator.violations == []


@each_case
def test_a_row_that_no_request_can_hold_is_rejected_alone(bench: Bench) -> None:
    heavy = bench.case.heavy
    if heavy is None:
        assert bench.emulator.largest_body > 100_000_000
        return
    too_large = (bench.case.largest_row or bench.emulator.largest_body) + 1000
    sent = [*rows(bench.case, range(3)), heavy(7, too_large)]
    bench.put(sent)
    assert bench.run().rejected == 1
    assert list(bench.rejections()) == [bench.case.key_of(7)]
    assert bench.emulator.held() == bench.expected(sent[:3])
    assert bench.emulator.violations == []


@each_case
def test_the_sync_may_not_ask_for_more_than_the_vendor_allows(bench: Bench) -> None:
    limits = bench.case.module.limits
    with pytest.raises(ManifestError, match="takes at most"):
        bench.spec(batch_size=limits.largest_batch + 1)
    requests, seconds = bench.emulator.rate
    spec = bench.spec()
    assert spec.batch_size <= limits.largest_batch
    if limits.rate_per_second is None:
        assert limits.most_in_flight or bench.case.destination == "webhook"
        return
    assert spec.rate_per_second is not None
    assert spec.rate_per_second <= limits.rate_per_second <= requests / seconds
    with pytest.raises(ManifestError, match="allows at most"):
        bench.spec(rate_per_second=limits.rate_per_second * 1.01)


@each_case
def test_a_mode_that_the_vendor_cannot_is_refused_when_the_manifest_is_read(bench: Bench) -> None:
    others = {"upsert", "update_only", "mirror", "append", "full"} - bench.case.module.modes
    for mode in sorted(others):
        with pytest.raises(ManifestError, match=f"cannot '{mode}'"):
            bench.spec(mode)
    assert bench.modes


@pytest.mark.parametrize(
    ("case_name", "meta", "message"),
    [
        pytest.param(name, meta, message, id=f"{name}-{next(iter(meta))}-{at}")
        for name, case in CASES.items()
        for at, (meta, message) in enumerate([({"no_such_key": 1}, "unknown"), *case.mistakes])
    ],
)
def test_mistakes_are_told_when_the_manifest_is_read(
    bench: Bench, meta: dict[str, object], message: str
) -> None:
    with pytest.raises(ManifestError) as caught:
        bench.spec(**meta)
    (problem,) = caught.value.problems
    assert message in problem
    assert problem.startswith("models/syncs/_exposures.yml: sync 'contract': ")


@each_case
def test_a_variable_that_is_missing_is_named(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in bench.case.secrets:
        with monkeypatch.context() as patch:
            patch.delenv(name)
            with pytest.raises(DestinationSettingError, match=f"{name} is not set"):
                bench.deliver(bench.changes(rows(bench.case, range(1))))


@each_api
def test_an_address_in_the_clear_gets_no_secret(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The webhook's receiver is one's own and may be anywhere; a vendor is not."""
    if bench.case.destination == "webhook":
        return
    for name in set(bench.case.environment(bench.emulator)) - set(bench.case.secrets):
        with monkeypatch.context() as patch:
            patch.setenv(name, "http://vendor.example")
            with pytest.raises(DestinationSettingError, match=f"{name} is not an https address"):
                bench.deliver(bench.changes(rows(bench.case, range(1))))


@each_api
def test_wrong_credentials_stop_the_sync(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    right = bench.case.environment(bench.emulator)
    for name in bench.case.secrets:
        with monkeypatch.context() as patch:
            patch.setenv(name, bench.case.wrong(right[name]))
            with pytest.raises(DestinationUnusableError, match=r"^40[01]"):
                bench.deliver(bench.changes(rows(bench.case, range(2))))
    assert bench.emulator.held() == {}


@each_api
@pytest.mark.parametrize(
    ("header", "seconds"),
    [("7", 7.0), ("Sun, 15 Nov 2020 12:00:30 GMT", 0.0), (None, None)],
)
def test_throttling_is_told_with_the_wait_asked_for(
    bench: Bench, header: str | None, seconds: float | None
) -> None:
    headers = {"Retry-After": header} if header else {}
    bench.emulator.faults.append(Fault(status=429, headers=headers))
    with pytest.raises(ThrottledError) as caught:
        bench.deliver(bench.changes(rows(bench.case, range(2))))
    assert caught.value.retry_after == seconds


@each_api
def test_the_emulator_throttles_and_the_destination_says_so(bench: Bench) -> None:
    bench.emulator.clock = lambda: 0.0
    bench.emulator.rate = (0, 1.0)
    with pytest.raises(ThrottledError):
        bench.deliver(bench.changes(rows(bench.case, range(1))))


@each_api
@pytest.mark.parametrize("status", [500, 502, 503, 504, 408])
def test_a_failing_vendor_is_a_passing_failure(bench: Bench, status: int) -> None:
    bench.emulator.faults.append(Fault(status=status))
    with pytest.raises(TemporaryFailureError, match=f"^{status}"):
        bench.deliver(bench.changes(rows(bench.case, range(2))))


@each_api
@pytest.mark.parametrize("kind", ["reset", "swallow", "half"])
def test_a_broken_connection_is_a_passing_failure(bench: Bench, kind: str) -> None:
    bench.emulator.faults.append(Fault(kind))
    with pytest.raises(TemporaryFailureError):
        bench.deliver(bench.changes(rows(bench.case, range(2))))


@each_documented_case
@pytest.mark.parametrize(
    ("text", "content_type"),
    [
        ("<html>Back soon</html>", "text/html"),
        ("[]", "application/json"),
        ("null", "application/json"),
        ("", "application/json"),
    ],
)
def test_a_success_that_is_not_the_vendors_accepts_no_row(
    bench: Bench, text: str, content_type: str
) -> None:
    headers = {"Content-Type": content_type}
    bench.emulator.faults.append(Fault("rubbish", text=text, headers=headers))
    changes = bench.changes(rows(bench.case, range(2)))
    try:
        results = bench.deliver(changes)
    except TemporaryFailureError as error:
        assert error.reason == "200 without the document expected"
    else:
        assert {result.status for result in results} == {"retry"}


@each_api
def test_a_vendor_that_does_not_listen_is_a_passing_failure(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in bench.case.environment(bench.emulator).items():
        monkeypatch.setenv(name, value.replace(bench.emulator.url, "http://127.0.0.1:1"))
    bench.settings = bench.settings.model_copy(update={"webhook_url": None})
    with pytest.raises(TemporaryFailureError, match="connection"):
        bench.deliver(bench.changes(rows(bench.case, range(2))))


@each_api
def test_a_run_goes_through_a_vendor_that_fails_now_and_then(bench: Bench) -> None:
    sent = rows(bench.case, range(9))
    bench.emulator.faults.extend(
        [Fault("swallow"), Fault(), Fault("reset"), Fault(status=429), Fault("half")]
    )
    bench.put(sent)
    report = bench.run(bench.spec(batch_size=min(3, bench.case.module.limits.largest_batch)))
    assert (report.rejected, report.failed) == (0, 0)
    assert bench.emulator.held() == bench.expected(sent)
    assert bench.emulator.violations == []


@each_documented_case
@pytest.mark.parametrize("knows_ids", [True, False])
@pytest.mark.parametrize("answered", [0, 1, 2])
def test_a_delete_is_done_only_if_the_vendor_says_so(
    bench: Bench, knows_ids: bool, answered: int
) -> None:
    """Whichever of a delete's requests gets somebody else's success."""
    if "mirror" not in bench.case.module.modes:
        assert bench.modes
        return
    sent = rows(bench.case, range(3))
    ids = [result.receiver_id for result in bench.deliver(bench.changes(sent))]
    deletes = [
        change._replace(receiver_id=receiver_id if knows_ids else None)
        for change, receiver_id in zip(bench.changes(sent, "delete"), ids, strict=True)
    ]
    page = Fault("rubbish", text="<html>", headers={"Content-Type": "text/html"})
    bench.emulator.faults = deque([*[None] * answered, page])
    try:
        results = bench.deliver(deletes)
    except TemporaryFailureError:
        return
    done = {d.key for d, r in zip(deletes, results, strict=True) if r.status == "accepted"}
    assert not done & set(bench.emulator.held())


@each_documented_case
def test_a_storm_of_faults_leaves_the_payload_at_the_vendor(bench: Bench) -> None:
    """Rows come, change and go while every fourth request fails, many of them after all."""
    if "mirror" not in bench.case.module.modes:
        assert bench.modes
        return
    drawn = random.Random(20261124)
    kinds = [Fault("swallow"), Fault("reset"), Fault("half"), Fault(status=429), Fault(status=503)]
    kinds += [Fault("rubbish", text="<html>", headers={"Content-Type": "text/html"})]
    sent: list[dict[str, object]] = []
    for _ in range(3):
        chosen = sorted(drawn.sample(range(20), 12))
        sent = [bench.case.row(number, drawn.choice(["old", "new"])) for number in chosen]
        bench.emulator.faults = deque(
            drawn.choice(kinds) if drawn.random() < 0.25 else None for _ in range(40)
        )
        bench.put(sent)
        report = bench.run(bench.spec(batch_size=6))
        assert (report.rejected, report.failed) == (0, 0)
        assert bench.emulator.held() == bench.expected(sent)
    assert bench.emulator.violations == []


@pytest.mark.parametrize(
    "case_name", sorted(name for name, case in CASES.items() if case.rejection)
)
def test_a_refused_row_is_rejected_and_no_other(bench: Bench) -> None:
    sent = rows(bench.case, range(6))
    refused = [bench.case.key_of(2), bench.case.key_of(5)]
    bench.emulator.refuse(set(refused))
    bench.put(sent)
    report = bench.run()
    assert report.rejected == 2
    assert bench.rejections() == dict.fromkeys(refused, bench.case.rejection)
    kept = [row for number, row in enumerate(sent) if number not in (2, 5)]
    assert bench.emulator.held() == bench.expected(kept)
    assert bench.emulator.violations == []


@each_api
def test_an_answer_by_row_is_read_by_row(bench: Bench) -> None:
    if not bench.case.is_answered_by_row:
        return
    bench.emulator.refused = {bench.case.key_of(0), bench.case.key_of(3)}
    results = bench.deliver(bench.changes(rows(bench.case, range(5))))
    assert [result.status for result in results] == [
        *("rejected", "accepted", "accepted", "rejected", "accepted"),
    ]


@each_api
@pytest.mark.parametrize("status", [302, 400, 401, 403, 404, 409, 413, 422, 429, 500])
def test_nothing_that_is_said_holds_personal_data_or_a_secret(bench: Bench, status: int) -> None:
    sent = rows(bench.case, range(2))
    # Its message quotes the request and, as no vendor should, its code a value.
    value = max((text for text in sent[0].values() if isinstance(text, str)), key=len)
    bench.emulator.faults.append(Fault(status=status, code=value))
    with pytest.raises(DeliveryError) as caught:
        bench.deliver(bench.changes(sent))
    words = said(caught.value)
    assert not [text for text in bench.personal_data(sent) if text in words]
    assert str(status) in caught.value.reason


@each_api
def test_the_log_and_the_ledger_hold_no_personal_data(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    sent = rows(bench.case, range(3))
    bench.emulator.refused = {bench.case.key_of(1)}
    bench.put(sent)
    bench.run()
    bench.emulator.faults.extend([Fault(status=403)] * 20)
    bench.put(rows(bench.case, range(3), "new"))
    with pytest.raises(SyncStoppedError) as stopped:
        bench.run()
    words = said(stopped.value) + caplog.text + json.dumps(bench.rejections())
    private = bench.personal_data([*sent, *rows(bench.case, range(3), "new")])
    keys = {bench.case.key_of(number) for number in range(3)}
    assert not [text for text in private - keys if text in words]


def test_which_destinations_are_sent_merges(settings: Settings) -> None:
    assert MERGING == ["braze", "customerio", "hubspot", "iterable", "klaviyo", "webhook"]


@each_merging_case
def test_a_merged_row_is_gone_and_the_one_that_remains_stays(bench: Bench) -> None:
    sent = rows(bench.case, range(4))
    bench.deliver(bench.changes(sent))
    merges = [bench.merge(sent[0], sent[1]), bench.merge(sent[2], sent[1])]
    assert {result.status for result in bench.deliver(merges)} == {"accepted"}
    assert bench.emulator.held() == bench.expected([sent[1], sent[3]])
    assert bench.emulator.violations == []


@each_merging_case
def test_a_merge_that_comes_twice_or_of_a_row_never_heard_of_is_done(bench: Bench) -> None:
    sent = rows(bench.case, range(3))
    merges = [bench.merge(sent[0], sent[1]), bench.merge(bench.case.row(9, "old"), sent[1])]
    results = bench.deliver(bench.changes(sent), merges, merges)
    assert {result.status for result in results} == {"accepted"}
    assert bench.emulator.held() == bench.expected(sent[1:])
    assert bench.emulator.violations == []


@each_merging_case
def test_merges_keep_to_the_vendors_rows(bench: Bench) -> None:
    """One row more than the largest batch, or a hundred and more where that is far off."""
    bench.emulator.clock = iter(range(10**9)).__next__
    count = min(bench.case.module.limits.largest_batch, 120) + 1
    sent = rows(bench.case, range(count + 2))
    bench.deliver(bench.changes(sent[:-2]), bench.changes(sent[-2:]))
    merges = [bench.merge(row, sent[-1 - at % 2]) for at, row in enumerate(sent[:-2])]
    results = bench.deliver(merges[:-1], merges[-1:])
    assert [result.status for result in results] == ["accepted"] * count
    assert bench.emulator.held() == bench.expected(sent[-2:])
    assert bench.emulator.violations == []


@each_merging_case
def test_a_part_of_merges_takes_two_requests_at_most(bench: Bench) -> None:
    """The rate is kept by the part."""
    sent = rows(bench.case, range(6))
    bench.deliver(bench.changes(sent))

    async def requests(session: Session) -> list[int]:
        counts = []
        for part in session.split([bench.merge(gone, sent[0]) for gone in sent[1:]]):
            bench.emulator.calls.clear()
            await session.deliver(part)
            counts.append(len(bench.emulator.calls))
        return counts

    assert max(bench.in_session(requests)) <= 2
    assert bench.emulator.held() == bench.expected(sent[:1])


@each_merging_case
def test_updates_deletes_and_merges_of_one_batch_are_told_apart(bench: Bench) -> None:
    old = rows(bench.case, range(6))
    bench.deliver(bench.changes(old))
    new = rows(bench.case, range(4, 8), "new")
    mixed = [
        *(bench.merge(old[0], old[4]), *bench.changes([new[0], new[2]])),
        *(*bench.changes(old[1:2], "delete"), bench.merge(old[2], old[5])),
        *(*bench.changes([new[1], new[3]]), *bench.changes(old[3:4], "delete")),
    ]
    assert {result.status for result in bench.deliver(mixed)} == {"accepted"}
    assert bench.emulator.held().keys() == bench.expected(new).keys()
    assert bench.emulator.violations == []


@each_merging_case
def test_a_merge_into_a_row_that_is_not_there_loses_nobody(bench: Bench) -> None:
    sent = rows(bench.case, range(4))
    bench.deliver(bench.changes(sent))
    missing = bench.case.row(9, "old")
    merges = [bench.merge(sent[at], into) for at, into in ((0, sent[1]), (2, missing))]
    merges.append(bench.merge(sent[3], sent[1]))
    statuses = [result.status for result in bench.deliver(merges)]
    assert [statuses[0], statuses[2]] == ["accepted", "accepted"]
    kept = missing if statuses[1] == "accepted" else sent[2]
    assert set(bench.emulator.held()) == set(bench.expected([sent[1], kept]))
    assert bench.emulator.violations == []


@each_merging_case
@pytest.mark.parametrize("kind", ["reset", "swallow", "half"])
@pytest.mark.parametrize("answered", [0, 1])
def test_a_merge_whose_answer_is_lost_is_done_when_it_is_repeated(
    bench: Bench, kind: str, answered: int
) -> None:
    sent = rows(bench.case, range(2))
    bench.deliver(bench.changes(sent))
    merge = [bench.merge(*sent)]
    bench.emulator.faults = deque([*[None] * answered, Fault(kind)])
    if deliver_or_fail(bench, merge) is None:
        assert bench.deliver(merge)[0].status == "accepted"
    assert bench.emulator.held() == bench.expected(sent[1:])
    assert bench.emulator.violations == []


@pytest.mark.parametrize(
    "case_name", [name for name in MERGING if CASES[name].answers_with_a_document]
)
@pytest.mark.parametrize("answered", [0, 1])
def test_a_merge_is_done_only_if_the_vendor_says_so(bench: Bench, answered: int) -> None:
    """Whichever of a merge's requests gets somebody else's success."""
    sent = rows(bench.case, range(2))
    bench.deliver(bench.changes(sent))
    bench.emulator.calls.clear()
    bench.emulator.faults = deque([*[None] * answered, PAGE])
    is_met = deliver_or_fail(bench, [bench.merge(*sent)]) is None
    assert is_met == (len(bench.emulator.calls) > answered)


@pytest.mark.parametrize(
    "case_name", [name for name in MERGING if "profile_id" in CASES[name].columns]
)
def test_a_run_merges_the_rows_of_profiles_that_are_one(bench: Bench) -> None:
    """Unasked, a second merge into the same row too, and that row can be deleted afterwards."""
    sent = rows(bench.case, range(4))
    bench.put(sent)
    bench.run()
    for gone in (0, 1):
        bench.redirect(sent[gone], sent[2])
        bench.put(sent[gone + 1 :])
        report = bench.run()
        assert (report.merged, report.deleted, report.rejected) == (1, 0, 0)
        assert bench.emulator.held() == bench.expected(sent[gone + 1 :])
    bench.put(sent[3:])
    assert bench.run().deleted == 1
    assert bench.emulator.held() == bench.expected(sent[3:])
    assert bench.emulator.violations == []


def deliver_or_fail(bench: Bench, changes: list[Change]) -> list[RowResult] | None:
    """The results, or None where the delivery fails for the moment."""
    try:
        return bench.deliver(changes)
    except TemporaryFailureError:
        return None


@each_merging_case
def test_the_emulator_takes_only_merges_that_the_vendor_takes(bench: Bench) -> None:
    sent = rows(bench.case, range(2))
    bench.deliver(bench.changes(sent))
    bench.emulator.calls.clear()
    bench.deliver([bench.merge(*sent)])
    assert bench.emulator.calls
    for call, _ in bench.emulator.calls:
        for what, spoilt in spoilings(call, bench.emulator):
            assert bench.emulator.reply(spoilt).status >= 400, f"{call.method} {call.path}: {what}"


@each_api
def test_the_emulator_takes_only_what_the_vendor_takes(bench: Bench) -> None:
    """Each request of a run, spoilt in one respect, is refused; as it was, it is not."""
    bench.put(rows(bench.case, range(3)))
    bench.run()
    if "mirror" in bench.case.module.modes:
        bench.put(rows(bench.case, range(1)))
        bench.run()
    calls = [call for call, status in bench.emulator.calls if 200 <= status < 300]
    assert calls
    for call in calls:
        assert bench.emulator.reply(call).status < 300
        for what, spoilt in spoilings(call, bench.emulator):
            assert bench.emulator.reply(spoilt).status >= 400, f"{call.method} {call.path}: {what}"


def spoilings(call: Call, emulator: Emulator) -> Iterator[tuple[str, Call]]:
    """The request with one thing wrong at a time."""
    yield "path", replace(call, path=call.path + "x")
    yield "method", replace(call, method="PATCH" if call.method != "PATCH" else "PUT")
    yield "no sign-in", replace(call, headers={"Content-Type": "application/json"})
    yield "a query", replace(call, query={**call.query, "no_such_parameter": "1"})
    if not call.body:
        return
    yield "content type", replace(call, headers={**call.headers, "Content-Type": "text/html"})
    yield "half a body", emulator.signed_anew(replace(call, body=call.body[: len(call.body) // 2]))
    if "json" in call.headers.get("Content-Type", ""):
        for what, document in spoilt_documents(json.loads(call.body)):
            yield what, emulator.signed_anew(replace(call, body=json.dumps(document).encode()))


def spoilt_documents(document: dict[str, object]) -> Iterator[tuple[str, object]]:
    yield "an unknown field", {**document, "no_such_field": 1}
    yield "a list for an object", [document]
    for name, value in document.items():
        if isinstance(value, list):
            yield f"no {name}", {**document, name: []}
            yield f"too many {name}", {**document, name: value * 10_001}
            yield f"{name} of numbers", {**document, name: [1]}
        yield f"{name} of another type", {**document, name: {"x": 1.5}}
