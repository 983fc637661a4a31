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
import hmac
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import web

from cdp.activation.destinations.base import REMOVING
from cdp.activation.destinations.webhook import (
    DEFAULT_SECRET_VARIABLE,
    secret_bytes,
    sign,
)
from cdp.activation.faults import FaultPlan, Misbehaviour
from cdp.settings import PROJECT_DIR

LARGEST_BODY_BYTES = 32 * 1024 * 1024
# Older signatures may be replays.
SIGNATURE_AGE_SECONDS = 300
START_SECONDS = 30.0

_TABLES = """
create table if not exists state (
    sync text not null,
    object text not null,
    key text not null,
    is_deleted integer not null,
    revision integer not null,
    values_json text not null,
    primary key (sync, key)
) without rowid;
create table if not exists deliveries (
    sync text not null,
    key text not null,
    operation text not null,
    idempotency_key text not null,
    revision integer not null,
    is_duplicate integer not null,
    request_key text not null,
    into_key text,
    received_at real not null
);
create table if not exists seen (idempotency_key text primary key) without rowid;
create table if not exists requests (received_at real not null, status integer not null);
create index if not exists deliveries_by_key on deliveries (sync, key);
"""


class Store:
    """What a receiver got, in a SQLite file that may be read while it runs."""

    def __init__(self, file: Path) -> None:
        self._database = sqlite3.connect(file, isolation_level=None)
        self._database.execute("pragma journal_mode = wal")
        self._database.execute("pragma synchronous = normal")
        self._database.executescript(_TABLES)

    def take(self, batch: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], key: str) -> None:
        """Keep rows of a batch, all or nothing."""
        sync, now = batch["sync"], time.time()
        execute = self._database.execute
        execute("begin immediate")
        try:
            for row in rows:
                fresh = execute(
                    "insert or ignore into seen values (?)", (row["idempotency_key"],)
                ).rowcount
                execute(
                    "insert into deliveries values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (
                        *(sync, row["key"], row["operation"], row["idempotency_key"]),
                        *(row["revision"], not fresh, key, row.get("into"), now),
                    ),
                )
                if fresh:
                    execute(
                        "insert into state values (?, ?, ?, ?, ?, ?) on conflict (sync, key) "
                        "do update set is_deleted = excluded.is_deleted, "
                        "revision = excluded.revision, values_json = excluded.values_json "
                        "where excluded.revision >= state.revision",
                        (
                            *(sync, batch["object"], row["key"], row["operation"] in REMOVING),
                            *(row["revision"], json.dumps(row["values"], sort_keys=True)),
                        ),
                    )
            execute("commit")
        except BaseException:
            execute("rollback")
            raise

    def log_request(self, status: int) -> None:
        """Count a request; status 0 is one that got no whole answer."""
        self._database.execute("insert into requests values (?, ?)", (time.time(), status))

    def rows(self, sync: str) -> dict[str, dict[str, Any]]:
        """What the receiver holds of a sync at present: values by key."""
        found = self._database.execute(
            "select key, values_json from state where sync = ? and not is_deleted", (sync,)
        )
        return {key: json.loads(values) for key, values in found}

    def merges(self, sync: str) -> list[tuple[str, str]]:
        """Key of each row that was merged and of the row it went into, as they came."""
        found = self._database.execute(
            "select key, into_key from deliveries where sync = ? and operation = 'merge' "
            "and not is_duplicate order by rowid",
            (sync,),
        )
        return list(found)

    def deliveries(self, sync: str) -> list[tuple[str, str, str, int, bool]]:
        """Key, operation, idempotency key, revision and is-duplicate of all rows, as they came."""
        found = self._database.execute(
            "select key, operation, idempotency_key, revision, is_duplicate "
            "from deliveries where sync = ? order by rowid",
            (sync,),
        )
        return [(*row[:4], bool(row[4])) for row in found]

    def order_of_syncs(self, syncs: Sequence[str]) -> list[str]:
        """The sync of each row received of these, as they came."""
        found = self._database.execute("select sync from deliveries order by rowid")
        return [sync for (sync,) in found if sync in syncs]

    def summary(self) -> dict[str, Any]:
        """Counts by sync: rows held, rows received by operation, duplicates."""
        held = self._database.execute(
            "select sync, object, sum(not is_deleted) from state group by sync, object"
        )
        syncs: dict[str, dict[str, Any]] = {
            sync: {"object": object_name, "held": count, "received": {}, "duplicates": 0}
            for sync, object_name, count in held
        }
        received = self._database.execute(
            "select sync, operation, sum(not is_duplicate), sum(is_duplicate) "
            "from deliveries group by sync, operation"
        )
        for sync, operation, count, duplicates in received:
            syncs[sync]["received"][operation] = count
            syncs[sync]["duplicates"] += duplicates
        requests = self._database.execute("select status, count(*) from requests group by status")
        return {"requests": {str(status): count for status, count in requests}, "syncs": syncs}

    def close(self) -> None:
        """Close the file."""
        self._database.close()


class ReceiverApplication:
    """The HTTP side of the receiver."""

    def __init__(self, store: Store, secret: bytes, misbehaviour: Misbehaviour) -> None:
        self._store = store
        self._secret = secret
        self._misbehaviour = misbehaviour

    def application(self) -> web.Application:
        """The aiohttp application."""
        application = web.Application(client_max_size=LARGEST_BODY_BYTES)
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
        message_id = request.headers.get("Webhook-Id", "")
        timestamp = request.headers.get("Webhook-Timestamp", "")
        if not timestamp.isdigit() or abs(time.time() - int(timestamp)) > SIGNATURE_AGE_SECONDS:
            return False
        expected = sign(self._secret, message_id, int(timestamp), body)
        return hmac.compare_digest(expected, request.headers.get("Webhook-Signature", ""))


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
