with

links as (
    select * from {{ ref('int_identity__links_proposed') }}
),

identifiers as (
    select * from {{ ref('int_identity__identifiers') }}
),

identifier_types as (
    select * from {{ ref('identifier_types') }}
),

linked_both_ways as (
    select
        identifier_key_a as identifier_key,
        identifier_key_b as neighbour_key
    from links
    union all
    select
        identifier_key_b as identifier_key,
        identifier_key_a as neighbour_key
    from links
),

-- A value is compared with its stronger neighbours one type at a time: three CRM contacts are too
--many for a mailbox, while one contact, one account and one card are not.
neighbours_counted as (
    select
        linked_both_ways.identifier_key,
        neighbour_types.identifier_type as neighbour_type,
        own_types.limit_of_stronger,
        count(*) as neighbour_count
    from linked_both_ways
    inner join identifiers as own
        on linked_both_ways.identifier_key = own.identifier_key
    inner join identifiers as neighbours
        on linked_both_ways.neighbour_key = neighbours.identifier_key
    inner join identifier_types as own_types
        on own.identifier_type = own_types.identifier_type
    inner join identifier_types as neighbour_types
        on neighbours.identifier_type = neighbour_types.identifier_type
    where
        own_types.limit_of_stronger is not null
        and neighbour_types.strength > own_types.strength
    group by
        linked_both_ways.identifier_key,
        neighbour_types.identifier_type,
        own_types.limit_of_stronger
),

beyond_limit as (
    select
        *,
        row_number() over (
            partition by identifier_key
            order by neighbour_count desc, neighbour_type
        ) as rank_of_type
    from neighbours_counted
    where neighbour_count > limit_of_stronger
),

worst_type as (
    select
        identifier_key,
        neighbour_type,
        neighbour_count,
        limit_of_stronger
    from beyond_limit
    where rank_of_type = 1
)

select * from worst_type
