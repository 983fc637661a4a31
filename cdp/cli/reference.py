"""Writes the tables of settings in docs/reference.md from the fields that declare them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pydantic.fields import FieldInfo

from cdp.activation.destinations import BUILT_IN, find_destination
from cdp.settings import PARTS, PROJECT_DIR

PAGE = PROJECT_DIR / "docs" / "reference.md"
_SCHEMA = re.compile(r"env_var\('(CDP_\w+_SCHEMA)', '(\w+)'\)")
BEGIN, END = "<!-- written by: cdp docs-reference -->", "<!-- end -->"


def page(text: str) -> str:
    """The page with its tables of settings as currently declared."""
    written = f"{BEGIN}\n\n{_settings()}\n{END}"
    before, _, rest = text.partition(BEGIN)
    return before + written + rest.partition(END)[2]


def write() -> None:
    """Bring docs/reference.md up to date."""
    PAGE.write_text(page(PAGE.read_text()))


def _settings() -> str:
    lines = ["## Environment: where things are", ""]
    for part in PARTS:
        title = str(part.__doc__).strip().rstrip(".")
        rows = (_row(str(f.validation_alias), f) for f in part.model_fields.values())
        lines += [f"### {title}", "", *_table(rows), ""]
    lines += [
        "## Environment: tables that other tools keep in the warehouse",
        "",
        *_table(_schemas()),
        "",
        "## Environment: destinations and their secrets",
        "",
        "Each can be renamed by an option of the sync, so that two accounts of one vendor have "
        "variables of their own",
        "([destinations](destinations/README.md)). None is written to a log, table or error.",
        "",
        *_table(_destinations(), "Destination"),
        "",
    ]
    return "\n".join(lines)


def _schemas() -> Iterator[str]:
    """Schemas that the sources of connectors are read from, as their YAML declares them."""
    found: dict[str, tuple[str, str]] = {}
    for path in sorted((PROJECT_DIR / "models" / "staging").glob("*/_*.yml")):
        for name, default in _SCHEMA.findall(path.read_text(encoding="utf-8")):
            found[name] = (default, path.parent.name)
    for name, (default, connector) in sorted(found.items()):
        yield f"| `{name}` | a name | `{default}` | Schema that connector `{connector}` reads. |"


def _destinations() -> Iterator[str]:
    readers: dict[str, list[str]] = {}
    fields: dict[str, FieldInfo] = {}
    for name in sorted(BUILT_IN):
        for field in find_destination(name).options.model_fields.values():
            if _extra(field):
                readers.setdefault(field.default, []).append(f"[{name}](destinations/{name}.md)")
                fields[field.default] = field
    for variable, names in readers.items():
        yield f"{_row(variable, fields[variable])} {', '.join(names)} |"


def _table(rows: Iterator[str], *more: str) -> list[str]:
    header = ["Variable", "Set it to", "Default", "Meaning", *more]
    return [f"| {' | '.join(header)} |", f"|{' --- |' * len(header)}", *filter(None, rows)]


def _row(name: str, field: FieldInfo) -> str:
    extra = _extra(field)
    if not extra:
        return ""
    return f"| `{name}` | {extra['kind']} | {extra['shown']} | {field.description} |"


def _extra(field: FieldInfo) -> dict[str, Any]:
    extra = field.json_schema_extra
    return extra if isinstance(extra, dict) else {}
