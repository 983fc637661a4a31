"""The project's macros, rendered without starting dbt, for SQL that has to be the models' own."""

from __future__ import annotations

from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

import jinja2

from cdp.settings import PROJECT_DIR, Target


def load_macros(target: Target, names: Iterable[str], **context: Any) -> Any:
    """The macros of files `macros/<name>.sql`, as attributes that return SQL.

    Args:
        target: The engine; `adapter.dispatch` chooses its implementation.
        names: Files, without `.sql`.
        context: What else of dbt the macros use, such as `ref`.
    """
    source = "".join((PROJECT_DIR / "macros" / f"{name}.sql").read_text() for name in names)
    # The output is SQL, which must not be escaped as HTML.
    environment = jinja2.Environment(autoescape=False)  # noqa: S701
    module: Any = None

    def dispatch(name: str, *_: str) -> Any:
        return getattr(module, f"{target}__{name}")

    environment.globals.update(adapter=SimpleNamespace(dispatch=dispatch), **context)
    module = environment.from_string(source).module
    return module
