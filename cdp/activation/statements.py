"""SQL from the templates in `sql/`, each of which says at its top what it does and is given.

`{{ value }}` writes a literal, so that no value can become SQL; only `Sql` is written as it is.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

FOLDER = Path(__file__).parent / "sql"

# Text that is SQL already: a relation, a column, an expression.
Sql = Markup


def render(template: str, **context: object) -> str:
    """The SQL of a template in `sql/`: one statement, or several of which none takes parameters."""
    return _templates.get_template(template).render(context)


def literal(value: object) -> Sql:
    """A value as a literal of both engines; a time is written in UTC, None as null."""
    if value is None or isinstance(value, bool | int):
        return Sql("null" if value is None else str(value).lower())
    if isinstance(value, datetime):
        utc = value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
        return Sql(f"timestamp '{utc.isoformat(sep=' ')}'")
    return Sql("'" + str(value).replace("'", "''") + "'")


def _written(value: object) -> object:
    return value if isinstance(value, Sql) else literal(value)


_templates = Environment(
    loader=FileSystemLoader(FOLDER),
    autoescape=True,
    finalize=_written,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
