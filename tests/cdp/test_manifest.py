"""Syncs as they are read from the manifest: what is accepted, and what each mistake is told."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from cdp.activation import destinations
from cdp.activation.destinations.base import Limits, Options, Problem
from cdp.activation.destinations.webhook import WebhookOptions
from cdp.activation.spec import Relation
from cdp.dbt.manifest import ManifestError, SyncSpec, load_sync_specs
from cdp.settings import PROJECT_DIR

EXPOSURES = """\
version: 2

exposures:
  - name: dashboard
    type: dashboard

  - name: members
    type: application
    depends_on: [ref('sync_webhook__members')]
    config:
      meta:
        sync:
          destination: webhook
          object: members
          mode: mirror
          key: profile_id
          purpose: marketing
          channel: email
          batchsize: 5
"""
MODELS = """\
models:
  - name: other
  - name: sync_webhook__members
    columns:
      - name: profile_id
      - {name: amount}
"""
META = {
    "destination": "webhook",
    "object": "members",
    "mode": "mirror",
    "key": "profile_id",
    "purpose": "marketing",
    "channel": "email",
}


def model(name: str, columns: dict[str, dict[str, Any]]) -> dict[str, Any]:
    return {
        "resource_type": "model",
        "name": name,
        "database": "warehouse",
        "schema": "cdp_syncs",
        "alias": f"{name}_alias",
        "patch_path": "shop://models/syncs/_models.yml",
        "original_file_path": f"models/syncs/{name}.sql",
        "contract": {"enforced": True},
        "columns": {column: {"name": column} | more for column, more in columns.items()},
    }


def good_manifest() -> dict[str, Any]:
    return {
        "nodes": {
            "model.shop.sync_webhook__members": model(
                "sync_webhook__members",
                {
                    "profile_id": {"data_type": "text"},
                    "email": {
                        "data_type": "character varying(200)",
                        "config": {"meta": {"direct_identifier": True}},
                    },
                    "amount": {"data_type": "NUMERIC(18, 2)"},
                    "score": {"data_type": "double precision"},
                },
            ),
            "model.shop.profile_consents": model("profile_consents", {}),
            "model.shop.suppressions": model("suppressions", {}),
        },
        "exposures": {
            "exposure.shop.dashboard": {
                "name": "dashboard",
                "type": "dashboard",
                "config": {"meta": {}},
            },
            "exposure.shop.members": {
                "name": "members",
                "unique_id": "exposure.shop.members",
                "type": "application",
                "description": "Members of audiences.",
                "original_file_path": "models/syncs/_exposures.yml",
                "depends_on": {"nodes": ["model.shop.sync_webhook__members"]},
                "config": {"meta": {"sync": dict(META)}},
            },
        },
    }


@pytest.fixture
def load(tmp_path: Path) -> Callable[[dict[str, Any]], list[SyncSpec]]:
    folder = tmp_path / "models" / "syncs"
    folder.mkdir(parents=True)
    (folder / "_exposures.yml").write_text(EXPOSURES)
    (folder / "_models.yml").write_text(MODELS)

    def load_manifest(manifest: dict[str, Any]) -> list[SyncSpec]:
        file = tmp_path / "manifest.json"
        file.write_text(json.dumps(manifest))
        return load_sync_specs(file, tmp_path)

    return load_manifest


Load = Callable[[dict[str, Any]], list[SyncSpec]]


def test_a_sync_is_read_complete(load: Load) -> None:
    (spec,) = load(good_manifest())
    assert spec.name == "members"
    assert spec.description == "Members of audiences."
    assert spec.payload_unique_id == "model.shop.sync_webhook__members"
    assert spec.payload.relation == Relation(
        database="warehouse",
        schema_name="cdp_syncs",
        identifier="sync_webhook__members_alias",
    )
    assert [(column.name, column.kind) for column in spec.payload.columns] == [
        ("profile_id", "text"),
        ("email", "text"),
        ("amount", "numeric"),
        ("score", "double"),
    ]
    assert [column.is_direct_identifier for column in spec.payload.columns] == [
        *(None, True, None, None)
    ]
    assert (spec.batch_size, spec.max_in_flight, spec.rate_per_second) == (100, 16, None)
    assert spec.consent
    assert spec.consent.consents.identifier == "profile_consents_alias"
    assert spec.consent.suppressions.identifier == "suppressions_alias"
    assert spec.options == WebhookOptions()
    assert spec.declared_at == "models/syncs/_exposures.yml:12"


def test_the_destinations_own_keys_reach_its_options(load: Load) -> None:
    manifest = good_manifest()
    sync_of(manifest).update(timeout_seconds=5, batch_size=7, rate_per_second=2.5)
    (spec,) = load(manifest)
    assert spec.options == WebhookOptions(timeout_seconds=5)
    assert (spec.batch_size, spec.rate_per_second) == (7, 2.5)


def test_an_exposure_without_a_sync_is_none_of_ours(load: Load) -> None:
    manifest = good_manifest()
    del manifest["exposures"]["exposure.shop.members"]
    assert load(manifest) == []


def sync_of(manifest: dict[str, Any]) -> dict[str, Any]:
    exposure = manifest["exposures"]["exposure.shop.members"]
    return exposure["config"]["meta"]["sync"]  # type: ignore[no-any-return]


def set_meta(**values: object) -> Callable[[dict[str, Any]], None]:
    """A mistake in the sync's keys; None leaves one out."""

    def change(manifest: dict[str, Any]) -> None:
        sync = sync_of(manifest)
        sync.update(values)
        for key in [key for key, value in sync.items() if value is None]:
            del sync[key]

    return change


def set_model(**values: object) -> Callable[[dict[str, Any]], None]:
    def change(manifest: dict[str, Any]) -> None:
        manifest["nodes"]["model.shop.sync_webhook__members"].update(values)

    return change


def set_column(name: str, data_type: str | None) -> Callable[[dict[str, Any]], None]:
    def change(manifest: dict[str, Any]) -> None:
        columns = manifest["nodes"]["model.shop.sync_webhook__members"]["columns"]
        columns[name] = {"name": name, "data_type": data_type}

    return change


def set_exposure(**values: object) -> Callable[[dict[str, Any]], None]:
    def change(manifest: dict[str, Any]) -> None:
        manifest["exposures"]["exposure.shop.members"].update(values)

    return change


def without_consents(manifest: dict[str, Any]) -> None:
    del manifest["nodes"]["model.shop.profile_consents"]


def without_profile(manifest: dict[str, Any]) -> None:
    del manifest["nodes"]["model.shop.sync_webhook__members"]["columns"]["profile_id"]
    sync_of(manifest)["key"] = "email"


@pytest.mark.parametrize(
    ("mistake", "place", "message"),
    [
        (set_meta(batchsize=5), "_exposures.yml:19", "'batchsize' is unknown: did you mean 'batch"),
        (set_meta(colour=5), "_exposures.yml:12", "key 'colour' is unknown: use batch_size, "),
        (set_meta(purpose=None), "_exposures.yml:12", "key 'purpose' is missing: add `purpose:"),
        (set_meta(channel=None), "_exposures.yml:12", "key 'channel' is missing"),
        (set_meta(mode="mirrored"), "_exposures.yml:15", "should be 'upsert', 'update_only', 'mir"),
        (
            set_meta(key="email_id"),
            "_exposures.yml:16",
            "which sync_webhook__members does not have",
        ),
        (
            set_meta(key="score"),
            "_exposures.yml:16",
            "is double precision, which has no exact text",
        ),
        (set_meta(order_by="rank"), "_exposures.yml:12", "order_by is 'rank'"),
        (set_meta(batch_size=0), "_exposures.yml:12", "key 'batch_size': Input should be greater"),
        (set_meta(batch_size="ten"), "_exposures.yml:12", "key 'batch_size': Input should be a va"),
        (set_meta(batch_size=99_999), "_exposures.yml:12", "webhook takes at most 10000"),
        (set_meta(rate_per_second=-1), "_exposures.yml:12", "key 'rate_per_second': Input should"),
        (set_meta(max_delete_share=20), "_exposures.yml:12", "key 'max_delete_share': Input"),
        (
            set_meta(timeout_seconds=0),
            "_exposures.yml:12",
            "key 'timeout_seconds': Input should be",
        ),
        (set_meta(destination="webhok"), "_exposures.yml:13", "'webhok' is not installed: use one"),
        (set_meta(consent="not_required"), "_exposures.yml:12", "add `consent_reason: …`"),
        (set_exposure(type="dashboard"), "_exposures.yml:8", "set `type: application`"),
        (set_exposure(depends_on={"nodes": []}), "_exposures.yml:9", "depends on nothing"),
        (
            set_exposure(depends_on={"nodes": ["model.shop.a", "model.shop.b"]}),
            "_exposures.yml:9",
            "depends on model.shop.a, model.shop.b: a sync has exactly one payload model",
        ),
        (
            set_exposure(depends_on={"nodes": ["source.shop.a.b"]}),
            "_exposures.yml:9",
            "exactly one",
        ),
        (
            set_exposure(config={"meta": {"sync": "webhook"}}),
            "_exposures.yml:12",
            "config.meta.sync must be a mapping",
        ),
        (set_model(contract={"enforced": False}), "_models.yml:3", "has no contract"),
        (
            set_column("amount", "jsonb"),
            "_models.yml:6",
            "column amount of sync_webhook__members is",
        ),
        (set_column("amount", "numeric"), "_models.yml:6", "such as numeric(18, 2)"),
        (set_column("amount", None), "_models.yml:6", "is of no type"),
        (without_consents, "_exposures.yml:12", "model profile_consents, which the project does"),
        (without_profile, "_exposures.yml:12", "has no column profile_id, by which consent"),
    ],
)
def test_a_mistake_is_told_with_its_place_and_mending(
    load: Load, mistake: Callable[[dict[str, Any]], None], place: str, message: str
) -> None:
    manifest = copy.deepcopy(good_manifest())
    mistake(manifest)
    with pytest.raises(ManifestError) as caught:
        load(manifest)
    (problem,) = caught.value.problems
    assert problem.startswith(f"models/syncs/{place}: sync 'members': ")
    assert message in problem


def test_all_mistakes_are_told_at_once(load: Load) -> None:
    manifest = good_manifest()
    set_meta(purpose=None, batchsize=5)(manifest)
    set_column("amount", "jsonb")(manifest)
    with pytest.raises(ManifestError) as caught:
        load(manifest)
    assert len(caught.value.problems) == 3


def test_consent_that_is_not_required_needs_neither_profile_nor_models(load: Load) -> None:
    manifest = good_manifest()
    without_profile(manifest)
    without_consents(manifest)
    set_meta(consent="not_required", consent_reason="Order confirmations.")(manifest)
    (spec,) = load(manifest)
    assert spec.consent is None


def test_it_can_be_imported_first() -> None:
    subprocess.run([sys.executable, "-c", "import cdp.dbt.manifest"], cwd=PROJECT_DIR, check=True)


def test_a_missing_manifest_names_the_command(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match="run `dbt parse` first"):
        load_sync_specs(tmp_path / "manifest.json", tmp_path)


def test_a_broken_manifest_is_told(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text("{")
    with pytest.raises(ManifestError, match="is not JSON"):
        load_sync_specs(tmp_path / "manifest.json", tmp_path)


def test_without_the_yaml_the_file_alone_is_named(load: Load, tmp_path: Path) -> None:
    manifest = good_manifest()
    set_meta(purpose=None)(manifest)
    (tmp_path / "models" / "syncs" / "_exposures.yml").unlink()
    with pytest.raises(ManifestError, match=r"^models/syncs/_exposures\.yml: sync 'members'"):
        load(manifest)


class _AcmeOptions(Options):
    workspace: str


class _Acme:
    """A destination as an installed package would offer it."""

    options = _AcmeOptions
    modes = frozenset({"upsert"})
    limits = Limits(
        largest_batch=50,
        default_batch=25,
        rate_per_second=10,
        default_rate_per_second=5,
        max_in_flight=2,
        most_in_flight=4,
    )

    def check(self, spec: SyncSpec) -> Iterable[Problem]:
        if cast(_AcmeOptions, spec.options).workspace == "closed":
            yield Problem("workspace", "is closed.")


class _EntryPoint:
    name = "acme"

    @staticmethod
    def load() -> _Acme:
        return _Acme()


@pytest.fixture
def acme(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    def entry_points(group: str, name: str = "acme") -> list[type[_EntryPoint]]:
        is_asked_for = group == "customer_data_platform.destinations" and name == "acme"
        return [_EntryPoint] if is_asked_for else []

    monkeypatch.setattr(destinations, "entry_points", entry_points)
    destinations.find_destination.cache_clear()
    yield
    destinations.find_destination.cache_clear()


@pytest.mark.usefixtures("acme")
def test_a_destination_of_another_package_is_found_by_its_entry_point(load: Load) -> None:
    manifest = good_manifest()
    set_meta(destination="acme", mode="upsert", workspace="w1")(manifest)
    (spec,) = load(manifest)
    assert spec.options == _AcmeOptions(workspace="w1")
    assert (spec.batch_size, spec.rate_per_second, spec.max_in_flight) == (25, 5, 2)


@pytest.mark.usefixtures("acme")
@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"mode": "mirror", "workspace": "w"}, "destination 'acme' cannot 'mirror': use one of up"),
        ({"mode": "upsert"}, "key 'workspace' is missing"),
        ({"mode": "upsert", "workspace": "w", "rate_per_second": 11}, "acme allows at most 10"),
        ({"mode": "upsert", "workspace": "w", "batch_size": 51}, "acme takes at most 50"),
        ({"mode": "upsert", "workspace": "w", "max_in_flight": 5}, "acme allows at most 4"),
        ({"mode": "upsert", "workspace": "closed"}, "sync 'members': workspace is closed."),
    ],
)
def test_what_a_destination_cannot_do_is_an_error(
    load: Load, values: dict[str, object], message: str
) -> None:
    manifest = good_manifest()
    set_meta(destination="acme", **values)(manifest)
    with pytest.raises(ManifestError) as caught:
        load(manifest)
    assert message in str(caught.value)
