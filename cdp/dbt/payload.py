"""The payload model of a sync, as its contract in the manifest describes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from cdp.activation.spec import ColumnKind, PayloadColumn, PayloadModel, Relation
from cdp.dbt.yaml_lines import YamlFile

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


def meta_of(node: Mapping[str, Any]) -> Mapping[str, Any]:
    """`config.meta` of a node or column."""
    return cast("Mapping[str, Any]", (node.get("config") or {}).get("meta") or {})


def relation_of(model: Mapping[str, Any]) -> Relation:
    """The table or view of a model or seed."""
    return Relation(
        database=model["database"] or "",
        schema_name=model["schema"],
        identifier=model.get("alias") or model["name"],
    )


@dataclass
class PayloadReader:
    """Reads payload models.

    Attributes:
        manifest: dbt's manifest.
        project_dir: Folder of `dbt_project.yml`.
        problem: Called with the place and text of each mistake.
    """

    manifest: Mapping[str, Any]
    project_dir: Path
    problem: Callable[[str, str], None]

    def read(self, depends_on: list[str], place: str) -> PayloadModel | None:
        """The only model of `depends_on`; None with a problem, for `depends_on` at `place`."""
        if len(depends_on) != 1 or not depends_on[0].startswith("model."):
            self.problem(
                place,
                f"depends on {', '.join(depends_on) or 'nothing'}: a sync has exactly one payload "
                "model, `depends_on: [ref('sync_…')]`.",
            )
            return None
        model = self.manifest["nodes"][depends_on[0]]
        model_at = self._model_location(model)
        if not (model.get("contract") or {}).get("enforced"):
            self.problem(
                model_at,
                f"payload model {model['name']} has no contract: "
                "add `config: {contract: {enforced: true}}` and a data_type to each column.",
            )
            return None
        columns = [self._column(model, name, column) for name, column in model["columns"].items()]
        if not columns:
            self.problem(model_at, f"payload model {model['name']} lists no columns.")
        return PayloadModel(
            unique_id=depends_on[0],
            name=model["name"],
            relation=relation_of(model),
            columns=tuple(column for column in columns if column),
        )

    def _model_location(self, model: Mapping[str, Any], *path: str) -> str:
        patch = model.get("patch_path")
        file = patch.split("://", 1)[1] if patch else model["original_file_path"]
        yaml_file = YamlFile(self.project_dir, file)
        return yaml_file.locate(("models", model["name"], *path))

    def _column(
        self, model: Mapping[str, Any], name: str, column: Mapping[str, Any]
    ) -> PayloadColumn | None:
        data_type = str(column.get("data_type") or "")
        kind = _KINDS.get(data_type.split("(", 1)[0].strip().lower())
        if kind == "numeric" and "(" not in data_type:
            self.problem(
                self._model_location(model, "columns", name),
                f"column {name} of {model['name']} is {data_type}, whose scale the engine "
                "chooses: give it, such as numeric(18, 2).",
            )
            return None
        if kind is None:
            self.problem(
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
            is_direct_identifier=meta_of(column).get("direct_identifier"),
        )


def _scale(data_type: str) -> int:
    _, comma, scale = data_type.rstrip(") ").partition(",")
    return int(scale) if comma else 0
