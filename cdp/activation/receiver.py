"""A local receiver of webhook syncs: listens on a port, checks signatures and keeps what it gets.

`python -m cdp.activation.receiver --port PORT --store FILE` serves until it is stopped;
port 0 takes a free one. The first line on standard output is `{"url": …}`. It signs nothing and
listens on the loopback interface only: it is for the demo, for trials and for tests.

- `POST /` takes a batch. Rows with a known idempotency key, or with a revision below the one it
  has, are acknowledged and change nothing.
- `GET /summary` counts what has come, by sync.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import web
from standardwebhooks import Webhook, WebhookVerificationError

from cdp.activation.destinations.webhook import DEFAULT_SECRET_VARIABLE, secret_bytes
from cdp.activation.faults import FaultPlan, Misbehaviour
from cdp.activation.receiver_store import Store
from cdp.settings import PROJECT_DIR

MAX_BODY_BYTES = 32 * 1024 * 1024
START_SECONDS = 30.0


class ReceiverApplication:
    """The HTTP side of the receiver."""

    def __init__(self, store: Store, secret: bytes, misbehaviour: Misbehaviour) -> None:
        self._store = store
        self._secret = secret
        self._misbehaviour = misbehaviour

    def application(self) -> web.Application:
        """The aiohttp application."""
        application = web.Application(client_max_size=MAX_BODY_BYTES)
        application.router.add_post("/", self.receive)
        application.router.add_get("/summary", self.summary)
        return application

    async def summary(self, _: web.Request) -> web.Response:
        """Answer `GET /summary`."""
        return web.json_response(self._store.summary())

    async def receive(self, request: web.Request) -> web.StreamResponse:
        """Answer `POST /`."""
        body = await request.read()
        if not self._is_signed(request, body):
            return self._answer(401, {"code": "bad_signature"})
        try:
            batch = json.loads(body)
        except ValueError:
            return self._answer(400, {"code": "bad_json"})
        fault = self._misbehaviour.next_fault()
        plan = self._misbehaviour.plan
        await asyncio.sleep(plan.delay_seconds)
        if fault == "stall":
            await asyncio.sleep(plan.stall_seconds)
        if fault in ("reset", "stall"):
            return self._broken(request)
        if plan.status or fault in ("throttle", "error", "refuse"):
            return self._refusal(plan, fault)
        if set(plan.refused_keys) & {row["key"] for row in batch["rows"]}:
            return self._answer(400, {"code": "bad_row"})
        return await self._take(request, batch, plan, fault)

    def _refusal(self, plan: FaultPlan, fault: str) -> web.Response:
        statuses = {"throttle": 429, "error": 500, "refuse": 400}
        status = plan.status or statuses[fault]
        headers = {}
        if status in (429, 503) and plan.retry_after >= 0:
            headers["Retry-After"] = f"{plan.retry_after:g}"
        return self._answer(status, {"code": "on_demand"}, headers)

    async def _take(
        self, request: web.Request, batch: Mapping[str, Any], plan: FaultPlan, fault: str
    ) -> web.StreamResponse:
        results = []
        taken = []
        for at, row in enumerate(batch["rows"]):
            result = {"key": row["key"], "status": 200, "id": f"received-{row['key']}"}
            if row["key"] in plan.rejected_keys:
                result = {"key": row["key"], "status": 422, "code": "invalid_row"}
            elif fault == "row_errors" and at % 2 == 0:
                result = {"key": row["key"], "status": 503, "code": "busy"}
            else:
                taken.append(row)
            results.append(result)
        self._store.take(batch, taken, request.headers["Idempotency-Key"])
        if fault == "swallow":
            return self._broken(request)
        if fault == "half":
            return await self._half(request, {"results": results})
        status = 200 if len(taken) == len(results) else 207
        if plan.is_terse and status == 200:
            self._store.log_request(200)
            return web.Response()
        return self._answer(status, {"results": results})

    def _answer(
        self, status: int, document: Mapping[str, Any], headers: Mapping[str, str] | None = None
    ) -> web.Response:
        self._store.log_request(status)
        return web.json_response(document, status=status, headers=headers)

    def _broken(self, request: web.Request) -> web.Response:
        self._store.log_request(0)
        if request.transport is not None:
            request.transport.abort()
        return web.Response()

    async def _half(self, request: web.Request, document: Mapping[str, Any]) -> web.StreamResponse:
        self._store.log_request(0)
        content = json.dumps(document).encode()
        response = web.StreamResponse(
            headers={"Content-Type": "application/json", "Content-Length": str(len(content))}
        )
        await response.prepare(request)
        await response.write(content[: len(content) // 2])
        if request.transport is not None:
            request.transport.close()
        return response

    def _is_signed(self, request: web.Request, body: bytes) -> bool:
        try:
            Webhook(self._secret).verify(body, dict(request.headers), json_parse=False)
        except (WebhookVerificationError, ValueError):
            return False
        return True


async def _serve(application: web.Application, port: int) -> None:
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port, backlog=512)
    await site.start()
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    print(json.dumps({"url": f"http://127.0.0.1:{runner.addresses[0][1]}/"}), flush=True)
    await stopped.wait()
    await runner.cleanup()


@dataclass(frozen=True)
class RunningReceiver:
    """A receiver in a process of its own."""

    url: str
    store: Path
    faults: Path

    def misbehave(self, plan: FaultPlan) -> None:
        """Go wrong as the plan says, from the next request on."""
        plan.write(self.faults)

    @contextmanager
    def kept(self) -> Iterator[Store]:
        """What it has got so far."""
        with contextlib.closing(Store(self.store)) as store:
            yield store


@contextmanager
def running_receiver(store: Path, *, secret: str, port: int = 0) -> Iterator[RunningReceiver]:
    """Start a receiver as a process and stop it on leaving; port 0 takes a free one."""
    store.parent.mkdir(parents=True, exist_ok=True)
    faults = store.with_suffix(".faults.json")
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "cdp.activation.receiver"),
            *("--port", str(port), "--store", str(store), "--faults", str(faults)),
        ],
        stdout=subprocess.PIPE,
        cwd=PROJECT_DIR,
        env=os.environ | {DEFAULT_SECRET_VARIABLE: secret},
        text=True,
    )
    try:
        line = process.stdout.readline() if process.stdout else ""
        if not line:
            raise RuntimeError(f"the receiver ended at once with status {process.wait()}")
        yield RunningReceiver(json.loads(line)["url"], store, faults)
    finally:
        process.terminate()
        process.wait(timeout=10)
        if process.stdout:
            process.stdout.close()


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until stopped; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m cdp.activation.receiver")
    parser.add_argument("--port", type=int, default=8787)
    parser.add_argument("--store", type=Path, required=True, help="SQLite file")
    parser.add_argument("--faults", type=Path, help="JSON file of a FaultPlan, read when replaced")
    options = parser.parse_args(arguments)
    secret = os.environ.get(DEFAULT_SECRET_VARIABLE)
    if not secret:
        print(f"error: set {DEFAULT_SECRET_VARIABLE} to the sender's secret", file=sys.stderr)
        return 1
    store = Store(options.store)
    receiver = ReceiverApplication(store, secret_bytes(secret), Misbehaviour(options.faults))
    try:
        asyncio.run(_serve(receiver.application(), options.port))
    finally:
        store.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
