"""The rows of every public model, as they compare across engines and runs."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tests.project.platform import Platform

# When a run happened, which is another moment on each engine.
RUN_TIMES = {"created_at", "redirected_at", "changed_at", "entered_at", "left_at", "loaded_at"}

Snapshot = dict[str, list[tuple[Any, ...]]]


def comparable(value: Any) -> Any:
    """A value as it compares across drivers: 2 equals 2.00, and floats agree to nine digits."""
    if isinstance(value, float):
        return format(value, ".9g")
    return value.normalize() if isinstance(value, Decimal) else value


def snapshot(platform: Platform) -> Snapshot:
    """The rows of every public model, in an order of their own."""
    taken: Snapshot = {}
    models = [
        node
        for node in platform.manifest["nodes"].values()
        if node["resource_type"] == "model" and node["access"] == "public"
    ]
    with platform.warehouse() as warehouse:
        for model in models:
            named = (column for column in model["columns"] if not column.startswith("_"))
            columns = sorted(set(named) - RUN_TIMES)
            names = ", ".join(f'"{column}"' for column in columns)
            rows = warehouse.execute(f"select {names} from {model['schema']}.{model['alias']}")
            taken[model["name"]] = sorted(
                [tuple(comparable(value) for value in row) for row in rows], key=repr
            )
    return taken


def assert_same(ours: Snapshot, theirs: Snapshot) -> None:
    assert ours.keys() == theirs.keys()
    # The rows themselves may hold personal data: a failure says which model differs, not in what.
    different = {
        name: (len(ours[name]), len(theirs[name])) for name in ours if ours[name] != theirs[name]
    }
    assert not different, f"models with other rows (and the numbers of rows): {different}"
