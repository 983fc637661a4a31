"""Each content of each file once: again, changed, copied, renamed, back, and replayed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cdp.landing import LandingError, forget, land, table
from cdp.landing.files import SourceFile
from tests.cdp.landing.landing_world import World


def counts(world: World) -> tuple[int, int, int, int]:
    report = world.land_one()
    assert not report.problems
    return (
        report.files_loaded,
        report.files_skipped,
        report.files_copied,
        report.files_restored,
    )


def test_nothing_is_landed_twice(world: World) -> None:
    world.write("shop/orders/1.csv", "a\n1\n")
    world.write("shop/orders/2.jsonl", '{"a":2}\n')
    assert counts(world) == (2, 0, 0, 0)
    before = world.query("select * from raw.landing_loads order by file")
    assert counts(world) == (0, 2, 0, 0)
    assert world.query("select * from raw.landing_loads order by file") == before
    assert world.query("select count(*) from raw.shop__orders") == [(2,)]


def test_unchanged_files_are_not_read(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.write("shop/orders/1.csv", "a\n1\n")
    world.land()

    def fail(path: Path) -> str:
        raise AssertionError(f"{path} was read")

    monkeypatch.setattr(table, "content_hash", fail)
    assert counts(world) == (0, 1, 0, 0)


def test_a_file_written_just_now_is_read_again(duckdb_world: World) -> None:
    # As a second write within the clock's grain: neither size nor time tell.
    file = duckdb_world.write("shop/orders/1.csv", "a\n1\n")
    os.utime(file)
    status = file.stat()
    assert counts(duckdb_world) == (1, 0, 0, 0)
    file.write_text("a\n2\n")
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert counts(duckdb_world) == (1, 0, 0, 0)
    assert duckdb_world.rows() == [(1, "2")]


def test_a_touched_file_is_not_a_new_version(world: World) -> None:
    world.write("shop/orders/1.csv", "a\n1\n")
    world.land()
    world.write("shop/orders/1.csv", "a\n1\n")
    assert counts(world) == (0, 1, 0, 0)
    assert world.loads() == [("shop/orders/1.csv", 1, True, 1, 0)]


def test_a_changed_file_is_a_new_version(world: World) -> None:
    world.write("shop/orders/1.csv", "a\n1\n2\n")
    world.land()
    world.write("shop/orders/1.csv", "a\n1\n2\n3\n")
    assert counts(world) == (1, 0, 0, 0)
    assert world.rows() == [(1, "1"), (2, "2"), (3, "3")]
    assert world.query("select count(*) from raw.shop__orders") == [(5,)]
    assert world.loads() == [
        ("shop/orders/1.csv", 1, False, 2, 0),
        ("shop/orders/1.csv", 2, True, 3, 0),
    ]
    (link,) = world.query(
        "select old.superseded_by = new.load_id and new.superseded_by is null "
        "from raw.landing_loads as old inner join raw.landing_loads as new "
        "on old.file_version = 1 and new.file_version = 2"
    )
    assert link == (True,)


def test_a_file_that_holds_what_it_held_before(world: World) -> None:
    world.write("shop/orders/1.csv", "a\n1\n")
    world.land()
    world.write("shop/orders/1.csv", "a\n2\n")
    world.land()
    world.write("shop/orders/1.csv", "a\n1\n")
    assert counts(world) == (0, 0, 0, 1)
    assert world.rows() == [(1, "1")]
    assert world.query("select count(*) from raw.shop__orders") == [(2,)]
    assert world.loads() == [
        ("shop/orders/1.csv", 2, False, 1, 0),
        ("shop/orders/1.csv", 3, True, 1, 0),
    ]
    world.write("shop/orders/1.csv", "a\n3\n")
    assert counts(world) == (1, 0, 0, 0)
    assert world.loads()[-1] == ("shop/orders/1.csv", 4, True, 1, 0)


def test_a_copy_loads_nothing(world: World) -> None:
    world.write("shop/orders/1.csv", "a\n1\n")
    world.write("shop/orders/1 (copy).csv", "a\n1\n")
    world.write("shop/mails/1.csv", "a\n1\n")
    world.land()
    assert world.rows() == [(1, "1")]
    assert world.rows("shop__mails") == [(1, "1")]
    world.write("shop/orders/another.csv", "a\n1\n")
    (mails, orders) = world.land().tables
    assert (mails.files_skipped, orders.files_loaded, orders.files_copied) == (1, 0, 1)
    assert counts_of_rows(world) == 1
    assert world.query(
        "select count(*), count(distinct load_id) from raw.landing_files "
        "where table_name = 'shop__orders'"
    ) == [(3, 1)]


def counts_of_rows(world: World) -> int:
    ((count,),) = world.query("select count(*) from raw.shop__orders")
    return int(count)


def test_a_renamed_file_loads_nothing(world: World) -> None:
    file = world.write("shop/orders/1.csv", "a\n1\n")
    world.land()
    file.rename(file.with_name("0.csv"))
    assert counts(world) == (0, 0, 1, 0)
    assert world.rows() == [(1, "1")]


def test_a_removed_file_keeps_its_rows(world: World) -> None:
    world.write("shop/orders/1.csv", "a\n1\n").unlink()
    world.write("shop/orders/2.csv", "a\n2\n")
    world.land()
    world.write("shop/orders/2.csv", "").unlink()
    world.write("shop/orders/3.csv", "a\n3\n")
    world.land()
    assert world.rows() == [(1, "2"), (1, "3")]


def test_a_copy_stands_in_when_its_original_changes(world: World) -> None:
    world.write("shop/orders/1.csv", "a\n1\n")
    world.land()
    world.write("shop/orders/2.csv", "a\n1\n")
    world.land()
    world.write("shop/orders/1.csv", "a\n9\n")
    assert counts(world) == (2, 0, 0, 0)
    assert world.rows() == [(1, "9"), (1, "1")]


def test_two_files_that_change_places(world: World) -> None:
    world.write("shop/orders/1.csv", "a\n1\n")
    world.write("shop/orders/2.csv", "a\n2\n")
    world.land()
    world.write("shop/orders/1.csv", "a\n2\n")
    world.write("shop/orders/2.csv", "a\n1\n")
    world.land()
    assert sorted(world.rows()) == [(1, "1"), (1, "2")]
    assert counts(world)[0] == 0
    assert sorted(world.rows()) == [(1, "1"), (1, "2")]


def test_a_file_that_becomes_a_copy(world: World) -> None:
    world.write("shop/orders/1.csv", "a\n1\n")
    world.write("shop/orders/2.csv", "a\n2\n")
    world.land()
    world.write("shop/orders/2.csv", "a\n1\n")
    assert counts(world) == (0, 1, 1, 0)
    assert world.rows() == [(1, "1")]
    assert world.query(
        "select superseded_by = (select load_id from raw.landing_loads where is_current) "
        "from raw.landing_loads where not is_current"
    ) == [(True,)]


def test_a_file_written_to_while_it_is_read_waits(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.write("shop/orders/1.csv", "a\n1\n")
    world.write("shop/orders/2.csv", "a\n2\n")
    hashed = table.content_hash

    def hash_then_append(path: Path) -> str:
        content = hashed(path)
        if path.name == "1.csv":
            with path.open("a") as file:
                file.write("10\n")
        return content

    with monkeypatch.context() as patch:
        patch.setattr(table, "content_hash", hash_then_append)
        report = world.land()
    assert [(each.file, each.is_error) for each in report.problems] == [
        ("shop/orders/1.csv", False)
    ]
    assert world.rows() == [(1, "2")]
    assert counts(world) == (1, 1, 0, 0)
    assert world.rows() == [(1, "1"), (2, "10"), (1, "2")]


def test_a_file_that_vanishes_is_reported(
    duckdb_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = duckdb_world.write("shop/orders/1.csv", "a\n1\n")
    duckdb_world.write("shop/orders/2.csv", "a\n2\n")
    candidate = table.TableLanding._note_known

    def vanish(self: table.TableLanding, source: SourceFile, content: str) -> bool:
        file.unlink(missing_ok=True)
        return candidate(self, source, content)

    monkeypatch.setattr(table.TableLanding, "_note_known", vanish)
    (problem,) = duckdb_world.land().problems
    assert problem.file == "shop/orders/1.csv"
    assert duckdb_world.rows() == [(1, "2")]


def test_replay_takes_a_file_out_and_in_again(world: World) -> None:
    world.write("shop/orders/1.csv", "a,b\n1,2\nbad\n")
    world.write("shop/orders/2.csv", "a,b\n3,4\n")
    world.land()
    world.write("shop/orders/1.csv", "a,b\n1,5\nbad\n")
    world.land()
    with pytest.raises(LandingError, match="never landed"):
        forget(world.settings, ["shop/orders/1.csv", "shop/orders/9.csv"])
    assert forget(world.settings, ["shop/orders/1.csv"]) == 2
    assert world.rows() == [(1, "3", "4")]
    assert world.quarantine() == []
    assert counts(world) == (1, 1, 0, 0)
    assert world.rows() == [(1, "1", "5"), (1, "3", "4")]
    assert world.loads()[0] == ("shop/orders/1.csv", 1, True, 1, 1)


def test_only_the_tables_asked_for(world: World) -> None:
    world.write("shop/orders/1.csv", "a\n1\n")
    world.write("shop/mails/1.csv", "a\n1\n")
    report = world.land("shop__orders", "landing_loads")
    assert [each.table_name for each in report.tables] == ["shop__orders"]
    assert world.columns("shop__mails") == []
    with pytest.raises(LandingError, match="'shop__letters'"):
        world.land("shop__letters")


def test_progress_and_totals(duckdb_world: World) -> None:
    for day in range(3):
        duckdb_world.write(f"shop/orders/{day}.csv", f"a\n{day}\n")
    seen = []
    land(
        duckdb_world.settings,
        progress=lambda step: seen.append((step.table_name, step.files_done, step.rows)),
        staging_dir=duckdb_world.staging_dir,
    )
    assert seen == [("shop__orders", 3, 3)]
