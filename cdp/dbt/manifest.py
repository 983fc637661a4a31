"""dbt's manifest as typed specs of syncs, checked before any of them runs.

A sync is an exposure with `config.meta.sync` on a contracted payload model. All mistakes are
reported together, each with its YAML file and line.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, cast

from pydantic import BaseModel, ValidationError

from cdp.activation.destinations import UnknownDestinationError, find_destination
from cdp.activation.destinations.base import DELETING_MODES, Destination, Merging, Options
from cdp.activation.spec import (
    PROFILE_COLUMN,
    ConsentRelations,
    FrequencyCaps,
    MergedProfiles,
    PayloadModel,
    Relation,
    SyncMeta,
    SyncSpec,
)
from cdp.dbt.payload import PayloadReader, meta_of, relation_of
from cdp.dbt.sync_checks import column_problems, limit_problems
from cdp.dbt.yaml_lines import YamlFile
from cdp.settings import PROJECT_DIR

__all__ = ["ManifestError", "SyncSpec", "load_sync_specs"]

CAPS_SEED = "frequency_caps"
CONSENTS_MODEL = "profile_consents"
REDIRECTS_MODEL = "profile_redirects"
SUPPRESSIONS_MODEL = "suppressions"


class ManifestError(ValueError):
    """The manifest, or a sync in it, cannot be used; `problems` has one line per mistake."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(self.problems))


def load_sync_specs(manifest_path: Path, project_dir: Path = PROJECT_DIR) -> list[SyncSpec]:
    """Read the syncs of a manifest, sorted by name.

    Args:
        manifest_path: dbt's `manifest.json`.
        project_dir: Folder of `dbt_project.yml`, in which the YAML lines of errors are found.

    Raises:
        ManifestError: The file is missing or unreadable, or a sync in it is wrong.
    """
    try:
        manifest = json.loads(Path(manifest_path).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ManifestError([f"{manifest_path} does not exist: run `dbt parse` first."]) from None
    except ValueError:
        raise ManifestError([f"{manifest_path} is not JSON: run `dbt parse` again."]) from None
    readers = [
        _SyncReader(manifest, exposure, project_dir)
        for exposure in manifest.get("exposures", {}).values()
        if "sync" in meta_of(exposure)
    ]
    specs = [reader.read() for reader in readers]
    problems = [problem for reader in readers for problem in reader.problems]
    if problems:
        raise ManifestError(problems)
    return sorted((spec for spec in specs if spec is not None), key=lambda spec: spec.name)


@dataclass
class _SyncReader:
    """Reads one exposure and collects all its problems."""

    manifest: Mapping[str, Any]
    exposure: Mapping[str, Any]
    project_dir: Path

    def __post_init__(self) -> None:
        self.problems: list[str] = []
        self.name = cast(str, self.exposure["name"])

    @cached_property
    def _yaml(self) -> YamlFile:
        return YamlFile(self.project_dir, self.exposure["original_file_path"])

    def _exposure_at(self, *path: str) -> str:
        return self._yaml.locate(("exposures", self.name, *path))

    def _sync_at(self, *path: str) -> str:
        # Older projects write `meta` beside `config`; dbt merges both.
        inner = self._yaml.find(("exposures", self.name, "config", "meta", "sync"))
        prefix = ("config", "meta", "sync") if inner else ("meta", "sync")
        return self._exposure_at(*prefix, *path)

    def _problem(self, place: str, text: str) -> None:
        self.problems.append(f"{place}: sync {self.name!r}: {text}")

    def _report(self, problems: Iterable[tuple[str, str]]) -> None:
        for key, text in problems:
            self._problem(self._sync_at(key) if key else self._sync_at(), text)

    def read(self) -> SyncSpec | None:
        """The spec; None if there are `problems`."""
        raw = meta_of(self.exposure)["sync"]
        if not isinstance(raw, Mapping):
            self._problem(self._sync_at(), "config.meta.sync must be a mapping of keys.")
            return None
        if self.exposure.get("type") != "application":
            self._problem(self._exposure_at("type"), "set `type: application` on the exposure.")
        payload = PayloadReader(self.manifest, self.project_dir, self._problem).read(
            self.exposure["depends_on"]["nodes"], self._exposure_at("depends_on")
        )
        meta, destination, options = self._checked_meta(raw)
        if payload and meta:
            self._report(column_problems(payload, meta))
        if meta and destination:
            self._report(limit_problems(meta, destination))
        consent = self._consent(meta) if meta else None
        if self.problems or not (payload and meta and destination and options):
            return None
        limits = destination.limits
        merged_profiles = self._merged_profiles(meta, destination)
        spec = SyncSpec(
            name=self.name,
            unique_id=self.exposure["unique_id"],
            description=self.exposure.get("description") or "",
            payload=payload,
            destination=meta.destination,
            object=meta.object,
            mode=meta.mode,
            key=meta.key,
            order_by=meta.order_by,
            send_until=meta.send_until,
            batch_size=meta.batch_size or limits.default_batch,
            rate_per_second=meta.rate_per_second
            or limits.default_rate_per_second
            or limits.rate_per_second,
            max_in_flight=meta.max_in_flight or limits.max_in_flight,
            purpose=meta.purpose,
            channel=meta.channel,
            consent=consent,
            consent_reason=meta.consent_reason,
            max_change_share=meta.max_change_share,
            max_delete_share=meta.max_delete_share,
            merged_profiles=merged_profiles,
            can_delete=_can_delete(meta, destination),
            redirects=self._redirects(payload, merged_profiles),
            caps=self._caps(meta),
            options=options,
            declared_at=self._sync_at(),
        )
        for problem in destination.check(spec):
            self._problem(self._sync_at(problem.key), f"{problem.key} {problem.text}")
        return None if self.problems else spec

    def _checked_meta(
        self, raw: Mapping[str, Any]
    ) -> tuple[SyncMeta | None, Destination | None, Options | None]:
        common = {key: value for key, value in raw.items() if key in SyncMeta.model_fields}
        own = {key: value for key, value in raw.items() if key not in SyncMeta.model_fields}
        destination: Destination | None = None
        options: Options | None = None
        try:
            destination = find_destination(str(raw.get("destination", "")))
        except UnknownDestinationError as error:
            if "destination" in raw:
                self._problem(self._sync_at("destination"), str(error))
        known = set(SyncMeta.model_fields)
        if destination:
            known |= set(destination.options.model_fields)
            options = cast("Options | None", self._validated(destination.options, own, known))
        meta = cast("SyncMeta | None", self._validated(SyncMeta, common, known))
        return meta, destination, options

    def _validated(
        self, model: type[BaseModel], values: Mapping[str, Any], known: set[str]
    ) -> BaseModel | None:
        try:
            return model.model_validate(dict(values))
        except ValidationError as errors:
            for error in errors.errors():
                key = str(error["loc"][0]) if error["loc"] else ""
                self._key_problem(key, error["type"], error["msg"], known)
            return None

    def _key_problem(self, key: str, kind: str, message: str, known: set[str]) -> None:
        if kind == "missing":
            self._problem(self._sync_at(), f"key {key!r} is missing: add `{key}: …`.")
        elif kind == "extra_forbidden":
            near = difflib.get_close_matches(key, known, n=1)
            mend = f"did you mean {near[0]!r}?" if near else f"use {', '.join(sorted(known))}."
            self._problem(self._sync_at(key), f"key {key!r} is unknown: {mend}")
        else:
            self._problem(self._sync_at(key), f"key {key!r}: {message}.")

    def _merged_profiles(self, meta: SyncMeta, destination: Destination) -> MergedProfiles:
        """What happens to rows of merged profiles: as declared, or the best possible."""
        possible: list[MergedProfiles] = []
        if _can_delete(meta, destination):
            possible.append("delete")
        if meta.mode not in DELETING_MODES:
            possible.append("keep")
        if isinstance(destination, Merging) and meta.mode not in ("append", "full"):
            # Records in `update_only` mode also belong to other systems, and a merge cannot be
            # undone.
            is_first = destination.merges_unasked and meta.mode != "update_only"
            possible.insert(0 if is_first else len(possible), "merge")
        if meta.merged_profiles and meta.merged_profiles not in possible:
            self._problem(
                self._sync_at("merged_profiles"),
                f"merged_profiles is {meta.merged_profiles!r}, which {meta.destination} cannot in "
                f"mode {meta.mode!r}: use one of {', '.join(possible)}.",
            )
        return meta.merged_profiles or possible[0]

    def _redirects(self, payload: PayloadModel, merged: MergedProfiles) -> Relation | None:
        model = self._named(REDIRECTS_MODEL)
        if model is None or merged == "keep" or payload.column(PROFILE_COLUMN) is None:
            return None
        return relation_of(model)

    def _caps(self, meta: SyncMeta) -> FrequencyCaps | None:
        """The frequency caps of messages; messages that a contract requires are not capped."""
        seed = self._named(CAPS_SEED, "seed")
        if seed is None or meta.mode != "append" or meta.consent == "not_required":
            return None
        redirects = self._named(REDIRECTS_MODEL)
        return FrequencyCaps(
            limits=relation_of(seed), redirects=relation_of(redirects) if redirects else None
        )

    def _consent(self, meta: SyncMeta) -> ConsentRelations | None:
        if meta.consent == "not_required":
            if not meta.consent_reason:
                self._problem(
                    self._sync_at("consent"),
                    "consent is not_required without a reason: add `consent_reason: …`.",
                )
            return None
        relations = []
        for name in (CONSENTS_MODEL, SUPPRESSIONS_MODEL):
            model = self._named(name)
            if model is None:
                self._problem(
                    self._sync_at(),
                    f"consent is looked up in the model {name}, which the project does not have.",
                )
            else:
                relations.append(relation_of(model))
        if len(relations) < 2:
            return None
        return ConsentRelations(consents=relations[0], suppressions=relations[1])

    def _named(self, name: str, kind: str = "model") -> Mapping[str, Any] | None:
        nodes = self.manifest["nodes"].values()
        return next((n for n in nodes if n["resource_type"] == kind and n["name"] == name), None)


def _can_delete(meta: SyncMeta, destination: Destination) -> bool:
    """Whether the sync may delete; rows that are only updated belong to others."""
    if meta.mode == "upsert":
        return "mirror" in destination.modes
    return meta.mode in DELETING_MODES
