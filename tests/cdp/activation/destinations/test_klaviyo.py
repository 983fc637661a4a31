"""What is Klaviyo's alone: jobs, consent that is never touched, and its description under Prism."""

from __future__ import annotations

import contextlib
import copy
import fcntl
import hashlib
import json
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote, urlencode

import pytest

from cdp.activation.destinations.base import BatchRefusedError, TemporaryFailureError
from tests.cdp.activation.destinations.case_klaviyo import CASE, row
from tests.cdp.activation.destinations.conftest import OpenBench
from tests.cdp.activation.destinations.contract import PATIENCE_SECONDS, Bench
from tests.cdp.activation.emulators.emulator import Call
from tests.cdp.activation.emulators.klaviyo import (
    CONTRACT,
    JOBS,
    MEMBERS,
    MERGE,
    KlaviyoEmulator,
)

pytestmark = pytest.mark.parametrize("settings", ["duckdb"], indirect=True)
PRISM = CONTRACT.parent / "prism"


@pytest.fixture
def bench(open_bench: OpenBench) -> Bench:
    return open_bench(CASE)


def emulator_of(bench: Bench) -> KlaviyoEmulator:
    return cast(KlaviyoEmulator, bench.emulator)


def last_job(bench: Bench) -> Any:
    calls = [call for call, _ in bench.emulator.calls if (call.method, call.path) == ("POST", JOBS)]
    return json.loads(calls[-1].body)["data"]


def test_a_profile_is_imported_and_its_consent_not_mentioned(bench: Bench) -> None:
    bench.deliver(bench.changes([row(1, "new")]))
    (profile,) = last_job(bench)["attributes"]["profiles"]["data"]
    assert profile == {
        "type": "profile",
        "attributes": {
            "external_id": 'p"00001',
            "email": "zoe.new.1@example.com",
            "first_name": "Zoë new 1",
            "location": {"city": "Köln new"},
            "properties": {"is_member": False},
        },
        "meta": {"patch_properties": {"unset": ["visits"]}},
    }


def test_no_request_of_any_run_subscribes(bench: Bench) -> None:
    """Adding to a list by an import keeps a suppression; the endpoints that lift one are unused."""
    for numbers in (range(5), range(2)):
        bench.put([row(number, "old") for number in numbers])
        bench.run()
    used = {(call.method, call.path.rstrip("0123456789")) for call, _ in bench.emulator.calls}
    assert used == {
        ("POST", JOBS),
        ("GET", f"{JOBS}/"),
        ("GET", "/api/profiles"),
        ("DELETE", MEMBERS),
    }


def test_who_leaves_the_list_stays_a_profile(bench: Bench) -> None:
    sent = [row(number, "old") for number in range(3)]
    bench.deliver(bench.changes(sent), bench.changes(sent[:2], "delete"))
    emulator = emulator_of(bench)
    assert emulator.members == {'p"00002'}
    assert set(emulator.profiles()) == {'p"00000', 'p"00001', 'p"00002'}


def test_long_keys_are_looked_up_in_addresses_that_servers_take(bench: Bench) -> None:
    """A filter is part of the address, of which servers take some 8 KB."""
    sent = [{**row(number, "old"), "profile_id": f"{number}é" * 50} for number in range(60)]
    results = bench.deliver(bench.changes(sent), bench.changes(sent, "delete"))
    assert {result.status for result in results} == {"accepted"}
    assert bench.emulator.held() == {}


def test_without_a_list_profiles_are_only_imported(bench: Bench) -> None:
    sent = [row(1, "old")]
    bench.deliver(bench.changes(sent), spec=bench.spec("upsert", list_id=None))
    assert "relationships" not in last_job(bench)
    assert emulator_of(bench).members == set()
    assert emulator_of(bench).profiles() == bench.expected(sent)


def test_without_a_list_profiles_are_merged_and_none_can_leave(bench: Bench) -> None:
    sent = [row(number, "old") for number in range(3)]
    spec = bench.spec("upsert", list_id=None)
    bench.deliver(bench.changes(sent), spec=spec)
    assert bench.deliver([bench.merge(sent[0], sent[1])], spec=spec)[0].status == "accepted"
    (result,) = bench.deliver(bench.changes(sent[2:], "delete"), spec=spec)
    assert result == ("rejected", "400 no_list_to_leave", None)
    assert emulator_of(bench).profiles() == bench.expected(sent[1:])


def test_addresses_are_told_apart_as_klaviyo_keeps_them(bench: Bench) -> None:
    """In lower case."""
    sent = [row(number, "old") for number in range(2)]
    bench.deliver(bench.changes(sent))
    merge = bench.merge(*sent, key="email")
    merge = merge._replace(key=merge.key.upper(), into_key=str(merge.into_key).title())
    bench.deliver([merge], spec=bench.spec(identifier="email", key="email"))
    assert bench.emulator.held() == bench.expected(sent[1:])


def test_an_identifier_that_is_null_is_not_sent_and_another_attribute_is(bench: Bench) -> None:
    bench.deliver(bench.changes([{**row(1, "old"), "email": None, "first_name": None}]))
    (profile,) = last_job(bench)["attributes"]["profiles"]["data"]
    assert "email" not in profile["attributes"]
    assert profile["attributes"]["first_name"] is None
    assert bench.emulator.violations == []


def test_errors_of_all_pages_are_read(bench: Bench) -> None:
    bench.emulator.refused = {CASE.key_of(number) for number in (0, 2, 3, 5, 6)}
    results = bench.deliver(bench.changes(row(number, "old") for number in range(8)))
    statuses = ["rejected" if at in (0, 2, 3, 5, 6) else "accepted" for at in range(8)]
    assert [result.status for result in results] == statuses


def test_rows_that_failed_and_are_not_named_count_as_not_received(bench: Bench) -> None:
    emulator = emulator_of(bench)
    emulator.refused, emulator.names_errors = {CASE.key_of(0)}, False
    results = bench.deliver(bench.changes(row(number, "old") for number in range(2)))
    assert [result.status for result in results] == ["retry", "retry"]


def test_a_job_that_takes_too_long_is_a_passing_failure(bench: Bench) -> None:
    emulator_of(bench).looks = 1_000_000
    with pytest.raises(TemporaryFailureError, match="not done in time"):
        bench.deliver(bench.changes([row(1, "old")]), spec=bench.spec(job_seconds=0.02))


def test_a_job_that_was_cancelled_is_refused_as_a_whole(bench: Bench) -> None:
    emulator_of(bench).ends_as = "cancelled"
    with pytest.raises(BatchRefusedError, match="cancelled"):
        bench.deliver(bench.changes([row(1, "old")]))


def without_nullable(node: Any) -> Any:
    """The description as Prism needs it: with `nullable` it takes any body."""
    if isinstance(node, dict):
        return {key: without_nullable(part) for key, part in node.items() if key != "nullable"}
    return [without_nullable(part) for part in node] if isinstance(node, list) else node


def installed_prism() -> Path:
    """Prism from npm, in the versions of the lock file; one installation for all test processes."""
    digest = hashlib.sha256((PRISM / "package-lock.json").read_bytes()).hexdigest()[:12]
    folder = Path(tempfile.gettempdir()) / f"cdp-prism-{digest}"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "installed").exists():
            for name in ("package.json", "package-lock.json"):
                shutil.copy(PRISM / name, folder / name)
            command = ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--silent"]
            subprocess.run(command, cwd=folder, check=True, timeout=PATIENCE_SECONDS)
            (folder / "installed").touch()
    return folder / "node_modules" / ".bin" / "prism"


@pytest.fixture(scope="module")
def prism(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Host and port of a Prism that serves Klaviyo's description."""
    file = tmp_path_factory.mktemp("prism") / "klaviyo.json"
    file.write_text(json.dumps(without_nullable(json.loads(CONTRACT.read_text()))))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(installed_prism()), "mock", "--errors", "-h", "127.0.0.1", "-p", str(port)]
    with subprocess.Popen(
        [*command, str(file)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            wait_for(port, process)
            yield f"127.0.0.1:{port}"
        finally:
            process.terminate()


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < give_up_at and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError(f"prism did not start: {process.poll()}")


def status_of(prism: str, call: Call, *, is_signed: bool = True) -> int:
    """What Prism answers to a request that was recorded, with or without its sign-in."""
    kept = {"Content-Type", "Accept", "revision"} | ({"Authorization"} if is_signed else set())
    headers = {name: value for name, value in call.headers.items() if name in kept}
    connection = HTTPConnection(prism, timeout=PATIENCE_SECONDS)
    with contextlib.closing(connection):
        path = f"{call.path}?{urlencode(call.query, quote_via=quote)}"
        connection.request(call.method, path, call.body or None, headers)
        return connection.getresponse().status


@pytest.mark.slow
def test_every_request_fits_klaviyos_own_description(bench: Bench, prism: str) -> None:
    for numbers in (range(4), range(2)):
        bench.put([row(number, "old") for number in numbers])
        bench.run()
    bench.deliver([bench.merge(row(0, "old"), row(1, "old"))])
    described = [
        call
        for call, _ in bench.emulator.calls
        if (call.method, call.path)
        in {("POST", JOBS), ("POST", MERGE), ("GET", "/api/profiles"), ("DELETE", MEMBERS)}
    ]
    assert len({call.path for call in described}) == 4
    for call in described:
        assert status_of(prism, call) < 300, f"{call.method} {call.path}"
        assert status_of(prism, call, is_signed=False) == 401
    # Prism would say so if a body did not fit: it is not one that takes anything.
    for call in [call for call in described if call.body]:
        for document in misfits(json.loads(call.body)):
            spoilt = Call(call.method, call.path, {}, call.headers, json.dumps(document).encode())
            assert status_of(prism, spoilt) >= 400, document


def misfits(document: Any) -> Iterator[Any]:
    yield {}
    yield {"data": 1}
    spoilt = copy.deepcopy(document)
    if isinstance(spoilt["data"], list):
        spoilt["data"][0]["id"] = 7
        yield spoilt
        return
    spoilt["data"]["type"] = "profile"
    yield spoilt
    spoilt = copy.deepcopy(document)
    if spoilt["data"]["type"] == "profile-merge":
        spoilt["data"]["relationships"]["profiles"]["data"][0]["id"] = 7
        yield spoilt
        return
    spoilt["data"]["attributes"]["profiles"]["data"][0]["attributes"]["email"] = 5
    yield spoilt
