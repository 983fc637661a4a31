"""Messages: when they expire, what goes with them, and how each vendor says that one failed."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cdp.activation.destinations.base import (
    BatchRefusedError,
    Change,
    DeliveryError,
    DestinationSettingError,
    DestinationUnusableError,
    RowResult,
    TemporaryFailureError,
    ThrottledError,
)
from cdp.dbt.manifest import ManifestError
from tests.cdp.activation.destinations import case_fcm, case_onesignal, case_slack
from tests.cdp.activation.destinations.conftest import OpenBench
from tests.cdp.activation.destinations.contract import Bench, Case
from tests.cdp.activation.emulators.emulator import Refused
from tests.cdp.activation.emulators.slack import CHANNEL, SlackEmulator

pytestmark = pytest.mark.parametrize("settings", ["duckdb"], indirect=True)

CASES = {"fcm": case_fcm.CASE, "onesignal": case_onesignal.CASE, "slack": case_slack.CASE}
every = pytest.mark.parametrize("name", sorted(CASES))
push = pytest.mark.parametrize("name", ["fcm", "onesignal"])


def expiring(case: Case) -> Case:
    """The case with a time after which a message is not to be sent."""
    columns = {**case.columns, "expires_at": "timestamp"}
    return replace(case, columns=columns, meta={**case.meta, "expires_at": "expires_at"})


@pytest.fixture
def bench(name: str, open_bench: OpenBench) -> Bench:
    return open_bench(expiring(CASES[name]))


def message(bench: Bench, seconds: float | None = None, **values: object) -> Change:
    """The change of a message that expires in so many seconds."""
    moment = None if seconds is None else datetime.now(UTC) + timedelta(seconds=seconds)
    iso = None if moment is None else moment.isoformat().replace("+00:00", "Z")
    row = {**bench.case.row(1, "old"), "expires_at": iso, **values}
    return Change("k00001", "insert", json.dumps(row), "0123456789abcdef" * 2, 1)


def last_body(bench: Bench) -> Any:
    return json.loads(bench.emulator.calls[-1][0].body)


@every
def test_an_expired_message_is_rejected_and_not_sent(bench: Bench) -> None:
    assert bench.deliver([message(bench, -1)]) == [RowResult("rejected", "expired")]
    assert bench.emulator.held() == {}


@every
def test_a_message_that_has_not_expired_is_sent(bench: Bench) -> None:
    sent = bench.deliver([message(bench, 60)], [message(bench)])
    assert {result.status for result in sent} == {"accepted"}
    assert bench.emulator.violations == []


def ttl(bench: Bench) -> int:
    body = last_body(bench)
    return int(body["message"]["android"]["ttl"][:-1] if "message" in body else body["ttl"])


@push
def test_the_vendor_tries_no_longer_than_the_message_lives(bench: Bench) -> None:
    spec = bench.spec(ttl_seconds=600)
    bench.deliver([message(bench, 100_000)], spec=spec)
    assert ttl(bench) == 600
    bench.deliver([message(bench)], spec=spec)
    assert ttl(bench) == 600
    bench.deliver([message(bench, 90)], spec=spec)
    assert 0 < ttl(bench) <= 90


@every
def test_the_time_of_expiry_is_a_timestamp_of_the_payload(bench: Bench) -> None:
    with pytest.raises(ManifestError, match="expires_at names 'later'"):
        bench.spec(expires_at="later")
    with pytest.raises(ManifestError, match="which is text: cast it to timestamp"):
        bench.spec(expires_at="message_key")


@every
def test_the_vendors_id_of_a_message_is_kept(bench: Bench) -> None:
    (result,) = bench.deliver([message(bench)])
    assert result.receiver_id


@push
def test_a_title_may_be_left_out(bench: Bench) -> None:
    assert bench.deliver([message(bench)], spec=bench.spec(title=None))[0].status == "accepted"
    assert bench.emulator.violations == []


@pytest.mark.parametrize("name", ["fcm"])
def test_fcm_has_an_end_for_each_platform_and_one_tag(bench: Bench) -> None:
    bench.deliver([message(bench)], spec=bench.spec(ttl_seconds=600))
    sent, tag = last_body(bench)["message"], "0123456789abcdef" * 2
    assert sent["android"] == {"ttl": "600s", "notification": {"tag": tag}}
    assert sent["webpush"]["headers"] == {"TTL": "600", "Topic": tag}
    assert sent["apns"]["headers"]["apns-collapse-id"] == tag
    assert abs(int(sent["apns"]["headers"]["apns-expiration"]) - time.time() - 600) < 60


@pytest.mark.parametrize("name", ["fcm"])
def test_fcm_shows_a_repeated_message_once(bench: Bench) -> None:
    bench.deliver([message(bench)], [message(bench)])
    assert len(bench.emulator.held()) == 1


@pytest.mark.parametrize("name", ["fcm"])
def test_fcms_data_are_texts_and_null_is_left_out(bench: Bench) -> None:
    columns = {**bench.case.columns, "price": "double precision", "is_new": "boolean", "no": "text"}
    wide = replace(bench, case=replace(bench.case, columns=columns))
    spec = wide.spec(data=["message_key", "price", "is_new", "no"])
    wide.deliver([message(wide, price=9.5, is_new=True, no=None)], spec=spec)
    assert last_body(bench)["message"]["data"] == {
        "message_key": "k00001",
        "price": "9.5",
        "is_new": "true",
    }


@pytest.mark.parametrize("name", ["fcm"])
def test_a_message_larger_than_fcm_takes_is_refused_unsent(bench: Bench) -> None:
    frame = '{"notification":{"body":"","title":"t"},"data":{"message_key":"k00001"}}'
    most = (4_096 - len(frame)) // len("ö".encode())
    with pytest.raises(BatchRefusedError, match="413"):
        bench.deliver([message(bench, title="t", body="ö" * (most + 1))])
    assert bench.emulator.calls == []
    assert bench.deliver([message(bench, title="t", body="ö" * most)])[0].status == "accepted"


@pytest.mark.parametrize("name", ["fcm"])
@pytest.mark.parametrize("column", ["from", "gcm_id", "google_id", "message_type"])
def test_a_name_that_fcm_keeps_for_itself_is_a_mistake(bench: Bench, column: str) -> None:
    columns = {**bench.case.columns, column: "text"}
    with pytest.raises(ManifestError, match=f"data names '{column}', which FCM keeps"):
        replace(bench, case=replace(bench.case, columns=columns)).spec(data=[column])


@pytest.mark.parametrize("name", ["fcm"])
@pytest.mark.parametrize(
    ("change_key", "problem"),
    [
        (lambda key: "not json", "is not a service account's JSON key"),
        (lambda key: "[]", "is not a service account's JSON key"),
        (lambda key: json.dumps(key | {"private_key": "x"}), "is not a service account's JSON key"),
        (lambda key: json.dumps(key | {"token_uri": "http://example.com"}), "token_uri in"),
        (lambda key: json.dumps(key | {"project_id": ""}), "names no project_id"),
    ],
)
def test_a_key_that_is_none_is_named_and_not_shown(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, change_key: Any, problem: str
) -> None:
    variable = "CDP_GOOGLE_SERVICE_ACCOUNT"
    key = json.loads(bench.case.environment(bench.emulator)[variable])
    monkeypatch.setenv(variable, change_key(key))
    with pytest.raises(DestinationSettingError, match=problem) as caught:
        bench.deliver([message(bench)])
    assert "PRIVATE" not in str(caught.value)


@pytest.mark.parametrize("name", ["onesignal"])
def test_onesignal_knows_a_repeated_message_by_its_key(bench: Bench) -> None:
    first, second = bench.deliver([message(bench)], [message(bench)])
    other = bench.deliver([message(bench)._replace(idempotency_key="f" * 32)])[0]
    assert first.receiver_id == second.receiver_id != other.receiver_id


@pytest.mark.parametrize("name", ["onesignal"])
def test_onesignal_goes_faster_only_where_the_sync_says_so(bench: Bench) -> None:
    assert bench.spec().rate_per_second == 150
    assert bench.spec(rate_per_second=6_000).rate_per_second == 6_000


@pytest.mark.parametrize("name", ["slack"])
def test_a_channel_of_a_row_that_slack_does_not_know_is_the_rows_fault(bench: Bench) -> None:
    columns = {**bench.case.columns, "room": "text"}
    by_row = replace(bench, case=replace(bench.case, columns=columns))
    spec = by_row.spec(channel_id=None, channel_column="room")
    rooms = [[message(by_row, room=room)] for room in (CHANNEL, "C0000000000")]
    assert by_row.deliver(*rooms, spec=spec) == [
        RowResult("accepted", None, "1795444504.000001"),
        RowResult("rejected", "200 channel_not_found"),
    ]


@pytest.mark.parametrize("name", ["slack"])
def test_a_channel_of_the_sync_that_slack_does_not_know_stops_the_run(bench: Bench) -> None:
    with pytest.raises(DestinationUnusableError, match="404 channel_not_found"):
        bench.deliver([message(bench)], spec=bench.spec(channel_id="C0000000000"))


@pytest.mark.parametrize("name", ["slack"])
@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("ratelimited", ThrottledError),
        ("service_unavailable", TemporaryFailureError),
        ("token_revoked", DestinationUnusableError),
        ("missing_scope", DestinationUnusableError),
        ("not_in_channel", DestinationUnusableError),
    ],
)
def test_slacks_errors_come_to_what_delivery_understands(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, code: str, error: type[DeliveryError]
) -> None:
    def refuse(*_: object) -> None:
        raise Refused(422, code)

    monkeypatch.setattr(SlackEmulator, "answer", refuse)
    with pytest.raises(error, match=code):
        bench.deliver([message(bench)])


@pytest.mark.parametrize("name", ["slack"])
def test_an_error_of_slacks_that_is_no_code_is_not_repeated(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise Refused(422, "ann@example.com")

    monkeypatch.setattr(SlackEmulator, "answer", refuse)
    assert bench.deliver([message(bench)]) == [RowResult("rejected", "200 unknown_error")]


@pytest.mark.parametrize("name", ["slack"])
def test_a_text_longer_than_slack_shows_is_refused_unsent(bench: Bench) -> None:
    with pytest.raises(BatchRefusedError, match="413"):
        bench.deliver([message(bench, text="&" * 8_001)])
    assert bench.emulator.calls == []
    assert bench.deliver([message(bench, text="k00001" + "&" * 7_998)])[0].status == "accepted"
