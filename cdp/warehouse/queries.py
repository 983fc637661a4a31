"""SQL that Python runs, kept in `.sql` files beside the module that runs it.

A file is a Jinja template, as in dbt. Values are parameters of the statement (`$1`, `$2` …). Text
that a template inserts is quoted as an identifier, unless it is marked as SQL with `Sql`.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from cdp.warehouse.connection import quote

# Marks text as SQL, so that a template inserts it as it is.
Sql = Markup


def literal(value: object) -> Markup:
    """A text as a string literal."""
    return Sql("'" + str(value).replace("'", "''") + "'")


def name_list(names: Iterable[str], prefix: str = "") -> Markup:
    """Quoted identifiers separated by commas, each behind the alias `prefix` if there is one."""
    return Sql(", ".join(f"{prefix}.{quote(name)}" if prefix else quote(name) for name in names))


class Queries:
    """Renders the templates of one folder.

    Args:
        folder: Holds `<name>.sql` files.
    """

    def __init__(self, folder: Path) -> None:
        # Escaping is on so that macros return `Markup`; `_inserted` decides about everything else.
        self._environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader(folder),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            finalize=_inserted,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters.update(literal=literal, name_list=name_list)

    def __call__(self, name: str, /, **values: Any) -> str:
        """The statement in `<name>.sql`; raises `jinja2.UndefinedError` for a missing value."""
        return self._environment.get_template(f"{name}.sql").render(values)


def _inserted(value: object) -> Markup:
    if isinstance(value, Markup):
        return value
    if isinstance(value, int | float):
        return Sql(str(value))
    if isinstance(value, str):
        return Sql(quote(value))
    if isinstance(value, jinja2.Undefined):
        return Sql(str(value))  # raises the error that names it
    raise TypeError(f"A query cannot insert a {type(value).__name__}.")
