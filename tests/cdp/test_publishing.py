"""The published copy after marts have changed in one way or another."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

from cdp.publishing import Publication, publish, published_path
from cdp.settings import Settings

ROWS = 5_000


def node(name: str, *columns: str) -> dict[str, object]:
    return {
        "unique_id": f"model.cdp.{name}",
        "resource_type": "model",
        "access": "public",
        "schema": "marts",
        "alias": name,
        "fqn": ["cdp", "journeys", name],
        "config": {"schema": "marts", "meta": {}},
        "columns": {column: {"name": column, "config": {}} for column in columns},
    }


MANIFEST = {
    "nodes": {
        "model.cdp.batched": node("batched", "visit_id", "place", "_changed_batch"),
        "model.cdp.plain": node("plain", "visit_id", "place"),
    }
}


class Warehouse:
    """A warehouse of two marts, and its copy."""

    def __init__(self, settings: Settings, manifest: Path) -> None:
        self._settings = settings
        self._manifest = manifest

    def execute(self, *statements: str) -> None:
        with duckdb.connect(str(self._settings.duckdb_path)) as connection:
            for statement in statements:
                connection.execute(statement)

    def publish(self) -> Publication:
        return publish(self._settings, self._manifest)

    def differing(self) -> list[int]:
        """Rows by mart that are in the warehouse or in the copy alone."""
        with duckdb.connect() as connection:
            connection.execute(f"attach '{self._settings.duckdb_path}' as ours (read_only)")
            connection.execute(f"attach '{published_path(self._settings)}' as copy (read_only)")
            found = []
            for mart in ("batched", "plain"):
                both = (f"ours.marts.{mart}", f"copy.marts.{mart}")
                queries = [f"(from {a} except all from {b})" for a, b in (both, both[::-1])]
                row = connection.execute(
                    f"select count(*) from ({' union all '.join(queries)})"
                ).fetchone()
                assert row
                found.append(row[0])
        return found


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    manifest = tmp_path / "manifest.json"
    manifest.write_text(json.dumps(MANIFEST))
    settings = Settings.from_environment().model_copy(
        update={
            "target": "duckdb",
            "data_dir": tmp_path,
            "duckdb_path": tmp_path / "warehouse.duckdb",
        }
    )
    world = Warehouse(settings, manifest)
    world.execute(
        "create schema marts",
        "create table marts.batched as select 'v' || i as visit_id, i % 7 as place, "
        f"1 + i % 2 as _changed_batch from range({ROWS}) as numbers (i)",
        "create table marts.plain as select visit_id, place from marts.batched",
    )
    world.publish()
    return world


@pytest.mark.parametrize(
    "change",
    [
        "update marts.batched set place = 9, _changed_batch = 3 where visit_id = 'v2'",
        # A model that was built alone notes the last batch again.
        "update marts.batched set place = 9 where visit_id = 'v3'",
        "delete from marts.batched where visit_id in ('v2', 'v3')",
        "insert into marts.batched values ('v-new', 1, 3)",
        "insert into marts.batched values ('v-new', 1, null)",
        "update marts.batched set visit_id = 'v-other', _changed_batch = 3 where visit_id = 'v2'",
        "update marts.plain set place = 9 where visit_id = 'v2'",
        "delete from marts.plain where visit_id = 'v2'",
        "insert into marts.plain values ('v-new', 1)",
        # Twice the same: no hash tells them apart.
        "insert into marts.plain values ('v2', 2)",
    ],
)
def test_the_copy_holds_what_the_warehouse_does(warehouse: Warehouse, change: str) -> None:
    warehouse.execute(change)
    assert any(warehouse.differing())
    assert warehouse.publish().changed == 1
    assert warehouse.differing() == [0, 0]
    assert warehouse.publish().changed == 0


def test_only_rows_that_changed_are_written(warehouse: Warehouse) -> None:
    warehouse.execute(
        "update marts.batched set place = 9, _changed_batch = 3 where visit_id < 'v11'",
        "update marts.plain set place = 9 where visit_id = 'v2'",
    )
    changed = 4  # v0, v1, v10 and v100 to v109, less those of no other place
    publication = warehouse.publish()
    assert publication.written_rows < ROWS / 10
    assert publication.written_rows >= 2 * changed
    assert warehouse.differing() == [0, 0]
