"""Dashboards and notebooks that read through refreshes, on each engine.

Four of them; with `--soak` (`make soak`) ten.
"""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from multiprocessing.connection import Connection as Pipe
from multiprocessing.synchronize import Event
from pathlib import Path
from unittest import mock

import duckdb
import psycopg
import pytest

from cdp.publishing import publish, published_path
from cdp.settings import Settings, Target
from dashboards.pages import PAGES
from dashboards.reading import reader
from tests.project.conftest import AS_OF, Built
from tests.project.platform import Platform

pytestmark = pytest.mark.slow

REFRESHES, REFRESHES_OF_SOAK = 4, 10
READERS = 2
# What moves with the clock, so that each refresh has other rows.
MOVING = (
    "path:models/profiles/int_profiles__lifecycle_transitions.sql",
    "path:models/profiles/lifecycle_transitions.sql",
    "path:models/profiles/profile_traits.sql",
    "path:models/profiles/profiles.sql",
)
# Views that read what a full refresh swaps, and a seed that two views read.
SWAPPED = (
    "path:seeds/identity/identifier_types.csv",
    "path:models/identity/profile_identifiers.sql",
    "path:models/journeys/int_journeys__events.sql",
    "path:models/journeys/events.sql",
)
MARTS = (
    "cdp_profiles.profiles",
    "cdp_profiles.profile_traits",
    "cdp_profiles.lifecycle_transitions",
    "cdp_journeys.events",
    "cdp_identity.profile_identifiers",
)
STAGES = "select lifecycle_stage, count(*) from cdp_profiles.profiles group by 1 order by 1"
# A profile whose stage is another in two marts: they are of two refreshes.
DISAGREEING = """
select count(*)
from cdp_profiles.profiles
inner join cdp_profiles.lifecycle_transitions using (profile_id)
where is_current and to_stage <> lifecycle_stage
"""

Query = Callable[[str], list[tuple[object, ...]]]


@contextmanager
def _copy(path: Path) -> Iterator[Query]:
    """A reader of the published copy, as dashboards open it."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{path}' as published (read_only)")
        connection.execute("use published")
        yield lambda statement: connection.execute(statement).fetchall()


@contextmanager
def _server(database: str) -> Iterator[Query]:
    with psycopg.connect(database, autocommit=True) as connection:
        yield lambda statement: connection.execute(statement.encode()).fetchall()


def _read(place: str, is_copy: bool, smallest: dict[str, int], stop: Event, told: Pipe) -> None:
    """Read until told to stop; tells how often, what went wrong, and which states it has seen."""
    problems: list[str] = []
    seen: set[object] = set()
    rounds = 0
    longest = 0.0
    while not stop.is_set():
        try:
            with _copy(Path(place)) if is_copy else _server(place) as query:
                for _ in range(3):
                    for mart, least in smallest.items():
                        started = time.monotonic()
                        ((rows,),) = query(f"select count(*) from {mart}")
                        longest = max(longest, time.monotonic() - started)
                        if rows != least:
                            problems.append(f"{mart} has {rows} rows, not {least}")
                    if is_copy and query(DISAGREEING) != [(0,)]:
                        problems.append("marts of two refreshes")
                    seen.add(tuple(query(STAGES)))
            rounds += 1
            # Enough to meet every moment of a refresh, and leaves it the machine.
            time.sleep(0.02)
        except (duckdb.Error, psycopg.Error) as error:
            problems.append(f"{type(error).__name__}: {str(error).splitlines()[0]}")
    told.send((rounds, problems[:5], len(seen), longest))


@pytest.mark.parametrize("target", ["duckdb", "postgres"])
def test_readers_see_whole_marts_through_refreshes(
    target: Target, built: Built, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    refreshes = REFRESHES_OF_SOAK if pytestconfig.getoption("--soak") else REFRESHES
    platform = built(target).copy(tmp_path / "read")
    with mock.patch.dict(os.environ, platform.environment):
        settings = Settings.from_environment()
    publish(settings, platform.folder / "target/manifest.json")
    smallest = {mart: _count(platform, mart) for mart in MARTS if "transitions" not in mart}
    environment = platform.environment
    place = (
        str(published_path(settings))
        if target == "duckdb"
        else f"host={environment['PGHOST']} user=postgres dbname={environment['PGDATABASE']}"
    )
    spawn = multiprocessing.get_context("spawn")
    stop = spawn.Event()
    pipes = [spawn.Pipe() for _ in range(READERS)]
    readers = [
        spawn.Process(target=_read, args=(place, target == "duckdb", smallest, stop, theirs))
        for _, theirs in pipes
    ]
    for process in readers:
        process.start()
    try:
        for number in range(refreshes):
            moment = datetime.fromisoformat(AS_OF) + timedelta(days=20 * (number + 1))
            # A full refresh swaps what an incremental one writes into.
            is_full = target == "postgres" and number == refreshes // 2
            platform.dbt(
                *("build", "--exclude-resource-type", "test", "unit_test"),
                *(["--full-refresh"] if is_full else []),
                *("--select", *MOVING, *(SWAPPED if is_full else ())),
                CDP_AS_OF=moment.isoformat(sep=" "),
            )
            publish(settings, platform.folder / "target/manifest.json")
    finally:
        stop.set()
        found = [ours.recv() for ours, _ in pipes]
        for process in readers:
            process.join()
    for rounds, problems, states, _longest in found:
        assert not problems
        assert rounds > refreshes
        assert states > refreshes / 2, "the refreshes changed too little to prove anything"


def _count(platform: Platform, mart: str) -> int:
    ((rows,),) = platform.rows(f"select count(*) from {mart}")
    return int(rows)


def test_a_publication_that_dies_leaves_the_copy_of_before(built: Built, tmp_path: Path) -> None:
    platform = built("duckdb").copy(tmp_path / "dies")
    with mock.patch.dict(os.environ, platform.environment):
        settings = Settings.from_environment()
    manifest = platform.folder / "target/manifest.json"
    publish(settings, manifest)
    before = published_path(settings).read_bytes()
    with platform.warehouse() as warehouse:
        warehouse.execute("delete from cdp_profiles.profiles")
    with (
        mock.patch("cdp.warehouse.publication.Copier.finish", side_effect=KeyboardInterrupt),
        pytest.raises(KeyboardInterrupt),
    ):
        publish(settings, manifest)
    assert published_path(settings).read_bytes() == before
    with _copy(published_path(settings)) as query:
        assert query("select count(*) > 0 from cdp_profiles.profiles") == [(True,)]
    publication = publish(settings, manifest)
    assert publication.changed == 1
    with _copy(published_path(settings)) as query:
        assert query("select count(*) from cdp_profiles.profiles") == [(0,)]


def test_queries_of_the_dashboards_run_on_postgres(built: Built) -> None:
    environment = built("postgres").environment
    with mock.patch.dict(os.environ, environment), reader(Settings.from_environment()) as marts:
        for page in PAGES:
            for chart in page.charts:
                marts.read(chart.query)
