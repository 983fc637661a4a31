"""Which changes of the project change what an incremental model's rows are made by."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from cdp.dbt.checksums import checksums


def node(name: str, code: str, reads: list[str], macros: list[str], **config: str) -> Any:
    return {
        "name": name,
        "resource_type": config.pop("kind", "model"),
        "raw_code": code,
        "checksum": {"checksum": code},
        "config": {"materialized": "view", **config},
        "depends_on": {"nodes": reads, "macros": macros},
    }


def macro(name: str, code: str, calls: list[str], package: str = "cdp") -> Any:
    return {
        "name": name,
        "package_name": package,
        "macro_sql": code,
        "depends_on": {"macros": calls},
    }


MART = {"materialized": "incremental", "incremental_strategy": "replace_changed"}
BASE = {"materialized": "incremental", "incremental_strategy": "staging"}
MANIFEST: dict[str, Any] = {
    "nodes": {
        "base": node("base", "select 1", [], [], **BASE),
        "view": node("view", "select * from base", ["base"], ["m.shape"]),
        "rates": node("rates", "EUR,1", [], [], kind="seed", materialized="seed"),
        "orders": node("orders", "select 2", ["view", "rates", "source.raw"], ["m.sign"], **MART),
        "table": node("table", "select * from orders", ["orders"], [], materialized="table"),
        "values": node("values", "select {{ var('currency') }}", ["table"], [], **MART),
    },
    "macros": {
        "m.shape": macro("shape", "shaped", []),
        "m.sign": macro("sign", "{{ adapter.dispatch('sign') }} {{ var('zone') }}", ["m.less"]),
        "m.default": macro("default__sign", "signed", []),
        "m.less": macro("less", "-", ["m.dbt"]),
        "m.dbt": macro("dbt_one", "own", [], package="dbt"),
    },
}
BEFORE = checksums(MANIFEST)


def changed(kind: str, name: str, field: str, value: Any) -> set[str]:
    """Models whose checksum is another one after a change."""
    manifest = deepcopy(MANIFEST)
    manifest[kind][name][field] = value
    after = checksums(manifest)
    return {model for model in BEFORE if after[model]["checksum"] != BEFORE[model]["checksum"]}


def test_models_that_record_their_progress_are_described() -> None:
    assert BEFORE.keys() == {"orders", "values"}
    assert BEFORE["orders"]["reads"] == []
    assert BEFORE["values"]["reads"] == ["orders"]
    assert BEFORE["orders"]["vars"] == ["zone"]
    assert BEFORE["values"]["vars"] == ["currency"]


@pytest.mark.parametrize(
    ("kind", "name", "field", "value", "expected"),
    [
        ("nodes", "orders", "raw_code", "select 3", {"orders"}),
        ("nodes", "orders", "raw_code", "-- why\nselect\n  2 {# how #}", set()),
        ("nodes", "view", "raw_code", "select 1 from base", {"orders"}),
        ("nodes", "table", "raw_code", "select 1 from orders", {"values"}),
        ("nodes", "rates", "checksum", {"checksum": "EUR,2"}, {"orders"}),
        # Rows of its own: what is written there later has a batch of its own.
        ("nodes", "base", "raw_code", "select 3", set()),
        ("macros", "m.shape", "macro_sql", "formed", {"orders"}),
        ("macros", "m.less", "macro_sql", "minus", {"orders"}),
        ("macros", "m.default", "macro_sql", "unsigned", {"orders"}),
        ("macros", "m.dbt", "macro_sql", "other", set()),
    ],
)
def test_a_change_reaches_what_reads_it(
    kind: str, name: str, field: str, value: Any, expected: set[str]
) -> None:
    assert changed(kind, name, field, value) == expected
