"""Values that nobody has seen before: each affects its own row, is reported, and stops nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.dbt_process import DbtProcess
from tests.project.platform import Platform

pytestmark = pytest.mark.slow

AS_OF = "2026-11-15 17:10:00"
SIZE = ("--customers", "60", "--days", "60", "--seed", "3")
STAGING = (
    "--select",
    "+path:models/staging",
    "--resource-type",
    "seed",
    "--resource-type",
    "model",
)
# Differ between two landings, or follow the store of a receipt.
NOT_COMPARED = {"_load_id", "_loaded_at", "_staged_batch", "purchased_at", "store_time_zone"}
# Raw column → connector, input and column that report its value.
REPORTED = {
    "web__events.event": ("web", "events", "event_name", "never_seen_"),
    "web__events.properties.currency": ("web", "events", "currency", "NEVER SEEN "),
    "app__events.event_name": ("app", "events", "event_name", "never_seen_"),
    "app__events.platform": ("app", "devices", "platform", "never seen "),
    "app__events.properties.currency": ("app", "events", "currency", "NEVER SEEN "),
    "email__events.event_type": ("email", "events", "event_name", "email_never_seen_"),
    "email__events.bounce_type": ("email", "messages", "bounce_type", "never seen "),
    "consent__records.identifier_type": ("consent", "consents", "identifier_type", "never seen "),
    "consent__records.channel": ("consent", "consents", "consent_channel", "never seen "),
    "consent__records.purpose": ("consent", "consents", "purpose", "never seen "),
    "consent__records.status": ("consent", "consents", "status", "never seen "),
    "pos__receipts.currency": ("pos", "events", "currency", "NEVER SEEN "),
    "pos__receipts.store_id": ("pos", "events", "store_id", "Never seen "),
    "pos__receipts.receipt_type": ("pos", "stg_pos__receipts", "receipt_type", "never seen "),
    "catalog__products.currency": ("catalog", "products", "currency", "NEVER SEEN "),
    "support__tickets.source": ("support", "stg_support__tickets", "source", "never seen "),
    "social__messages.direction": ("social", "stg_social__messages", "direction", "never seen "),
}

Row = dict[str, Any]
Place = tuple[str, int]


def paths(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Paths to a value and to everything in it; of arrays to the first element."""
    if value not in (None, "", {}, []):
        yield path
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from paths(inner, (*path, name))
    if isinstance(value, list) and value:
        yield from paths(value[0], (*path, 0))


def replaced(value: Any, path: tuple[str | int, ...], text: str) -> Any:
    if not path:
        return text
    changed = value.copy()
    changed[path[0]] = replaced(value[path[0]], path[1:], text)
    return changed


def parsed(text: str | None) -> Any:
    return json.loads(text) if text and text[0] in "{[" else text


def rows(platform: Platform, query: str) -> list[Row]:
    with platform.warehouse() as warehouse:
        cursor = warehouse.raw.execute(query)  # type: ignore[attr-defined]
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def base_rows(platform: Platform, table: str) -> dict[Place, Row]:
    found = rows(platform, f"select * from cdp_staging.base_{table} where _load_id is not null")
    return {
        (row["_file"], row["_row_number"]): {
            name: value for name, value in row.items() if name not in NOT_COMPARED
        }
        for row in found
    }


def spoil(platform: Platform, table: str, before: dict[Place, Row]) -> dict[str, tuple[Place, str]]:
    """Write a value that was never seen into one row per column; returns where."""
    keys = [row["_record_key"] for row in before.values()]
    free = {
        place
        for place, row in before.items()
        if row["_row_status"] == "accepted" and keys.count(row["_record_key"]) == 1
    }
    spoiled: dict[str, tuple[Place, str]] = {}
    for row in rows(platform, f"select * from raw.{table} order by _file desc, _row_number"):
        place = (row["_file"], row["_row_number"])
        for column in [name for name in row if not name.startswith("_") and place in free]:
            value = parsed(row[column])
            for path in paths(value):
                name = ".".join([f"{table}.{column}", *map(str, path)])
                if name in spoiled:
                    continue
                text = f"Never seen {len(spoiled)}"
                written = replaced(value, path, text)
                with platform.warehouse() as warehouse:
                    warehouse.execute(
                        f'update raw.{table} set "{column}" = $1 '
                        "where _file = $2 and _row_number = $3",
                        [written if isinstance(written, str) else json.dumps(written), *place],
                    )
                spoiled[name] = place, str(len(spoiled))
                free.discard(place)
                break
            if place not in free:
                break
    return spoiled


def test_a_value_never_seen_affects_its_own_row_and_is_reported(
    tmp_path: Path, dbt_process: DbtProcess
) -> None:
    landing = tmp_path / "company"
    subprocess.run([sys.executable, "-m", "generator", *SIZE, "--out", landing], check=True)
    platform = Platform.create(tmp_path / "seen", {"CDP_TARGET": "duckdb"}, dbt_process)
    platform.add_files(landing / "landing")
    platform.land()
    spoiled_platform = platform.copy(tmp_path / "never_seen")
    platform.dbt("build", *STAGING, CDP_AS_OF=AS_OF)
    tables = [
        name
        for (name,) in platform.rows("select raw_table from cdp_staging.staging_reconciliation")
    ]
    before = {table: base_rows(platform, table) for table in tables}
    spoiled = {table: spoil(spoiled_platform, table, before[table]) for table in tables}

    built = spoiled_platform.dbt(
        "build", "--exclude-resource-type", "unit_test", check=False, CDP_AS_OF=AS_OF
    )

    assert built.success, built.output
    noticed = {
        node for node, status in built.statuses.items() if status in ("warn", "fail", "error")
    }
    assert {node.split(".")[2] for node in noticed} == {"no_rows_unmapped_values_"}, built.output
    after = {table: base_rows(spoiled_platform, table) for table in tables}
    lost = set()
    for table in tables:
        places = {place for place, _ in spoiled[table].values()}
        assert after[table].keys() == before[table].keys()
        for place, row in before[table].items():
            if place not in places:
                assert after[table][place] == row, (table, place)
        lost |= {
            name
            for name, (place, _) in spoiled[table].items()
            if after[table][place]["_row_status"] != "accepted"
        }
    assert not lost & REPORTED.keys()
    reported = {
        tuple(row)
        for row in spoiled_platform.rows(
            "select connector, input_name, column_name, value, record_count "
            "from cdp_metrics.unmapped_values"
        )
    }
    numbers = {name: number for table in tables for name, (_, number) in spoiled[table].items()}
    for name, (*where, text) in REPORTED.items():
        assert (*where, f"{text}{numbers[name]}", 1) in reported, (name, sorted(reported))
    # What a consent is for, or what it says, is nobody's permission.
    permitted = spoiled_platform.rows(
        "select distinct channel, purpose from cdp_profiles.contactable_profiles"
    )
    assert {name for pair in permitted for name in pair} <= {
        "email", "push", "sms", "ads", "marketing", "personalisation",
    }  # fmt: skip
    unvalued = spoiled_platform.rows(
        "select count(*), count(reporting_amount) from cdp_journeys.orders where not is_valued"
    )
    ((count, valued),) = unvalued
    assert count >= 2
    assert valued == 0
