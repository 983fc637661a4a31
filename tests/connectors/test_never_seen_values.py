"""Values that nobody has seen before: each affects its own row, is reported, and stops nothing.

The same warehouse shows what `cdp doctor` and `cdp check connector` say.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest import mock

import pytest
from rich.console import Console

from cdp.connectors.check import check_connector
from cdp.connectors.doctor import Reach, examine
from cdp.connectors.errors import ConnectorError
from cdp.connectors.report import Report, show
from cdp.settings import Settings
from tests.dbt_process import DbtProcess, Finished
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


@dataclass(frozen=True)
class Spoiled:
    """A company into whose raw tables values were written that nobody has seen.

    Attributes:
        platform: Its warehouse, built.
        built: The run that built it.
        before: Base rows of the company as it was, by raw table.
        places: Raw table → column → row and number of the value that was written there.
    """

    platform: Platform
    built: Finished
    before: dict[str, dict[Place, Row]]
    places: dict[str, dict[str, tuple[Place, str]]]


@pytest.fixture(scope="module")
def spoiled(tmp_path_factory: pytest.TempPathFactory, dbt_process: DbtProcess) -> Spoiled:
    folder = tmp_path_factory.mktemp("never_seen")
    command = [sys.executable, "-m", "generator", *SIZE, "--out", str(folder / "company")]
    subprocess.run(command, check=True)
    seen = Platform.create(folder / "seen", {"CDP_TARGET": "duckdb"}, dbt_process)
    seen.add_files(folder / "company" / "landing")
    seen.land()
    platform = seen.copy(folder / "never_seen")
    seen.dbt("build", *STAGING, CDP_AS_OF=AS_OF)
    tables = [
        name for (name,) in seen.rows("select raw_table from cdp_staging.staging_reconciliation")
    ]
    before = {table: base_rows(seen, table) for table in tables}
    places = {table: spoil(platform, table, before[table]) for table in tables}
    arguments = ("build", "--exclude-resource-type", "unit_test")
    built = platform.dbt(*arguments, check=False, CDP_AS_OF=AS_OF)
    return Spoiled(platform, built, before, places)


def report(spoiled: Spoiled, connector: str = "", age: timedelta = timedelta(0)) -> Report:
    """The report of a connector, or that of the warehouse some time after it was built."""
    with mock.patch.dict(os.environ, spoiled.platform.environment):
        settings = Settings.from_environment()
        if connector:
            return check_connector(settings, connector)
        return examine(settings, datetime.now(UTC).replace(tzinfo=None) + age)


def found(report: Report, area: str) -> dict[str, tuple[str, str]]:
    return {f.subject: (f.text, f.step) for f in report.findings if f.area == area}


def test_only_a_warning_says_that_values_are_unknown(spoiled: Spoiled) -> None:
    statuses = spoiled.built.statuses
    noticed = {node for node, status in statuses.items() if status in ("warn", "fail", "error")}
    assert spoiled.built.success, spoiled.built.output
    assert {node.split(".")[2] for node in noticed} == {
        "no_rows_unmapped_values_",
        "assert_consent_answers_are_readable",
    }


def test_a_value_never_seen_affects_its_own_row(spoiled: Spoiled) -> None:
    lost = set()
    for table, before in spoiled.before.items():
        after = base_rows(spoiled.platform, table)
        places = {place: name for name, (place, _) in spoiled.places[table].items()}
        assert after.keys() == before.keys()
        for place, row in before.items():
            if place not in places:
                assert after[place] == row, (table, place)
            elif after[place]["_row_status"] != "accepted":
                lost.add(places[place])
    assert not lost & REPORTED.keys()
    ((count, valued),) = spoiled.platform.rows(
        "select count(*), count(reporting_amount) from cdp_journeys.orders where not is_valued"
    )
    assert count >= 2
    assert valued == 0


def test_values_that_no_rule_knows_are_reported(spoiled: Spoiled) -> None:
    reported = spoiled.platform.rows(
        "select connector, input_name, column_name, value, record_count "
        "from cdp_metrics.unmapped_values"
    )
    numbers = {
        name: number for places in spoiled.places.values() for name, (_, number) in places.items()
    }
    for name, (*where, text) in REPORTED.items():
        assert (*where, f"{text}{numbers[name]}", 1) in reported, name


def test_an_unknown_consent_permits_nothing(spoiled: Spoiled) -> None:
    permitted = spoiled.platform.rows(
        "select distinct channel, purpose from cdp_profiles.contactable_profiles"
    )
    assert permitted
    assert {channel for channel, _ in permitted} <= {"email", "push", "sms", "ads"}
    assert {purpose for _, purpose in permitted} <= {"marketing", "personalisation"}


def test_doctor_is_one_page_without_personal_data(spoiled: Spoiled) -> None:
    made = report(spoiled)
    output = io.StringIO()
    show(made, Console(file=output, width=170))
    page = output.getvalue()
    assert page.count("\n") <= 60
    contacts = spoiled.platform.rows(
        "select email, phone, last_name from cdp_contacts.profile_contacts"
    )
    values = {value for row in contacts for value in row if value and len(value) > 3}
    assert not {value for value in values if value in page}
    assert found(made, "Leftovers") == {"": ("none", "")}
    assert found(made, "Connectors")["catalog"][0].endswith("records, newest 0 hours ago")
    assert "% of" in found(made, "Connectors")["crm"][0]
    assert set(found(made, "Reach")) == {"email", "push", "sms", "ads"}


def test_doctor_compares_loads_with_the_clock(spoiled: Spoiled) -> None:
    text, step = found(report(spoiled, age=timedelta(days=4)), "Connectors")["web"]
    assert "newest 4 days ago" in text
    assert step == "Nothing new for long: look at its export"


def test_check_says_what_a_connector_lacks(spoiled: Spoiled) -> None:
    made = report(spoiled, "consent")
    assert found(made, "Contracts")["contacts"][0].startswith("not filled")
    unmapped = found(made, "Unmapped values")
    assert set(unmapped) == {"identifier_type", "consent_channel", "purpose", "status"}
    assert unmapped["status"][0].startswith("never seen")
    assert "counts as not granted" in unmapped["status"][1]
    reasons = [f.text for f in made.findings if f.area == "Quarantine"]
    assert "identifier_value is not a usable identifier: 1" in reasons
    assert found(made, "Identifiers")["email"][0].endswith("% seen by another connector")


def test_check_names_a_connector_that_is_off(spoiled: Spoiled) -> None:
    with pytest.raises(ConnectorError, match="shopify is not on: CDP_CONNECTORS lists web"):
        report(spoiled, "shopify")


@pytest.mark.parametrize(
    ("figures", "reason"),
    [
        ((0, 0, 0, 0, 0), "no contacts"),
        ((9, 0, 0, 0, 0), "no consent records"),
        ((9, 5, 0, 0, 0), "nobody granted"),
        ((9, 5, 3, 0, 0), "all are suppressed"),
        ((9, 5, 3, 2, 0), "no grant has an address"),
        ((9, 5, 3, 2, 1), ""),
    ],
)
def test_a_reach_of_zero_says_why(figures: tuple[int, int, int, int, int], reason: str) -> None:
    found_reason, step = Reach("email", *figures).why_unreachable()
    assert found_reason == reason
    assert bool(step) == bool(reason)
