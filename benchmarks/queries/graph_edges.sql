{#- All edges of a graph: a fixed number of special ones, and as many of persons as there is room
    for. Each has a kind and the numbers of its two ends. -#}
{%- macro uniform(number) %}(hash(p, {{ number }}) % 1000000 / 1e6){% endmacro -%}
create temp table numbered as
with

special as materialized (
    -- A tree of orders, each joined to an earlier one by a click.
    select 10 as kind, i::bigint as a, i::bigint as b
    from range(1, {{ giant }}) as numbers (i)
    union all
    select 10, (hash(i) % i)::bigint, i::bigint
    from range(1, {{ giant }}) as numbers (i)
    union all
    -- Chains order, click, order, click.
    select 10, 1000000000 + chain * 1000000 + i + side, 1000000000 + chain * 1000000 + i
    from
        range(20) as chains (chain),
        range({{ edges // 2000 }}) as numbers (i),
        range(2) as sides (side)
    union all
    -- Hubs: a kiosk's cookie, a tablet, a mailbox and a phone of too many accounts.
    select kind, -1, kind * {{ in_hub }} + i
    from (values (1), (4), (5), (6)) as hubs (kind), range({{ in_hub }}) as numbers (i)
),

people as (
    select
        p::bigint as p,
        (1 + hash(p // 12, 20) % 4) as household_size,
        ((p // 12) * 12 + ((p % 12) // household_size) * household_size)::bigint as household,
        least(150, floor(0.8 * pow(1 - {{ uniform(1) }}, -1 / 1.6)))::bigint as cookies,
        case when {{ uniform(8) }} < 0.1 then household else p end as phone
    from range({{ persons }}) as numbers (p)
),

personal as (
    select p as person, 1 as kind, p * 1000 + cookie as a, p as b
    from people, lateral (select unnest(range(cookies)) as cookie)
    union all
    select p, 2, p * 1000, p from people where cookies > 0 and {{ uniform(2) }} < 0.6
    union all
    select p, 3, p * 1000 + 999, 2000000000 + p from people where {{ uniform(3) }} < 0.2
    union all
    select p, 4, household, p from people where {{ uniform(4) }} < 0.4
    union all
    select p, 5, p, p from people where {{ uniform(5) }} < 0.8
    union all
    select p, 6, phone, p from people where {{ uniform(6) }} < 0.4
    union all
    select p, 7, p, p from people where {{ uniform(7) }} < 0.3
    union all
    select p, 8, p, p from people where {{ uniform(9) }} < 0.2
    union all
    select p, 9, phone, p from people where {{ uniform(10) }} < 0.4
),

drawn as (
    select kind, a, b from special
    union all
    select kind, a, b
    from (
        select * from personal
        order by person, kind, a, b
        limit {{ edges }} - (select count(*) from special)
    )
)

select kind, a, b, row_number() over (order by hash(kind, a, b)) as record_number
from drawn
