"""dbt's manifest as typed specs: what the syncs are, checked before any of them runs.

A sync is an exposure with `config.meta.sync` on a contracted payload model. Whatever is wrong with
one is reported with the YAML file and line that says so, all problems at once.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, cast

import yaml
from pydantic import BaseModel, ValidationError

from cdp.activation.destinations import UnknownDestinationError, find_destination
from cdp.activation.destinations.base import (
    DELETING_MODES,
    Destination,
    Merging,
    Options,
)
from cdp.activation.spec import (
    PROFILE_COLUMN,
    ColumnKind,
    ConsentRelations,
    FrequencyCaps,
    MergedProfiles,
    PayloadColumn,
    PayloadModel,
    Relation,
    SyncMeta,
    SyncSpec,
)
from cdp.settings import PROJECT_DIR

__all__ = ["ManifestError", "SyncSpec", "load_sync_specs"]

CAPS_SEED = "frequency_caps"
CONSENTS_MODEL = "profile_consents"
REDIRECTS_MODEL = "profile_redirects"
SUPPRESSIONS_MODEL = "suppressions"

_KINDS: dict[str, ColumnKind] = {
    "text": "text",
    "varchar": "text",
    "character varying": "text",
    "string": "text",
    "bigint": "integer",
    "integer": "integer",
    "int": "integer",
    "smallint": "integer",
    "boolean": "boolean",
    "bool": "boolean",
    "numeric": "numeric",
    "decimal": "numeric",
    "double precision": "double",
    "double": "double",
    "date": "date",
    "timestamp": "timestamp",
    "timestamp without time zone": "timestamp",
}


class ManifestError(ValueError):
    """The manifest, or a sync in it, cannot be used. `problems` holds one line for each mistake."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(self.problems))


def load_sync_specs(manifest_path: Path, project_dir: Path = PROJECT_DIR) -> list[SyncSpec]:
    """Read the syncs of a manifest, sorted by name.

    Args:
        manifest_path: dbt's `manifest.json`.
        project_dir: Folder of `dbt_project.yml`, where the YAML files of errors are looked up.

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
        if "sync" in _meta(exposure)
    ]
    specs = [reader.read() for reader in readers]
    problems = [problem for reader in readers for problem in reader.problems]
    if problems:
        raise ManifestError(problems)
    return sorted((spec for spec in specs if spec is not None), key=lambda spec: spec.name)


def _meta(node: Mapping[str, Any]) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", (node.get("config") or {}).get("meta") or {})


@dataclass
class _SyncReader:
    """Reads one exposure, gathering problems rather than stopping at the first."""

    manifest: Mapping[str, Any]
    exposure: Mapping[str, Any]
    project_dir: Path

    def __post_init__(self) -> None:
        self.problems: list[str] = []
        self.name = cast(str, self.exposure["name"])

    @cached_property
    def _yaml(self) -> _YamlFile:
        return _YamlFile(self.project_dir, self.exposure["original_file_path"])

    def _exposure_at(self, *path: str) -> str:
        return self._yaml.locate(("exposures", self.name, *path))

    def _sync_at(self, *path: str) -> str:
        # Older projects write `meta` beside `config`; dbt merges both.
        inner = self._yaml.find(("exposures", self.name, "config", "meta", "sync"))
        prefix = ("config", "meta", "sync") if inner else ("meta", "sync")
        return self._exposure_at(*prefix, *path)

    def _problem(self, place: str, text: str) -> None:
        self.problems.append(f"{place}: sync {self.name!r}: {text}")

    def read(self) -> SyncSpec | None:
        """The spec, or None with `problems` filled."""
        raw = _meta(self.exposure)["sync"]
        if not isinstance(raw, Mapping):
            self._problem(self._sync_at(), "config.meta.sync must be a mapping of keys.")
            return None
        if self.exposure.get("type") != "application":
            self._problem(self._exposure_at("type"), "set `type: application` on the exposure.")
        payload = self._payload()
        meta, destination, options = self._checked_meta(raw)
        if payload and meta:
            self._check_columns(payload, meta)
        if meta and destination:
            self._check_limits(meta, destination)
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

    def _payload(self) -> PayloadModel | None:
        place = self._exposure_at("depends_on")
        depends_on = self.exposure["depends_on"]["nodes"]
        if len(depends_on) != 1 or not depends_on[0].startswith("model."):
            self._problem(
                place,
                f"depends on {', '.join(depends_on) or 'nothing'}: a sync has exactly one payload "
                "model, `depends_on: [ref('sync_…')]`.",
            )
            return None
        model = self.manifest["nodes"][depends_on[0]]
        model_at = self._model_location(model)
        if not (model.get("contract") or {}).get("enforced"):
            self._problem(
                model_at,
                f"payload model {model['name']} has no contract: "
                "add `config: {contract: {enforced: true}}` and a data_type to each column.",
            )
            return None
        columns = [self._column(model, name, column) for name, column in model["columns"].items()]
        if not columns:
            self._problem(model_at, f"payload model {model['name']} lists no columns.")
        return PayloadModel(
            unique_id=depends_on[0],
            name=model["name"],
            relation=_relation(model),
            columns=tuple(column for column in columns if column),
        )

    def _model_location(self, model: Mapping[str, Any], *path: str) -> str:
        patch = model.get("patch_path")
        file = patch.split("://", 1)[1] if patch else model["original_file_path"]
        yaml_file = _YamlFile(self.project_dir, file)
        return yaml_file.locate(("models", model["name"], *path))

    def _column(
        self, model: Mapping[str, Any], name: str, column: Mapping[str, Any]
    ) -> PayloadColumn | None:
        data_type = str(column.get("data_type") or "")
        kind = _KINDS.get(data_type.split("(", 1)[0].strip().lower())
        if kind == "numeric" and "(" not in data_type:
            self._problem(
                self._model_location(model, "columns", name),
                f"column {name} of {model['name']} is {data_type}, whose scale is the engine's "
                "choice: say it, such as numeric(18, 2).",
            )
            return None
        if kind is None:
            self._problem(
                self._model_location(model, "columns", name),
                f"column {name} of {model['name']} is {data_type or 'of no type'}: a payload "
                f"column is one of {', '.join(sorted(set(_KINDS.values())))}; cast it in the model "
                "(a timestamp to UTC without zone, JSON to text).",
            )
            return None
        return PayloadColumn(
            name=name,
            kind=kind,
            scale=_scale(data_type) if kind == "numeric" else 0,
            is_direct_identifier=_meta(column).get("direct_identifier"),
        )

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

    def _check_columns(self, payload: PayloadModel, meta: SyncMeta) -> None:
        names = ", ".join(column.name for column in payload.columns)
        for key in ("key", "order_by", "send_until"):
            name = getattr(meta, key)
            if name is not None and payload.column(name) is None:
                self._problem(
                    self._sync_at(key),
                    f"{key} is {name!r}, which {payload.name} does not have: use one of {names}.",
                )
        key_column = payload.column(meta.key)
        if key_column and key_column.kind == "double":
            self._problem(
                self._sync_at("key"),
                f"key {meta.key!r} is double precision, which has no exact text: cast it.",
            )
        until = payload.column(meta.send_until) if meta.send_until else None
        if until and until.kind != "timestamp":
            self._problem(
                self._sync_at("send_until"),
                f"send_until is {until.name!r}, which is {until.kind}: "
                "cast it to timestamp in the model.",
            )
        if meta.consent == "required" and payload.column(PROFILE_COLUMN) is None:
            self._problem(
                self._sync_at(),
                f"{payload.name} has no column {PROFILE_COLUMN}, by which consent is looked up: "
                "add it, or say `consent: not_required` with a `consent_reason`.",
            )

    def _check_limits(self, meta: SyncMeta, destination: Destination) -> None:
        if meta.mode not in destination.modes:
            self._problem(
                self._sync_at("mode"),
                f"destination {meta.destination!r} cannot {meta.mode!r}: "
                f"use one of {', '.join(sorted(destination.modes))}.",
            )
        limits = destination.limits
        if meta.batch_size and meta.batch_size > limits.largest_batch:
            self._problem(
                self._sync_at("batch_size"),
                f"batch_size is {meta.batch_size}: {meta.destination} takes at most "
                f"{limits.largest_batch}.",
            )
        fastest = limits.rate_per_second
        if meta.rate_per_second and fastest and meta.rate_per_second > fastest:
            self._problem(
                self._sync_at("rate_per_second"),
                f"rate_per_second is {meta.rate_per_second:g}: {meta.destination} allows at most "
                f"{fastest:g}.",
            )
        most = limits.most_in_flight
        if meta.max_in_flight and most and meta.max_in_flight > most:
            self._problem(
                self._sync_at("max_in_flight"),
                f"max_in_flight is {meta.max_in_flight}: {meta.destination} allows at most {most}.",
            )

    def _merged_profiles(self, meta: SyncMeta, destination: Destination) -> MergedProfiles:
        """What becomes of merged profiles' rows: as said, if that can be, or what is best."""
        possible: list[MergedProfiles] = []
        if _can_delete(meta, destination):
            possible.append("delete")
        if meta.mode not in DELETING_MODES:
            possible.append("keep")
        if isinstance(destination, Merging) and meta.mode not in ("append", "full"):
            # Records that are only ever updated are others' too, and no merge is taken back.
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
        return _relation(model)

    def _caps(self, meta: SyncMeta) -> FrequencyCaps | None:
        """The limits that hold for messages; those that a contract demands are not limited."""
        seed = self._named(CAPS_SEED, "seed")
        if seed is None or meta.mode != "append" or meta.consent == "not_required":
            return None
        redirects = self._named(REDIRECTS_MODEL)
        return FrequencyCaps(
            limits=_relation(seed), redirects=_relation(redirects) if redirects else None
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
                relations.append(_relation(model))
        if len(relations) < 2:
            return None
        return ConsentRelations(consents=relations[0], suppressions=relations[1])

    def _named(self, name: str, kind: str = "model") -> Mapping[str, Any] | None:
        nodes = self.manifest["nodes"].values()
        return next((n for n in nodes if n["resource_type"] == kind and n["name"] == name), None)


def _can_delete(meta: SyncMeta, destination: Destination) -> bool:
    """Whether the sync may delete; a row that is only ever updated is not ours to delete."""
    if meta.mode == "upsert":
        return "mirror" in destination.modes
    return meta.mode in DELETING_MODES


def _scale(data_type: str) -> int:
    _, comma, scale = data_type.rstrip(") ").partition(",")
    return int(scale) if comma else 0


def _relation(model: Mapping[str, Any]) -> Relation:
    return Relation(
        database=model["database"] or "",
        schema_name=model["schema"],
        identifier=model.get("alias") or model["name"],
    )


class _YamlFile:
    """Lines of a YAML file by path. Missing or broken files only cost the line number."""

    def __init__(self, project_dir: Path, file: str) -> None:
        self.file = file
        try:
            with (project_dir / file).open(encoding="utf-8") as stream:
                self._root = yaml.compose(stream, Loader=yaml.SafeLoader)
        except (OSError, yaml.YAMLError):
            self._root = None

    def locate(self, path: tuple[str, ...]) -> str:
        """`file:line` of the deepest node on the path that exists."""
        for depth in range(len(path), 0, -1):
            line = self.find(path[:depth])
            if line:
                return f"{self.file}:{line}"
        return self.file

    def find(self, path: tuple[str, ...]) -> int | None:
        """Line, from 1, of the key or list entry at the path; None where there is none."""
        node, line = self._root, None
        for step in path:
            found = _child(node, step)
            if found is None:
                return None
            line, node = found
        return line


def _child(node: yaml.Node | None, step: str) -> tuple[int, yaml.Node] | None:
    """A mapping's key, or the entry of a list whose `name` is the step."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == step:
                return key.start_mark.line + 1, value
    if isinstance(node, yaml.SequenceNode):
        for entry in node.value:
            name = _child(entry, "name")
            if name and name[1].value == step:
                return entry.start_mark.line + 1, entry
    return None
