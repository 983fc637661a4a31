"""What every vendor's emulator does: a real server that refuses what the vendor would refuse.

A vendor's emulator says in `answer` what its API does with a request, raising `Refused` for
anything the vendor would not take; sign-in, rate, body size and faults on demand are done here.
Documents are checked against a JSON schema that knows every field: an unknown one is refused.
"""

from __future__ import annotations

import asyncio
import json
import threading
import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import pytest
from aiohttp import web
from jsonschema import Draft202012Validator

MAX_BODY_BYTES = 256 * 1024 * 1024


@dataclass(frozen=True)
class Call:
    """A request as it came; the path with its percent signs."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    @cached_property
    def document(self) -> Any:
        """The body as JSON, if it says that it is; an object may not have a name twice."""
        content_type = self.headers.get("Content-Type", "").split(";")[0].strip()
        if not content_type.endswith("json"):
            raise Refused(415, "unsupported_media_type")
        try:
            return json.loads(self.body, object_pairs_hook=_unique_names)
        except ValueError:
            raise Refused(400, "bad_json") from None


def _unique_names(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) != len(pairs):
        raise ValueError("a name twice")
    return document


@dataclass(frozen=True)
class Reply:
    """An answer: a document is sent as JSON, text as it is."""

    status: int = 200
    document: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    text: str | None = None


class Refused(Exception):
    """What the vendor would not take. `code` is the vendor's own where it has codes."""

    def __init__(self, status: int, code: str, text: str = "") -> None:
        super().__init__(f"{status} {code} {text}")
        self.status = status
        self.code = code


@dataclass(frozen=True)
class Fault:
    """How the next request fails instead of being answered.

    `answer` gives `status` and `code`; `reset` breaks the connection before the request is taken;
    `swallow` takes it and breaks the connection; `half` takes it and sends half of the answer;
    `rubbish` is a success with `text` of somebody else's, such as a page of a proxy.
    """

    kind: Literal["answer", "reset", "swallow", "half", "rubbish"] = "answer"
    status: int = 500
    headers: Mapping[str, str] = field(default_factory=dict)
    code: str = "on_demand"
    text: str = ""


def strict(document: Any, schema: Mapping[str, Any]) -> None:
    """Refuse a document that does not fit a schema."""
    for error in Draft202012Validator(schema).iter_errors(document):
        place = "/".join(map(str, error.absolute_path))
        raise Refused(400, "VALIDATION_ERROR", f"{place}: {error.validator}")


def record(required: Mapping[str, Any], **optional: Any) -> dict[str, Any]:
    """Schema of an object with these fields and no others."""
    return {
        "type": "object",
        "properties": {**required, **optional},
        "required": list(required),
        "additionalProperties": False,
    }


def listing(items: Mapping[str, Any], most: int) -> dict[str, Any]:
    """Schema of a list of at least one and at most `most`."""
    # In this order: a list that is too long is not looked through.
    return {"type": "array", "maxItems": most, "minItems": 1, "items": items}


TEXT = {"type": "string", "minLength": 1}


class Emulator(ABC):
    """A vendor's API on the loopback interface.

    Attributes:
        rate: The vendor's limit: requests, and the seconds in which they may come.
        largest_body: Bytes of a body that the vendor takes.
        most_at_once: Requests that may be under way at once; None for no limit.
        clock: Seconds, for the rate.
        delay_seconds: How long an answer takes.
        peak: The most requests that were under way at once.
        calls: Every request so far with the status that it got; 0 for none.
        violations: What was refused as no correct client would send it. Faults and refusals that
            a test asked for do not count.
        faults: Failures of the next requests; None where one is answered.
        refused: Keys of rows that the vendor refuses, in its own way.
    """

    rate: tuple[int, float]
    largest_body: int = MAX_BODY_BYTES
    most_at_once: int | None = None

    def __init__(self) -> None:
        self.clock: Callable[[], float] = time.monotonic
        self.calls: list[tuple[Call, int]] = []
        self.violations: list[str] = []
        self.faults: deque[Fault | None] = deque()
        self.refused: set[str] = set()
        self.url = ""
        self.delay_seconds = 0.0
        self.peak = 0
        self._under_way = 0
        self._moments: deque[float] = deque()

    @abstractmethod
    def is_signed_in(self, call: Call) -> bool:
        """Whether the request has the right secret in the right place."""

    @abstractmethod
    def answer(self, call: Call) -> Reply:
        """Do what the vendor does; raises `Refused`."""

    @abstractmethod
    def refusal(self, status: int, code: str, text: str) -> Any:
        """The document of a refusal in the vendor's form; `text` goes where its message is."""

    @abstractmethod
    def held(self) -> dict[str, dict[str, Any]]:
        """What the vendor holds, by the sync's key."""

    def prepare(self, request: pytest.FixtureRequest) -> None:  # noqa: B027  # may do nothing
        """Get what it needs from fixtures; most need nothing."""

    def refuse(self, keys: set[str]) -> None:
        """Refuse rows of these keys from now on."""
        self.refused = keys

    def may_fail(self, call: Call) -> bool:
        """Whether a fault may befall the request; a sign-in of its own goes through."""
        return True

    def on_the_wire(self, reply: Reply) -> Reply:
        """The answer as the vendor gives it, who may say with another status what HTTP would."""
        return reply

    def throttle_headers(self) -> Mapping[str, str]:
        """Headers of a 429."""
        return {}

    def signed_anew(self, call: Call) -> Call:
        """A request whose body was spoilt, signed as its sender would; most sign no body."""
        return call

    def reply(self, call: Call) -> Reply:
        """The answer without faults."""
        try:
            if not self.is_signed_in(call):
                raise Refused(401, "unauthorized")
            self._count_against_rate()
            if len(call.body) > self.largest_body:
                raise Refused(413, "too_large")
            return self.answer(call)
        except Refused as refused:
            self.violations.append(str(refused))
            headers = self.throttle_headers() if refused.status == 429 else {}
            return self._refusal(call, refused.status, refused.code, headers)

    def _refusal(self, call: Call, status: int, code: str, headers: Mapping[str, str]) -> Reply:
        # Vendors quote what they were sent; nothing of it may come back in a reason.
        quoted = call.body.decode(errors="replace") + " ".join(call.headers.values())
        return Reply(status, self.refusal(status, code, quoted), headers)

    def _count_against_rate(self) -> None:
        most, seconds = self.rate
        now = self.clock()
        while self._moments and self._moments[0] <= now - seconds:
            self._moments.popleft()
        if len(self._moments) >= most:
            raise Refused(429, "RATE_LIMITS")
        if self.most_at_once is not None and self._under_way > self.most_at_once:
            raise Refused(429, "TOO_MANY_AT_ONCE")
        self._moments.append(now)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one request over HTTP."""
        self._under_way += 1
        self.peak = max(self.peak, self._under_way)
        try:
            await asyncio.sleep(self.delay_seconds)
            return await self._handle(request)
        finally:
            self._under_way -= 1

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        body, path = await request.read(), request.rel_url.raw_path
        call = Call(request.method, path, request.query, request.headers, body)
        fault = self.faults.popleft() if self.faults and self.may_fail(call) else None
        if fault and fault.kind == "reset":
            return self._broken(request, call)
        if fault and fault.kind == "rubbish":
            reply = Reply(200, text=fault.text, headers=fault.headers)
        elif fault and fault.kind == "answer":
            reply = self._refusal(call, fault.status, fault.code, fault.headers)
        else:
            reply = self.reply(call)
        if fault and fault.kind == "swallow":
            return self._broken(request, call)
        self.calls.append((call, reply.status))
        if not fault or fault.kind != "answer":
            reply = self.on_the_wire(reply)
        content = _content(reply)
        headers = dict(reply.headers)
        if reply.text is None and reply.document is not None:
            headers["Content-Type"] = "application/json"
        if fault and fault.kind == "half":
            return await _half(request, content, headers)
        return web.Response(status=reply.status, body=content, headers=headers)

    def _broken(self, request: web.Request, call: Call) -> web.Response:
        self.calls.append((call, 0))
        if request.transport is not None:
            request.transport.abort()
        return web.Response()


def _content(reply: Reply) -> bytes:
    if reply.text is not None:
        return reply.text.encode()
    return b"" if reply.document is None else json.dumps(reply.document).encode()


async def _half(
    request: web.Request, content: bytes, headers: Mapping[str, str]
) -> web.StreamResponse:
    length = str(max(len(content), 2))
    response = web.StreamResponse(headers={**headers, "Content-Length": length})
    await response.prepare(request)
    await response.write(content[: len(content) // 2])
    if request.transport is not None:
        request.transport.close()
    return response


@contextmanager
def serving(emulator: Emulator) -> Iterator[None]:
    """Serve on a free port in a thread of its own; sets `emulator.url`."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def start() -> web.AppRunner:
        application = web.Application(client_max_size=MAX_BODY_BYTES)
        application.router.add_route("*", "/{path:.*}", emulator.handle)
        runner = web.AppRunner(application, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        emulator.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        return runner

    runner = asyncio.run_coroutine_threadsafe(start(), loop).result()
    try:
        yield
    finally:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
