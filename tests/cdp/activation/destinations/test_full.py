"""Mode `full`: all rows whenever one changed, and what is listed is always a whole."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from cdp.activation import SyncStoppedError, plan_sync
from cdp.activation.plan import SyncBlockedError
from cdp.dbt.manifest import SyncSpec
from tests.cdp.activation.activation_world import Row, World, row, rows


@pytest.fixture
def folder(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CDP_FILES_URL", str(tmp_path / "out"))
    return tmp_path / "out" / world.name


def spec_of(world: World, **meta: object) -> SyncSpec:
    given = {"destination": "files", "mode": "full", "format": "csv", "batch_size": 10} | meta
    return world.spec(**given)


def listed(folder: Path) -> list[tuple[str, str]]:
    """Key and product of all rows that the manifest lists."""
    files = json.loads((folder / "manifest.json").read_text())["files"]
    found = []
    for file in files:
        read = duckdb.sql(f"select profile_id, product from read_csv('{folder / file['name']}')")
        found += read.fetchall()
        assert len(read) == file["rows"]
    return sorted(found)


def as_listed(payload: list[Row]) -> list[tuple[str, str]]:
    return sorted((entry["profile_id"], entry["product"]) for entry in payload)


def test_all_rows_go_whenever_one_changed_and_none_where_none_did(
    world: World, folder: Path
) -> None:
    world.put(rows(25))
    assert world.run(spec_of(world), run_id="first").inserted == 25
    assert listed(folder) == as_listed(rows(25))
    report = world.run(spec_of(world), run_id="second")
    assert (report.requests, report.unchanged) == (0, 25)
    changed = [*rows(24), row("p00024", product="tent")]
    world.put(changed)
    report = world.run(spec_of(world), run_id="third")
    assert (report.updated, report.unchanged, report.requests) == (25, 0, 3)
    assert listed(folder) == as_listed(changed)


def test_a_row_that_left_or_may_not_be_sent_is_not_in_it(world: World, folder: Path) -> None:
    world.put(rows(5))
    world.run(spec_of(world))
    world.put(rows(4))
    assert world.run(spec_of(world)).deleted == 1
    assert listed(folder) == as_listed(rows(4))
    world.withdraw("p00001")
    assert world.run(spec_of(world)).deleted == 1
    assert listed(folder) == as_listed([row("p00000"), row("p00002"), row("p00003")])
    assert world.run(spec_of(world)).requests == 0
    world.put([])
    world.run(spec_of(world))
    assert listed(folder) == []


def test_a_run_that_stops_leaves_the_last_whole_and_the_next_sends_all(
    world: World, folder: Path
) -> None:
    world.put(rows(25))
    world.run(spec_of(world))
    before = (folder / "manifest.json").read_text()
    changed = [*rows(24), row("p00024", product="tent")]
    world.put(changed)
    obstacle = folder / "manifest.json.part"
    obstacle.mkdir()
    with pytest.raises(SyncStoppedError, match="the end of the delivery failed: files: IsADir"):
        world.run(spec_of(world))
    assert (folder / "manifest.json").read_text() == before
    obstacle.rmdir()
    assert plan_sync(world.settings, spec_of(world)).counts.update == 25
    assert world.run(spec_of(world)).updated == 25
    assert listed(folder) == as_listed(changed)
    assert world.run(spec_of(world)).requests == 0


@pytest.mark.parametrize("is_withheld", [False, True])
def test_a_payload_that_is_empty_from_the_first_has_a_manifest_without_files(
    world: World, folder: Path, is_withheld: bool
) -> None:
    world.put(rows(3) if is_withheld else [], consenting=not is_withheld)
    report = world.run(spec_of(world))
    assert (report.status, report.requests) == ("succeeded", 0)
    assert json.loads((folder / "manifest.json").read_text())["files"] == []
    (folder / "manifest.json").unlink()
    world.run(spec_of(world))
    assert not folder.exists() or not list(folder.iterdir())


def test_a_run_that_stops_at_the_end_of_an_emptied_payload_is_made_up_for(
    world: World, folder: Path
) -> None:
    world.put(rows(3))
    world.run(spec_of(world))
    world.put([])
    obstacle = folder / "manifest.json.part"
    obstacle.mkdir()
    with pytest.raises(SyncStoppedError):
        world.run(spec_of(world))
    assert len(listed(folder)) == 3
    obstacle.rmdir()
    world.run(spec_of(world))
    assert listed(folder) == []


def test_a_run_that_stops_halfway_does_not_list_what_it_wrote(world: World, folder: Path) -> None:
    world.put(rows(25))
    world.run(spec_of(world))
    last = json.loads((folder / "manifest.json").read_text())["files"][-1]["name"]
    world.put(rows(24))
    world.run(spec_of(world))
    (folder / f"{last}.part").mkdir()
    world.put(rows(25))
    with pytest.raises(SyncStoppedError, match="cannot be used: files: IsADirectoryError"):
        world.run(spec_of(world))
    assert listed(folder) == as_listed(rows(24))


def test_a_run_that_the_guard_stopped_does_not_make_the_next_send_all(
    world: World, folder: Path
) -> None:
    world.put(rows(30))
    world.run(spec_of(world))
    world.put([])
    with pytest.raises(SyncBlockedError):
        world.run(spec_of(world))
    world.put(rows(30))
    assert world.run(spec_of(world)).requests == 0


def test_the_same_rows_write_the_same_files(world: World, folder: Path) -> None:
    world.put(rows(12))
    world.run(spec_of(world))
    before = {file.name for file in folder.iterdir()}
    world.put(rows(11))
    world.run(spec_of(world))
    world.put(rows(12))
    world.run(spec_of(world))
    after = {file.name for file in folder.iterdir()}
    # One file of ten rows, one of two, one of one, and the manifest.
    assert before <= after
    assert len(after) == 4


def test_rows_that_are_as_they_were_do_not_trip_the_guard(world: World, folder: Path) -> None:
    world.put(rows(20))
    spec = spec_of(world, max_change_share=0.1)
    world.run(spec)
    world.put([*rows(18), row("p00018", product="tent"), row("p00019", product="tent")])
    assert world.run(spec).updated == 20
    world.put([row(entry["profile_id"], product="rope") for entry in rows(20)])
    with pytest.raises(SyncBlockedError, match="more than max_change_share of 10%"):
        world.run(spec)
    world.put(rows(3))
    with pytest.raises(SyncBlockedError):
        world.run(spec)
    assert len(listed(folder)) == 20


def test_a_row_that_is_refused_does_not_send_all_rows_again_and_again(
    world: World, folder: Path
) -> None:
    world.put([*rows(3), row("p9", amount=Decimal("9007199254740993.01"))])
    report = world.run(spec_of(world))
    assert (report.inserted, report.rejected) == (3, 1)
    assert listed(folder) == as_listed(rows(3))
    report = world.run(spec_of(world))
    assert (report.requests, report.held_back) == (0, 1)


@pytest.mark.parametrize("format_name", ["csv", "jsonl", "parquet"])
@pytest.mark.parametrize("settings", ["duckdb"], indirect=True)
def test_the_files_have_the_payloads_columns_alone(
    world: World, folder: Path, format_name: str
) -> None:
    world.put(rows(2))
    world.run(spec_of(world, format=format_name))
    (file,) = folder.glob(f"*.{format_name}")
    reader = {"csv": "read_csv", "jsonl": "read_json", "parquet": "read_parquet"}[format_name]
    columns = duckdb.sql(f"select * from {reader}('{file}')").columns
    assert columns == [column.name for column in world.spec().payload.columns]
