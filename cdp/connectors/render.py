"""The files of a drafted connector, from the templates beside this module."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jinja2

from cdp.connectors.draft import Draft, Field
from cdp.connectors.entry import entry_models
from cdp.connectors.errors import ConnectorError
from cdp.connectors.names import singular

_META = {
    "_record_key": "text",
    "_row_status": "text",
    "_quarantine_reason": "text",
    "_original_text": "text",
    "_load_id": "text",
    "_file": "text",
    "_row_number": "bigint",
    "_loaded_at": "timestamp",
    "_staged_batch": "bigint",
}
_DOCUMENTED = {
    "email", "email_identifier", "phone", "first_name", "last_name", "birth_date", "address_line",
    "postcode", "city", "country", "preferred_language", "order_id", "quantity", "page_path",
}  # fmt: skip
_YAML_WIDTH = 112
_META_WIDTH = 160
# Columns in which tools that copy tables keep the time of a change, and whether a row is deleted.
_CURSOR = re.compile(r"_fivetran_synced|_airbyte_extracted_at|_sdc_batched_at")
_DELETED = re.compile(r"_fivetran_deleted")
_CANONICAL_EMAIL = """select
        *,
        {{ canonical_email('email') }} as email_identifier
    from typed"""


def texts_of(name: str, drafts: Sequence[Draft], schemas: Sequence[str]) -> dict[Path, str]:
    """Texts of the connector's files, by path in the project.

    Args:
        name: Name of the connector.
        drafts: Its tables.
        schemas: Schema of each table in the warehouse; empty for files.
    """
    tables = [_table(each, schema) for each, schema in zip(drafts, schemas, strict=True)]
    entities = ", ".join(each.entity.replace("_", " ") for each in drafts)
    in_place = f"{{{{ env_var('CDP_{name.upper()}_SCHEMA', '{schemas[0]}') }}}}"
    shared = {
        "connector": name,
        "title": f"Records of {name}: {entities}.",
        "tables": tables,
        "meta_lines": _wrapped([_meta_column(*each) for each in _META.items()], _META_WIDTH),
        "source_schema": in_place if schemas[0] else "{{ var('raw_schema') }}",
        "loaded_at": tables[0]["cursor"] if schemas[0] else "_loaded_at",
        "models": [model for table in tables for model in entry_models(table)],
    }
    templates = _templates()
    folder = Path("models/staging", name)
    texts = {}
    for table in tables:
        for kind in ("base", "stg", "consents"):
            if kind != "consents" or table["draft"].consents:
                text = templates.get_template(f"{kind}.sql.jinja").render(table)
                texts[folder / f"{table[kind]}.sql"] = text
    for path, template in (
        (folder / f"_{name}__models.yml", "models.yml.jinja"),
        (Path("macros/connectors", f"connector_{name}.sql"), "entry.sql.jinja"),
    ):
        texts[path] = templates.get_template(template).render(shared)
    return texts


def _templates() -> jinja2.Environment:
    """The templates; they write Jinja, so their own marks are others."""
    templates = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
        block_start_string="<%",
        block_end_string="%>",
        variable_start_string="<<",
        variable_end_string=">>",
        comment_start_string="<#",
        comment_end_string="#>",
        trim_blocks=True,
        keep_trailing_newline=True,
        undefined=jinja2.StrictUndefined,
        autoescape=False,  # noqa: S701  the texts are SQL and YAML
    )
    templates.filters["tojson"] = lambda text: json.dumps(text, ensure_ascii=False)
    return templates


def _table(made: Draft, schema: str) -> dict[str, Any]:
    suffix = f"{made.connector}__{made.entity}"
    raw = [each.raw for each in made.fields]
    cursor = next(filter(_CURSOR.fullmatch, raw), made.time and _raw(made, made.time))
    if schema and not cursor:
        raise ConnectorError(
            f"{made.entity} has no column with the time of a change, by which new rows are found: "
            "export the table to files and use --from."
        )
    return {
        "draft": made,
        "schema": schema,
        "record": singular(made.entity).replace("_", " "),
        "base": f"base_{suffix}",
        "stg": f"stg_{suffix}",
        "consents": f"stg_{suffix}_consents",
        "normalised": _normalised({each.name for each in made.fields}),
        "columns": _columns(made),
        "key": repr(made.key[0]) if len(made.key) == 1 else repr(made.key),
        "raw_key": repr([_raw(made, key) for key in made.key]),
        "cursor": cursor,
        "deleted": next(filter(_DELETED.fullmatch, raw), None),
        "newest_first": "_loaded_at" if schema else made.newest_first,
        "rules": _rules(made),
        "shows_load": made.time is None or bool(made.consents),
        "source_lines": _wrapped([_source_column(each) for each in made.fields if each.raw]),
        "staged_lines": _wrapped(_staged_columns(made)),
    }


def _normalised(names: set[str]) -> str:
    """Query that adds normalised contact values; empty without any."""
    country = ", 'country'" if "country" in names else ""
    if {"email", "raw_phone"} <= names:
        return f"{{{{ normalise_contact('typed'{country}) }}}}"
    if "raw_phone" in names:
        return f"{{{{ normalise_phone('typed', 'raw_phone'{country}) }}}}"
    return _CANONICAL_EMAIL if "email" in names else ""


def _columns(made: Draft) -> list[dict[str, str]]:
    """Columns of the base model, with those that normalising adds."""
    columns = []
    for each in made.fields:
        names = [each.name]
        if each.name == "raw_phone":
            # The number as typed is needed for the key alone.
            names = ["raw_phone", "phone"] if "raw_phone" in made.key else ["phone"]
        if each.name == "email":
            names = ["email", "email_identifier"]
        for name in names:
            text = "{{ doc('" + name + "') }}" if name in _DOCUMENTED else _described(each)
            columns.append({"name": name, "data_type": each.data_type, "description": text})
    return columns


def _described(each: Field) -> str:
    if not each.raw:
        return "Position among the lines of the order in its file."
    zone = " (UTC)" if each.data_type == "timestamp" else ""
    return f"Column {each.raw} of the export{zone}."


def _staged_columns(made: Draft) -> list[str]:
    items = [f"*{made.entity}_{column['name']}" for column in _columns(made)]
    if made.time is None or made.consents:
        items.append("{name: loaded_at, description: \"{{ doc('loaded_at') }}\"}")
    tests = "data_tests: [unique, not_null]"
    items.append(f"{{name: _record_key, description: \"{{{{ doc('record_key') }}}}\", {tests}}}")
    items.append("{name: _staged_batch, description: \"{{ doc('staged_batch') }}\"}")
    return items


def _meta_column(name: str, data_type: str) -> str:
    tests = ", data_tests: [not_null]" if name == "_record_key" else ""
    description = f"\"{{{{ doc('{name[1:]}') }}}}\""
    return f"{{name: {name}, data_type: {data_type}, description: {description}{tests}}}"


def _wrapped(items: list[str], width: int = _YAML_WIDTH) -> list[str]:
    """Items of a list, as many on a line as fit."""
    lines = [""]
    for item in items:
        if lines[-1] and len(lines[-1]) + len(item) > width:
            lines.append("")
        lines[-1] += f"{' ' if lines[-1] else ''}{item},"
    lines[-1] = lines[-1].removesuffix(",")
    return lines


def _source_column(each: Field) -> str:
    name = (
        each.raw
        if re.fullmatch(r"[A-Za-z_]\w*", each.raw)
        else json.dumps(each.raw, ensure_ascii=False)
    )
    return f"{{name: {name}, description: Becomes {each.name.removeprefix('raw_')}.}}"


def _raw(made: Draft, name: str) -> str:
    return next(each.raw for each in made.fields if each.name == name)


def _rules(made: Draft) -> list[str]:
    rules = []
    if len(made.key) <= 2:
        for name in made.key:
            raw = _raw(made, name) or name
            rules.append(_rule("missing", raw, name))
    if made.time:
        kind = next(each.data_type for each in made.fields if each.name == made.time)
        raw = _raw(made, made.time)
        quoted = raw.replace("'", "\\'")
        column = "" if raw == made.time else f", '{made.time}'"
        rules.append(f"required('{quoted}', '{kind}'{column})")
    return rules


def _rule(rule: str, raw: str, name: str) -> str:
    return f"{rule}('{raw}')" if raw == name else f"{rule}({raw!r}, '{name}')"
