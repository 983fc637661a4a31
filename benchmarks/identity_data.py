"""Identity graphs for `benchmarks.identity`, made in DuckDB.

A graph of n distinct edges: persons with an account, cookies (heavy-tailed), mailboxes, phones and
loyalty cards, households that share a device and some a phone; anonymous cookies; four hubs, each
a value that stands beside n / 500 accounts; twenty chains of n / 1000 edges; and one region of
100,000 nodes, or n / 10 where that is less. Every edge is one record of two identifiers, which are
strings of 32 characters, and every record's id another.
"""

from __future__ import annotations

import duckdb

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
_RECORDS_OF_BATCHES = "1000000000::bigint"


def make_graph(path: str, edges: int) -> None:
    """Write the graph's tables of records, and `edges` of its integers, to a new DuckDB file."""
    with duckdb.connect(path) as warehouse:
        warehouse.execute(f"create schema {SCHEMA}")
        warehouse.execute(f"use {SCHEMA}")
        fixed, persons = _sizes(edges)
        warehouse.execute(f"create temp table special as {_special_edges(edges)}")
        warehouse.execute(f"create temp table personal as {_personal_edges(persons)}")
        warehouse.execute(
            f"""
            create temp table drawn as
            select kind, a, b from special
            union all
            select kind, a, b
            from (
                select * from personal order by person, kind, a, b
                limit {edges} - (select count(*) from special)
            )
            """
        )
        count = _value(warehouse, "select count(*) from drawn")
        if count != edges:
            raise RuntimeError(f"{count} edges were drawn ({fixed} fixed), not {edges}")
        warehouse.execute(
            "create temp table numbered as select kind, a, b, "
            "row_number() over (order by hash(kind, a, b)) as record_number from drawn"
        )
        _write_records(warehouse, "numbered", batch=1)
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
        drawn = f"(hash({batch}, i, 1) % {persons})::bigint"
        other = f"(hash({batch}, i, 2) % {persons})::bigint"
        unseen = f"(-1000000 - {batch} * 100000000::bigint - i)::bigint"
        # Persons are all those of the graph's first half, so that each is surely in it. Pairs that
        # are known stand in bench_visits under the graph's own records.
        warehouse.execute(
            f"""
            create temp table numbered as
            select
                case when i % 100 < 25 then 1 when i % 100 < 35 then 5 else 1 end as kind,
                case when i % 100 < 35 and i % 100 >= 25 then {drawn} else {unseen} end as a,
                case when i % 100 < 35 then {other} else {unseen} end as b,
                {_RECORDS_OF_BATCHES} * {batch} + i as record_number
            from range({count}) as numbers (i)
            where i % 100 < 50
            """
        )
        _write_records(warehouse, "numbered", batch)
        repeated = count - _value(warehouse, "select count(*) from numbered")
        for source, share in (("visits", 0.6), ("contacts", 0.4)):
            columns = ", ".join(SOURCES[source])
            warehouse.execute(
                f"""
                insert into bench_{source}
                select
                    md5('again' || record_id || {batch}) as record_id,
                    observed_at + interval 1 day,
                    {columns},
                    md5('again' || record_id || {batch}) as _record_key,
                    'accepted' as _row_status,
                    {batch} as _staged_batch
                from (
                    select * from bench_{source}
                    where _staged_batch = 1 and _row_status = 'accepted'
                    order by hash(record_id, {batch})
                    limit {round(repeated * share)}
                )
                """
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
    """Replace records by rows that only say that they are gone, as staging does."""
    warehouse.execute("begin")
    warehouse.execute(
        f"create or replace temp table buried as select record_id from bench_{source} "
        f"where {condition}"
    )
    warehouse.execute(
        f"delete from bench_{source} where record_id in (select record_id from buried)"
    )
    nulls = ", ".join("null" for _ in SOURCES[source])
    warehouse.execute(
        f"insert into bench_{source} "
        f"select null, null, {nulls}, record_id, 'removed', {batch} from buried"
    )
    warehouse.execute("commit")


def _sizes(edges: int) -> tuple[int, int]:
    """Edges that are not of persons, and more than enough persons for the others."""
    giant = min(100_000, edges // 10) // 2
    fixed = 2 * (giant - 1) + 20 * (edges // 1000) + 4 * (edges // 500)
    return fixed, round((edges - fixed) / 4.2)


def _special_edges(edges: int) -> str:
    giant = min(100_000, edges // 10) // 2
    length = edges // 2000
    in_hub = edges // 500
    return f"""
        -- A tree of orders, each joined to an earlier one by a click.
        select 10 as kind, i::bigint as a, i::bigint as b
        from range(1, {giant}) as numbers (i)
        union all
        select 10, (hash(i) % i)::bigint, i::bigint
        from range(1, {giant}) as numbers (i)
        union all
        -- Chains order, click, order, click.
        select 10, 1000000000 + chain * 1000000 + i + side, 1000000000 + chain * 1000000 + i
        from range(20) as chains (chain), range({length}) as numbers (i), range(2) as sides (side)
        union all
        -- Hubs: a kiosk's cookie, a tablet, a mailbox and a phone of too many accounts.
        select kind, -1, kind * {in_hub} + i
        from (values (1), (4), (5), (6)) as hubs (kind), range({in_hub}) as numbers (i)
    """


def _personal_edges(persons: int) -> str:
    def uniform(number: int) -> str:
        return f"(hash(p, {number}) % 1000000 / 1e6)"

    household_size = "(1 + hash(p // 12, 20) % 4)"
    household = f"((p // 12) * 12 + ((p % 12) // {household_size}) * {household_size})::bigint"
    cookies = f"least(150, floor(0.8 * pow(1 - {uniform(1)}, -1 / 1.6)))::bigint"
    phone = f"case when {uniform(8)} < 0.1 then {household} else p end"
    return f"""
        with

        people as (
            select p::bigint as p from range({persons}) as numbers (p)
        )

        select p as person, 1 as kind, p * 1000 + cookie as a, p as b
        from people, lateral (select unnest(range({cookies})) as cookie)
        union all
        select p, 2, p * 1000, p from people where {cookies} > 0 and {uniform(2)} < 0.6
        union all
        select p, 3, p * 1000 + 999, 2000000000 + p from people where {uniform(3)} < 0.2
        union all
        select p, 4, {household}, p from people where {uniform(4)} < 0.4
        union all
        select p, 5, p, p from people where {uniform(5)} < 0.8
        union all
        select p, 6, {phone}, p from people where {uniform(6)} < 0.4
        union all
        select p, 7, p, p from people where {uniform(7)} < 0.3
        union all
        select p, 8, p, p from people where {uniform(9)} < 0.2
        union all
        select p, 9, {phone}, p from people where {uniform(10)} < 0.4
    """


def _write_records(warehouse: duckdb.DuckDBPyConnection, edges: str, batch: int) -> None:
    """Write edges as records to the tables of their sources, made where they are missing."""
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
        rows = f"""
            select
                md5('record' || record_number) as record_id,
                timestamp '2026-01-01' + to_seconds((hash(record_number) % 25000000)::bigint)
                    as observed_at,
                {", ".join(items)},
                md5('record' || record_number) as _record_key,
                'accepted' as _row_status,
                {batch}::bigint as _staged_batch
            from {edges}
            where kind in ({", ".join(map(str, kinds))})
        """
        if batch == 1:
            warehouse.execute(f"create table bench_{source} as {rows}")
        else:
            warehouse.execute(f"insert into bench_{source} {rows}")


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
