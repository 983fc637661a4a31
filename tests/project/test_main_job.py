"""The main job with files that come in parts, and where a test fails; on DuckDB."""

from __future__ import annotations

import contextlib
import json
import re
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from cdp.activation.receiver import RunningReceiver
from cdp.settings import PROJECT_DIR
from tests.dbt_process import DbtProcess
from tests.project.conftest import AS_OF, Built
from tests.project.platform import BIN, Platform
from tests.project.snapshots import snapshot

pytestmark = pytest.mark.slow

SYNC = "sync_webhook__nearby_offers"
# Shortly before the moment that the company is built as of.
PINGED_AT = "2026-11-15 17:05:00"
# Milliseconds that the browser waits for something to show.
PATIENCE = 240_000


def test_files_that_come_day_by_day_give_the_rows_of_one_load(
    exports: Path, built: Built, dbt_process: DbtProcess, tmp_path: Path
) -> None:
    """Landing and building in three parts, in no order of time, then compared with one build."""
    platform = Platform.create(tmp_path / "parts", {"CDP_TARGET": "duckdb"}, dbt_process)
    files = sorted(file for file in exports.glob("*/*/*"))
    for part in (2, 0, 1):
        for file in files[part::3]:
            target = platform.landing / file.relative_to(exports)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(file.read_bytes())
        platform.land()
        # Tests look at what all parts came to.
        platform.build(*([] if part == 1 else ["--exclude-resource-type", "test"]), as_of=AS_OF)
    in_parts, at_once = snapshot(platform), snapshot(built("duckdb"))
    # Ids depend on what came first; which identifiers belong together does not.
    assert partition(platform) == partition(built("duckdb"))
    for name in ("staging_reconciliation", "identity_suspects"):
        assert in_parts[name] == at_once[name], name


def partition(platform: Platform) -> set[frozenset[tuple[str, str]]]:
    groups: dict[str, set[tuple[str, str]]] = {}
    for identifier_type, identifier_value, profile_id in platform.rows(
        "select identifier_type, identifier_value, profile_id "
        "from cdp_identity.profile_identifiers where profile_id is not null"
    ):
        groups.setdefault(profile_id, set()).add((identifier_type, identifier_value))
    return {frozenset(group) for group in groups.values()}


def test_a_failed_test_keeps_syncs_from_running(
    built: Built, tmp_path: Path, receiver: RunningReceiver
) -> None:
    """The scheduled job with a registry that does not agree with the rows that were landed."""
    platform = built("duckdb").copy(tmp_path / "broken")
    with platform.warehouse() as warehouse:
        warehouse.execute(
            "delete from raw.web__events "
            "where _load_id = (select min(_load_id) from raw.web__events)"
        )
    platform.run("dbt", "--quiet", "parse")
    job = ("dagster", "job", "execute", "-m", "orchestration.definitions")
    variables = {"CDP_WEBHOOK_URL": receiver.url, "CDP_AS_OF": AS_OF}
    output = platform.run(*job, "-j", "incremental_refresh", check=False, **variables)
    assert "RUN_FAILURE" in output
    with receiver.kept() as store:
        assert store.summary() == {"requests": {}, "syncs": {}}


def test_a_plan_is_shown_where_a_person_asks_for_it(built: Built, tmp_path: Path) -> None:
    """The plan's asset, which no job runs: what would be sent, masked, and nothing sent."""
    platform = built("duckdb").copy(tmp_path / "plans")
    output = platform.run(
        *("dagster", "asset", "materialize", "-m", "orchestration.definitions"),
        *("--select", "key:activation_plans/sync_webhook__audience_members"),
        CDP_AS_OF=AS_OF,
    )
    assert "RUN_SUCCESS" in output
    assert "0 update, 0 delete" in output
    assert "email=***" in output
    with platform.warehouse() as warehouse:
        assert not warehouse.table_exists("cdp_activation", "sync_ledger")


def test_a_ping_is_answered_once_by_the_slice_that_a_person_launches(
    built: Built, tmp_path: Path, receiver: RunningReceiver, browser: Browser
) -> None:
    """In Dagster's own UI: the graph, the slice of a trigger launched, and its success."""
    platform = built("duckdb").copy(tmp_path / "trigger")
    shopper = shopper_to_be_reached(platform)
    ping(platform, shopper)
    with webserver(platform, CDP_WEBHOOK_URL=receiver.url, CDP_AS_OF=AS_OF) as address:
        page = browser.new_page(viewport={"width": 1600, "height": 1000})
        page.set_default_timeout(PATIENCE)
        page.goto(f"{address}/asset-groups")
        for layer in ("landing", "staging", "identity", "audiences", "activation"):
            expect(page.get_by_text(layer, exact=True).first).to_be_visible(timeout=PATIENCE)
        page.goto(f"{address}/locations/orchestration.definitions/jobs/location_trigger")
        page.get_by_role("button", name="Materialize all").click()
        # Nothing upstream was made by Dagster, of which it warns.
        page.get_by_role("button", name="Confirm").click()
        page.goto(f"{address}/runs")
        run = page.locator('a[href^="/runs/"]', has_text=re.compile("^[0-9a-f]{8}$")).first
        page.goto(f"{address}{run.get_attribute('href')}")
        expect(page.get_by_text("Success", exact=True).first).to_be_visible(timeout=PATIENCE)
    with receiver.kept() as store:
        sent = list(store.rows(SYNC).values())
    assert shopper["push_token"] in {message["push_token"] for message in sent}
    assert len({message["push_token"] for message in sent}) == len(sent)

    # Everything else follows with the next refresh, which has nothing more to say to anybody.
    platform.build("--exclude-resource-type", "test", as_of=AS_OF)
    platform.deliver(receiver, SYNC, as_of=AS_OF)
    with receiver.kept() as store:
        assert len(store.deliveries(SYNC)) == len(sent)
    assert platform.rows(
        "select count(*) from cdp_journeys.events where event_name = 'location_pinged'"
        f" and profile_id = '{shopper['profile_id']}' and occurred_at = '{PINGED_AT}'"
    ) == [(1,)]


def shopper_to_be_reached(platform: Platform) -> dict[str, Any]:
    """Somebody who left a product behind, may be written to, and was not near a store."""
    ((profile_id, device_id, push_token, platform_name, latitude, longitude),) = platform.rows(
        "select devices.profile_id, devices.device_id, devices.push_token, devices.platform,"
        " stores.latitude, stores.longitude"
        " from cdp_journeys.abandoned_products as products"
        " inner join cdp_contacts.profile_devices as devices"
        " on products.profile_id = devices.profile_id"
        " inner join cdp_profiles.contactable_profiles as contactable"
        " on devices.profile_id = contactable.profile_id"
        " cross join (select * from cdp_staging.stg_catalog__stores order by store_id limit 1)"
        " as stores"
        " where not products.is_resolved and devices.is_latest_user"
        " and devices.push_token is not null and contactable.channel = 'push'"
        f" and products.last_interested_at < timestamp '{AS_OF}' - interval '5 hours'"
        " and devices.profile_id not in"
        " (select profile_id from cdp_audiences.audience_nearby_offers)"
        " order by devices.last_seen_at desc, products.product_id, devices.device_id limit 1"
    )
    return {
        "profile_id": profile_id,
        "device_id": device_id,
        "push_token": push_token,
        "platform": platform_name,
        "location": {"latitude": latitude, "longitude": longitude, "accuracy_metres": 9.0},
    }


def ping(platform: Platform, shopper: dict[str, Any]) -> None:
    """Write the file of one ping of a shopper's phone at the store."""
    event = {name: value for name, value in shopper.items() if name != "profile_id"} | {
        "event_id": "a-ping-at-the-store",
        "event_name": "location_ping",
        "occurred_at": f"{PINGED_AT}Z",
        "received_at": f"{PINGED_AT}Z",
        "properties": {},
    }
    (platform.landing / "app" / "events" / "pings.jsonl").write_text(json.dumps(event) + "\n")


@contextmanager
def webserver(platform: Platform, **variables: str) -> Iterator[str]:
    """Dagster's webserver with its own code server; yields its address."""
    platform.run("dbt", "--quiet", "parse")
    instance = {
        "telemetry": {"enabled": False},
        "nux": {"enabled": False},
        # There is no daemon to take a run from a queue.
        "run_coordinator": {
            "module": "dagster.core.run_coordinator",
            "class": "DefaultRunCoordinator",
        },
    }
    (platform.folder / "dagster" / "dagster.yaml").write_text(json.dumps(instance))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    command = [BIN / "dagster-webserver", "-h", "127.0.0.1", "-p", str(port)]
    with (platform.folder / "webserver.log").open("wb") as log:
        server = subprocess.Popen(
            [*command, "-m", "orchestration.definitions"],
            cwd=PROJECT_DIR,
            env=platform._variables() | variables,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            wait_for(f"{address}/server_info", server)
            yield address
        finally:
            server.terminate()
            server.wait()


def wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 180
    while server.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            urllib.request.urlopen(address, timeout=5).close()  # noqa: S310
            return
        time.sleep(0.2)
    raise AssertionError("the webserver does not answer: see webserver.log")
