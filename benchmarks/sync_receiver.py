"""A receiver that takes any batch after a fixed latency, for `benchmarks.sync`.

    python -m benchmarks.sync_receiver [--latency 0.05]

The platform's own receiver checks signatures and keeps what it gets in a file, which would measure
the receiver; and drt cannot sign. This one reads the batch, remembers which keys came, waits and
answers 200. The first line on standard output is its address.

- `POST /` takes `{"rows": [{"key" or "profile_id": ...}, ...]}`.
- `GET /` says how many requests, rows and different keys came, and forgets them.
"""

from __future__ import annotations

import argparse
import asyncio

import orjson
from aiohttp import web


class Receiver:
    """Counts what comes; `latency` is in seconds."""

    def __init__(self, latency: float) -> None:
        self._latency = latency
        self._forget()

    def _forget(self) -> None:
        self._requests = 0
        self._rows = 0
        self._keys: set[str] = set()

    async def receive(self, request: web.Request) -> web.Response:
        """Answer `POST /`."""
        rows = orjson.loads(await request.read())["rows"]
        self._requests += 1
        self._rows += len(rows)
        self._keys.update(row["profile_id"] if "profile_id" in row else row["key"] for row in rows)
        await asyncio.sleep(self._latency)
        return web.Response()

    async def count(self, _: web.Request) -> web.Response:
        """Answer `GET /`."""
        counts = {"requests": self._requests, "rows": self._rows, "keys": len(self._keys)}
        self._forget()
        return web.json_response(counts)


async def _serve(latency: float) -> None:
    receiver = Receiver(latency)
    application = web.Application(client_max_size=64 * 1024 * 1024)
    application.router.add_post("/", receiver.receive)
    application.router.add_get("/", receiver.count)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, backlog=512).start()
    print(f"http://127.0.0.1:{runner.addresses[0][1]}/", flush=True)
    await asyncio.Event().wait()


def main() -> None:
    """Serve until terminated."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--latency", type=float, default=0.05, help="seconds")
    asyncio.run(_serve(parser.parse_args().latency))


if __name__ == "__main__":
    main()
