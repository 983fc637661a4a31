"""What the webhook sends and how it reads answers, and what HTTP failures come to."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest
from aiohttp import web

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
from cdp.activation.destinations.http import (
    failure_reason,
    retry_after_seconds,
    safe_code,
)
from cdp.activation.destinations.webhook import (
    WebhookSession,
    request_key,
    secret_bytes,
    sign,
)
from tests.cdp.activation.activation_world import World, row

CHANGES = [
    Change("a", "insert", '{"name":"Zoë"}', "ia", 1),
    Change("b", "delete", "{}", "ib", 4, "receiver-b"),
]

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def deliver(handler: Handler, timeout: float = 5) -> list[RowResult]:
    """Deliver the two changes to a handler over a real connection."""

    async def run() -> list[RowResult]:
        application = web.Application()
        application.router.add_post("/hook", handler)
        runner = web.AppRunner(application)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
        try:
            limit = aiohttp.ClientTimeout(total=timeout)
            async with aiohttp.ClientSession(timeout=limit) as client:
                session = WebhookSession(client, url, b"secret", "members", "member")
                return list(await session.deliver(CHANGES))
        finally:
            await runner.cleanup()

    return asyncio.run(run())


def answering(status: int, document: object = None, **headers: str) -> Handler:
    async def handler(_: web.Request) -> web.Response:
        if document is None:
            return web.Response(status=status, headers=headers)
        return web.json_response(document, status=status, headers=headers)

    return handler


def test_the_request_is_signed_and_carries_keys() -> None:
    seen: dict[str, Any] = {}

    async def handler(request: web.Request) -> web.Response:
        body = await request.read()
        seen.update(headers=request.headers, body=body, document=await request.json())
        return web.Response()

    assert [result.status for result in deliver(handler)] == ["accepted", "accepted"]
    headers = seen["headers"]
    message_id, timestamp = headers["Webhook-Id"], headers["Webhook-Timestamp"]
    signed = f"{message_id}.{timestamp}.".encode() + seen["body"]
    digest = hmac.new(b"secret", signed, hashlib.sha256).digest()
    assert headers["Webhook-Signature"] == "v1," + base64.b64encode(digest).decode()
    assert headers["Idempotency-Key"] == message_id
    assert abs(int(timestamp) - datetime.now(UTC).timestamp()) < 60
    assert seen["document"] == {
        "sync": "members",
        "object": "member",
        "rows": [
            {
                "key": "a",
                "operation": "insert",
                "idempotency_key": "ia",
                "revision": 1,
                "values": {"name": "Zoë"},
            },
            {
                "key": "b",
                "operation": "delete",
                "idempotency_key": "ib",
                "revision": 4,
                "values": {},
            },
        ],
    }


def test_the_signature_is_that_of_the_standard_webhooks_specification() -> None:
    """The example of the specification's reference libraries."""
    secret = secret_bytes("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    signature = sign(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_secret_in_the_specifications_form_must_be_base64() -> None:
    assert secret_bytes("plain") == b"plain"
    with pytest.raises(ValueError, match="not base64"):
        secret_bytes("whsec_!")


def test_the_request_key_is_that_of_its_rows() -> None:
    assert request_key(CHANGES) == request_key(list(CHANGES))
    assert request_key(CHANGES) != request_key(CHANGES[:1])


@pytest.mark.parametrize(
    ("row_answer", "expected"),
    [
        ({"status": 200, "id": 7}, RowResult("accepted", None, "7")),
        ({}, RowResult("accepted")),
        ({"status": 422, "code": "invalid_email"}, RowResult("rejected", "422 invalid_email")),
        ({"status": 422, "code": "anna@example.com"}, RowResult("rejected", "422")),
        ({"status": 429}, RowResult("retry", "429")),
        ({"status": 503}, RowResult("retry", "503")),
        ({"status": "ok"}, RowResult("retry", "unreadable result for the row")),
    ],
)
@pytest.mark.parametrize("status", [200, 207])
def test_results_are_read_row_by_row(
    status: int, row_answer: dict[str, object], expected: RowResult
) -> None:
    document = {"results": [{"key": "b"} | row_answer, {"key": "a", "status": 201}]}
    assert deliver(answering(status, document)) == [RowResult("accepted"), expected]


def test_a_row_without_a_result_is_not_taken_for_received() -> None:
    results = deliver(answering(200, {"results": [{"key": "a", "status": 200}]}))
    assert [result.status for result in results] == ["accepted", "retry"]
    results = deliver(answering(207))
    assert [result.status for result in results] == ["retry", "retry"]


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, BatchRefusedError),
        (413, BatchRefusedError),
        (422, BatchRefusedError),
        (401, DestinationUnusableError),
        (403, DestinationUnusableError),
        (404, DestinationUnusableError),
        (302, DestinationUnusableError),
        (408, TemporaryFailureError),
        (423, TemporaryFailureError),
        (500, TemporaryFailureError),
        (503, TemporaryFailureError),
        (429, ThrottledError),
    ],
)
def test_statuses_come_to_what_delivery_understands(
    status: int, error: type[DeliveryError]
) -> None:
    document = {"code": "some_code", "message": "anna@example.com is bad"}
    with pytest.raises(error) as caught:
        deliver(answering(status, document, Location="/elsewhere"))
    assert type(caught.value) is error
    assert caught.value.reason == f"{status} some_code"


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_read(status: int) -> None:
    with pytest.raises(ThrottledError) as caught:
        deliver(answering(status, **{"Retry-After": "7"}))
    assert caught.value.retry_after == 7


def test_an_answer_that_does_not_come_in_time_is_a_passing_failure() -> None:
    async def handler(_: web.Request) -> web.Response:
        await asyncio.sleep(1)
        return web.Response()

    with pytest.raises(TemporaryFailureError, match="no answer in time"):
        deliver(handler, timeout=0.1)


def test_unreadable_json_is_a_passing_failure() -> None:
    async def handler(_: web.Request) -> web.Response:
        return web.Response(text='{"results": [', content_type="application/json")

    with pytest.raises(TemporaryFailureError, match="unreadable JSON"):
        deliver(handler)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120),
        ("0.5", 0.5),
        ("Sun, 15 Nov 2026 12:00:30 GMT", 30),
        ("Sun, 15 Nov 2026 11:00:00 GMT", 0),
        ("soon", None),
        ("-5", None),
        (None, None),
    ],
)
def test_retry_after_is_seconds_or_a_date(header: str | None, seconds: float | None) -> None:
    assert retry_after_seconds(header, datetime(2026, 11, 15, 12, tzinfo=UTC)) == seconds


@pytest.mark.parametrize("code", ["anna@example.com", "+491711234567", "Anna Smith", "a" * 99, 7])
def test_codes_that_could_be_personal_data_are_dropped(code: object) -> None:
    assert safe_code(code) is None
    assert failure_reason(422, {"code": code}) == "422"


@pytest.mark.parametrize(
    ("variable", "value", "message"),
    [
        ("CDP_WEBHOOK_SECRET", "", "CDP_WEBHOOK_SECRET is not set"),
        ("CDP_WEBHOOK_SECRET", "whsec_!", "CDP_WEBHOOK_SECRET: the part after whsec_"),
        ("HOOK_URL", "", "HOOK_URL is not set"),
        ("HOOK_URL", "ftp://example.com", "HOOK_URL is not an http"),
    ],
)
@pytest.mark.parametrize("settings", ["duckdb"], indirect=True)
def test_settings_that_are_missing_are_named(
    world: World, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, message: str
) -> None:
    monkeypatch.setenv("HOOK_URL", world.receiver.url)
    monkeypatch.setenv(variable, value)
    world.put([row("p1")])
    with pytest.raises(DestinationSettingError, match=message):
        world.run(world.spec(url_variable="HOOK_URL"))
