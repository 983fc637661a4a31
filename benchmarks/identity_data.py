"""Identity graphs for `benchmarks.identity`, made in DuckDB.

A graph of n distinct edges: persons with an account, cookies (heavy-tailed), mailboxes, phones and
loyalty cards, households that share a device and some a phone; anonymous cookies; four hubs, each
a value that stands beside n / 500 accounts; twenty chains of n / 1000 edges; and one region of
100,000 nodes, or n / 10 where that is less. Every edge is one record of two identifiers, which are
strings of 32 characters, and every record's id another.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from cdp.warehouse.queries import Queries, Sql

_QUERIES = Queries(Path(__file__).parent / "queries")
SCHEMA = "cdp"
# Column of each source's table for an identifier type; `order` is a word of SQL.
SOURCES = {
    "visits": ("account", "email", "cookie", "click"),
    "sightings": ("account", "device"),
    "contacts": ("account", "loyalty_card", "email", "phone"),
    "orders": ("order_number", "click"),
}
# Kinds of edge: the source whose record it is, and the types of its ends a and b.
_KINDS = {
    1: ("visits", "cookie", "account"),
    2: ("visits", "cookie", "email"),
    3: ("visits", "cookie", "click"),
    4: ("sightings", "device", "account"),
    5: ("contacts", "email", "account"),
    6: ("contacts", "phone", "account"),
    7: ("contacts", "loyalty_card", "email"),
    8: ("contacts", "loyalty_card", "account"),
    9: ("contacts", "phone", "email"),
    10: ("orders", "order_number", "click"),
}


def make_graph(path: str, edges: int) -> None:
    """Write the graph's tables of records, and `edges` of its integers, to a new DuckDB file."""
    with duckdb.connect(path) as warehouse:
        warehouse.execute(f"create schema {SCHEMA}")
        warehouse.execute(f"use {SCHEMA}")
        giant = min(100_000, edges // 10) // 2
        fixed = 2 * (giant - 1) + 20 * (edges // 1000) + 4 * (edges // 500)
        # More than enough persons for the edges that are not fixed.
        persons = round((edges - fixed) / 4.2)
        warehouse.execute(
            _QUERIES("graph_edges", edges=edges, persons=persons, giant=giant, in_hub=edges // 500)
        )
        count = _value(warehouse, "select count(*) from numbered")
        if count != edges:
            raise RuntimeError(f"{count} edges were drawn ({fixed} fixed), not {edges}")
        _write_records(warehouse, batch=1)
        warehouse.execute(
            f"create table edges as select {_node('a')} as node_a, {_node('b')} as node_b "
            "from numbered order by record_number"
        )
        warehouse.execute(f"create table persons as select {persons // 2} as person_count")
        distinct = _value(
            warehouse,
            "select count(*) from (select distinct least(node_a, node_b), "
            "greatest(node_a, node_b) from edges)",
        )
        if distinct != edges:
            raise RuntimeError(f"{edges - distinct} edges stand twice")


def make_chain(path: str, length: int, *, shuffled: bool) -> None:
    """Write a chain as the only graph of a new DuckDB file, its ids in order or at random."""
    order = "order by hash(node_a)" if shuffled else "order by node_a"
    identity = "(hash({}) >> 1)::bigint" if shuffled else "{}::bigint"
    with duckdb.connect(path) as warehouse:
        warehouse.execute(f"create schema {SCHEMA}")
        warehouse.execute(
            f"create table {SCHEMA}.edges as "
            f"select {identity.format('i')} as node_a, {identity.format('i + 1')} as node_b "
            f"from range({length}) as numbers (i) {order}"
        )


def add_records(path: str, count: int, batch: int) -> None:
    """Stage new records: half repeat a known pair, a quarter add a node, a tenth join two persons,
    and the rest are of persons never seen.
    """
    with duckdb.connect(path) as warehouse:
        warehouse.execute(f"use {SCHEMA}")
        persons = _value(warehouse, "select person_count from persons")
        # Persons are all those of the graph's first half, so that each is surely in it. Pairs that
        # are known stand in bench_visits under the graph's own records.
        warehouse.execute(_QUERIES("graph_new", count=count, batch=batch, persons=persons))
        _write_records(warehouse, batch)
        repeated = count - _value(warehouse, "select count(*) from numbered")
        for source, share in (("visits", 0.6), ("contacts", 0.4)):
            warehouse.execute(
                _QUERIES(
                    "graph_repeated",
                    table=f"bench_{source}",
                    columns=SOURCES[source],
                    batch=batch,
                    count=round(repeated * share),
                )
            )


def remove_records(path: str, count: int, batch: int) -> None:
    """Stage tombstones of records of cookies, mailboxes and phones, at random."""
    with duckdb.connect(path) as warehouse:
        warehouse.execute(f"use {SCHEMA}")
        for source, share in (("visits", 0.6), ("contacts", 0.4)):
            _bury(
                warehouse,
                source,
                batch,
                "_staged_batch = 1 and _row_status = 'accepted' "
                f"order by hash(record_id, {batch}) limit {round(count * share)}",
            )


def remove_link_of_giant(path: str, number: int, batch: int) -> None:
    """Stage the tombstone of one record in the region of 100,000 nodes, which then falls in two."""
    with duckdb.connect(path) as warehouse:
        warehouse.execute(f"use {SCHEMA}")
        end = f"(select {_value_of('order_number', str(number))})"
        click = f"(select {_value_of('click', str(number))})"
        _bury(warehouse, "orders", batch, f"order_number = {end} and click = {click}")


def _bury(warehouse: duckdb.DuckDBPyConnection, source: str, batch: int, condition: str) -> None:
    warehouse.execute(
        _QUERIES("graph_removed", table=f"bench_{source}", batch=batch, condition=Sql(condition))
    )


def _write_records(warehouse: duckdb.DuckDBPyConnection, batch: int) -> None:
    """Write `numbered` as records to the tables of their sources, which the first batch makes."""
    for source, columns in SOURCES.items():
        kinds = {number: ends for number, (of, *ends) in _KINDS.items() if of == source}
        items = []
        for column in columns:
            cases = " ".join(
                f"when kind = {number} then {_value_of(column, side)}"
                for number, ends in kinds.items()
                for side, end in zip("ab", ends, strict=True)
                if end == column
            )
            items.append(f"case {cases} end as {column}")
        warehouse.execute(
            _QUERIES(
                "graph_records",
                table=f"bench_{source}",
                items=Sql(", ".join(items)),
                kinds=Sql(", ".join(map(str, kinds))),
                batch=batch,
            )
        )


def _value_of(column: str, number: str) -> str:
    """The string of 32 characters that an identifier's number stands for."""
    if column == "email":
        return f"substr(md5('email' || {number}), 1, 19) || '@mail.example'"
    if column == "phone":
        return f"'+491' || lpad(hash({number}, 'phone')::varchar, 28, '5')"
    return f"md5('{column}' || {number})"


def _node(side: str) -> str:
    """An arbitrary integer of 63 bits for one end of an edge."""
    number = {"a": 1, "b": 2}[side]
    cases = " ".join(f"when {kind} then '{ends[number]}'" for kind, ends in _KINDS.items())
    return f"(hash(case kind {cases} end, {side}) >> 1)::bigint"


def _value(warehouse: duckdb.DuckDBPyConnection, query: str) -> int:
    row = warehouse.execute(query).fetchone()
    if row is None:
        raise RuntimeError("a query of one value returned none")
    return int(row[0])
