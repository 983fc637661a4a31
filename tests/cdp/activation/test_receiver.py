"""The local receiver: what it lets in, keeps and says."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Mapping

import pytest

from cdp.activation.destinations.webhook import secret_bytes, sign
from cdp.activation.faults import FaultPlan, Misbehaviour
from cdp.activation.receiver import RunningReceiver
from tests.cdp.activation.activation_world import SECRET


def post(
    receiver: RunningReceiver, body: bytes, headers: Mapping[str, str] | None = None, age: int = 0
) -> int:
    timestamp = int(time.time()) - age
    signed = {
        "Webhook-Id": "m1",
        "Idempotency-Key": "m1",
        "Webhook-Timestamp": str(timestamp),
        "Webhook-Signature": sign(secret_bytes(SECRET), "m1", timestamp, body),
    }
    request = urllib.request.Request(receiver.url, body, signed | dict(headers or {}))  # noqa: S310
    try:
        with urllib.request.urlopen(request) as response:  # noqa: S310
            return int(response.status)
    except urllib.error.HTTPError as error:
        return error.code


def batch(sync: str, operation: str = "insert", revision: int = 1, value: str = "a") -> bytes:
    rows = [
        {
            "key": "k",
            "operation": operation,
            "idempotency_key": f"{sync}-{operation}-{revision}",
            "revision": revision,
            "values": {"value": value},
        }
    ]
    return json.dumps({"sync": sync, "object": "things", "rows": rows}).encode()


def test_unsigned_forged_and_old_requests_are_refused(receiver: RunningReceiver) -> None:
    body = batch("signing")
    assert post(receiver, body) == 200
    assert post(receiver, body, {"Webhook-Signature": "v1,AAAA"}) == 401
    assert post(receiver, body, {"Webhook-Timestamp": "yesterday"}) == 401
    assert post(receiver, body, age=3600) == 401
    assert post(receiver, b"not JSON") == 400


def test_a_repeated_key_is_acknowledged_and_changes_nothing(receiver: RunningReceiver) -> None:
    post(receiver, batch("repeating", value="a"))
    assert post(receiver, batch("repeating", value="b")) == 200
    with receiver.kept() as store:
        assert store.rows("repeating") == {"k": {"value": "a"}}
        assert [entry[4] for entry in store.deliveries("repeating")] == [False, True]


def test_a_late_older_revision_does_not_win(receiver: RunningReceiver) -> None:
    post(receiver, batch("late", "delete", revision=2))
    post(receiver, batch("late", "insert", revision=1))
    with receiver.kept() as store:
        assert store.rows("late") == {}


def test_the_summary_counts_by_sync(receiver: RunningReceiver) -> None:
    for revision, operation in enumerate(["insert", "update", "update"], start=1):
        post(receiver, batch("counting", operation, revision))
    post(receiver, batch("counting", "update", 3))
    with urllib.request.urlopen(receiver.url + "summary") as response:  # noqa: S310
        summary = json.load(response)
    assert summary["syncs"]["counting"] == {
        "object": "things",
        "held": 1,
        "received": {"insert": 1, "update": 2},
        "duplicates": 1,
    }
    assert summary["requests"]["200"] >= 4


@pytest.mark.parametrize(("status", "seen"), [(429, 429), (500, 500), (418, 418)])
def test_a_status_on_demand(receiver: RunningReceiver, status: int, seen: int) -> None:
    receiver.misbehave(FaultPlan(status=status))
    assert post(receiver, batch("on_demand")) == seen


def test_faults_follow_the_script_then_the_seeded_shares(receiver: RunningReceiver) -> None:
    plan = FaultPlan(script=["error", "none"], shares={"reset": 0.5, "half": 0.25}, seed=3)
    drawn = []
    for _ in range(2):
        receiver.misbehave(plan)
        misbehaviour = Misbehaviour(receiver.faults)
        drawn.append([misbehaviour.next_fault() for _ in range(402)])
    assert drawn[0] == drawn[1]
    assert drawn[0][:2] == ["error", "none"]
    assert 150 < drawn[0].count("reset") < 250
    assert 60 < drawn[0].count("half") < 140
