"""A package of a third party adds a destination: a module and one entry point, nothing here."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cdp.activation.destinations import (
    ENTRY_POINT_GROUP,
    UnknownDestinationError,
    destination_names,
    find_destination,
)
from cdp.dbt.manifest import ManifestError
from tests.cdp.activation.activation_world import World, row, rows

pytestmark = pytest.mark.parametrize("settings", ["duckdb"], indirect=True)

MODULE = """
import json
import os
from contextlib import asynccontextmanager
from pathlib import Path

from cdp.activation.destinations.base import ACCEPTED, Limits, Options, Problem


class AcmeOptions(Options):
    shelf: str


class Session:
    account = "acme"

    def __init__(self, file, options):
        self._file = file
        self._options = options

    def split(self, changes):
        return [changes]

    async def deliver(self, changes):
        with self._file.open("a") as lines:
            for change in changes:
                lines.write(json.dumps([self._options.shelf, change.operation, change.key]) + "\\n")
        return [ACCEPTED] * len(changes)


class Acme:
    options = AcmeOptions
    modes = frozenset({"upsert", "mirror"})
    limits = Limits(largest_batch=2, default_batch=2, max_in_flight=1)

    def check(self, spec):
        if spec.object != "parcels":
            yield Problem("object", "must be parcels.")

    @asynccontextmanager
    async def open(self, spec, settings):
        yield Session(Path(os.environ["ACME_FILE"]), spec.options)


DESTINATION = Acme()
"""


@pytest.fixture
def acme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The package installed in a folder of its own; yields the file that it writes."""
    site = tmp_path / "site-packages"
    information = site / "acme_activation-1.0.dist-info"
    information.mkdir(parents=True)
    (site / "acme_activation.py").write_text(MODULE)
    (information / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: acme-activation\nVersion: 1.0\n"
    )
    (information / "entry_points.txt").write_text(
        f"[{ENTRY_POINT_GROUP}]\nacme = acme_activation:DESTINATION\n"
    )
    monkeypatch.syspath_prepend(site)
    monkeypatch.setenv("ACME_FILE", str(tmp_path / "acme.jsonl"))
    monkeypatch.delitem(sys.modules, "acme_activation", raising=False)
    find_destination.cache_clear()
    yield tmp_path / "acme.jsonl"
    find_destination.cache_clear()


def test_its_sync_is_read_checked_and_run(world: World, acme: Path) -> None:
    assert "acme" in destination_names()
    spec = world.spec(destination="acme", object="parcels", shelf="left", batch_size=None)
    assert spec.batch_size == 2
    world.put(rows(3))
    report = world.run(spec)
    assert (report.inserted, report.requests) == (3, 2)
    world.put([row("p00000")])
    assert world.run(spec, approve=True).deleted == 2
    assert [json.loads(line) for line in acme.read_text().splitlines()] == [
        *(["left", "insert", f"p0000{number}"] for number in range(3)),
        *(["left", "delete", f"p0000{number}"] for number in (1, 2)),
    ]


@pytest.mark.parametrize(
    ("meta", "message"),
    [
        ({"object": "letters"}, "object must be parcels"),
        ({"shelf": None}, "key 'shelf' is missing"),
        ({"mode": "append"}, "destination 'acme' cannot 'append'"),
        ({"batch_size": 3}, "acme takes at most 2"),
    ],
)
def test_its_own_rules_hold_when_the_manifest_is_read(
    world: World, acme: Path, meta: dict[str, object], message: str
) -> None:
    given = {"destination": "acme", "object": "parcels", "shelf": "left", "batch_size": None} | meta
    with pytest.raises(ManifestError, match=message):
        world.spec(**given)


def test_without_the_package_its_name_is_unknown(world: World) -> None:
    find_destination.cache_clear()
    with pytest.raises(
        UnknownDestinationError, match="'acme' is not installed: use one of braze, "
    ):
        find_destination("acme")
