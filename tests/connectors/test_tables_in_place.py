"""Tables that another tool keeps are staged alike in one run and in many, and no row is lost."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from cdp.landing import land
from cdp.settings import Settings
from cdp.warehouse.connection import connected
from tests.connectors.tables import create_tables
from tests.dbt_process import DbtProcess

# Customers are marked when they are deleted; transactions vanish.
TYPES = {
    "customer": {
        "_fivetran_synced": "timestamptz",
        "_fivetran_deleted": "boolean",
        "id": "bigint",
        "first_name": "text",
        "email": "text",
    },
    "transaction": {
        "_fivetran_synced": "timestamptz",
        "id": "bigint",
        "kind": "text",
        "amount": "numeric",
    },
}
LATER_TYPES = {**TYPES, "customer": {**TYPES["customer"], "last_name": "text"}}
COLUMNS = "customer_id, first_name, last_name, email, _row_status, _loaded_at"

Row = Mapping[str, Any]


def customer(number: int | None, name: str, hour: int, **others: Any) -> Row:
    return {
        "id": number,
        "first_name": name,
        "_fivetran_synced": f"2026-05-{1 + hour // 24:02} {hour % 24:02}:00:00.5+00",
        "_fivetran_deleted": "false",
        **others,
    }


def transaction(number: int, amount: str, hour: int) -> Row:
    return {
        "id": number,
        "kind": "sale",
        "amount": amount,
        "_fivetran_synced": f"2026-05-01 {hour:02}:00:00+00",
    }


class Warehouse:
    """The tables, and what staging makes of them in one run and in many."""

    def __init__(self, settings: Settings, folder: Path, dbt: DbtProcess) -> None:
        self.settings, self.folder, self.dbt = settings, folder, dbt

    def write(self, types: Mapping[str, Any], **tables: list[Row]) -> None:
        folder = self.folder / "tables"
        folder.mkdir(exist_ok=True)
        described = {name: types[name] for name in tables}
        (folder / "tables.json").write_text(json.dumps(described))
        for name, rows in tables.items():
            with (folder / f"{name}.csv").open("w", newline="") as file:
                writer = csv.DictWriter(file, list(types[name]))
                writer.writeheader()
                writer.writerows(rows)
        create_tables(self.settings, folder, "shopify")

    def query(self, query: str) -> list[tuple[Any, ...]]:
        with connected(self.settings) as warehouse:
            return warehouse.execute(query)

    def stage(self, monkeypatch: pytest.MonkeyPatch) -> dict[str, list[tuple[Any, ...]]]:
        """Rows of both base models after an incremental run, the same as after a full one."""
        found = []
        for schema, options in ("cdp", []), ("anew", ["--full-refresh"]):
            monkeypatch.setenv("CDP_SCHEMA", schema)
            models = ["country_names", "phone_countries", "+staging_reconciliation"]
            self.dbt.check(
                "build",
                *options,
                "--exclude-resource-type",
                "test",
                "--exclude-resource-type",
                "unit_test",
                "--select",
                *models,
            )
            staging = f"{schema}_staging.base_shopify_fivetran__"
            found.append(
                {
                    "customers": self.query(
                        f"select {COLUMNS} from {staging}customer "
                        "where _row_status <> 'removed' order by _load_id"
                    ),
                    "transactions": self.query(
                        f"select transaction_id, amount, _row_status from {staging}transaction "
                        "where _row_status <> 'removed' order by _load_id"
                    ),
                }
            )
            assert not self.query(
                f"select * from {schema}_staging.staging_reconciliation where raw_row_count "
                "<> staged_row_count + duplicate_row_count + quarantined_row_count"
            )
        assert found[0] == found[1]
        return found[0]


@pytest.mark.slow
def test_a_row_is_new_changed_late_deleted_or_gone(
    settings: Settings,
    tmp_path: Path,
    dbt_process: DbtProcess,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CDP_CONNECTORS", "shopify_fivetran")
    land(settings)
    warehouse = Warehouse(settings, tmp_path, dbt_process)

    def names() -> dict[str | None, tuple[str, str | None, str]]:
        rows = warehouse.stage(monkeypatch)["customers"]
        return {row[0]: (row[1], row[2], row[4]) for row in rows}

    # No table is there yet.
    assert names() == {}

    old = customer(2, "Bo", 30)
    first = [
        customer(1, "Al", 30),
        old,
        customer(2, "Bob", 31),
        customer(3, "Cy", 48),
        customer(None, "No", 40),
    ]
    warehouse.write(
        TYPES, customer=first, transaction=[transaction(7, "1.50", 3), transaction(8, "2", 4)]
    )
    staged = warehouse.stage(monkeypatch)
    assert [row[:2] + row[4:5] for row in staged["customers"]] == [
        (None, "No", "quarantined"),
        ("1", "Al", "accepted"),
        ("2", "Bob", "accepted"),
        ("3", "Cy", "accepted"),
    ]
    assert [row[0] for row in staged["transactions"]] == ["7", "8"]
    ((duplicates,),) = warehouse.query(
        "select duplicate_row_count from cdp_staging.staging_reconciliation "
        "where raw_table = 'shopify_fivetran__customer'"
    )
    assert duplicates == 1

    # 1 changes, 2 is deleted, 4 is new, and 5 comes late; transaction 8 is gone.
    second = [
        customer(1, "Alan", 49),
        old,
        customer(2, "Bob", 50, _fivetran_deleted="true"),
        customer(3, "Cy", 48),
        customer(4, "Di", 50),
        customer(5, "Ed", 36),
        customer(None, "No", 40),
    ]
    warehouse.write(
        TYPES, customer=second, transaction=[transaction(7, "1.50", 3), transaction(9, "3", 5)]
    )
    staged = warehouse.stage(monkeypatch)
    assert [row[:2] for row in staged["customers"]] == [
        (None, "No"),
        ("1", "Alan"),
        ("3", "Cy"),
        ("4", "Di"),
        ("5", "Ed"),
    ]
    assert [row[0] for row in staged["transactions"]] == ["7", "9"]
    removed = warehouse.query(
        "select _record_key from cdp_staging.base_shopify_fivetran__customer "
        "where _row_status = 'removed'"
    )
    assert removed == [("2",)]

    # 2 comes back, an earlier version of 4 follows the later one, and a column is added.
    third = [
        *second[:1],
        customer(2, "Bobby", 60, last_name="Ray"),
        *second[3:5],
        customer(4, "D", 45),
        *second[5:],
    ]
    warehouse.write(LATER_TYPES, customer=third, transaction=[])
    assert names() == {
        None: ("No", None, "quarantined"),
        "1": ("Alan", None, "accepted"),
        "2": ("Bobby", "Ray", "accepted"),
        "3": ("Cy", None, "accepted"),
        "4": ("Di", None, "accepted"),
        "5": ("Ed", None, "accepted"),
    }

    # The rows of a table that is missing stay, since the tool may be about to write it again.
    warehouse.query("drop table shopify.customer")
    monkeypatch.setenv("CDP_SCHEMA", "cdp")
    dbt_process.check("run", "--select", "base_shopify_fivetran__customer")
    ((rows,),) = warehouse.query(
        "select count(*) from cdp_staging.base_shopify_fivetran__customer "
        "where _row_status = 'accepted'"
    )
    assert rows == 5
