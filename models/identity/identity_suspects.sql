with

identifiers as (
    select * from {{ graph_table('identifiers', ref('identity_graph')) }}
    where record_count > 0
),

dictionary as (
    select * from {{ graph_table('dictionary', ref('identity_graph')) }}
),

links as (
    select * from {{ graph_table('links', ref('identity_graph')) }}
    where guard in (1, 2) or (guard = 0 and cut <> 0)
),

identifier_types as (
    select * from {{ ref('identifier_types') }}
),

identifier_limits as (
    select * from {{ ref('identifier_limits') }}
),

blocklist as (
    select * from {{ ref('identifier_blocklist') }}
),

withheld_ends as (
    select
        identifier_key_a as identifier_key,
        guard,
        cut
    from links
    union all
    select
        identifier_key_b as identifier_key,
        guard,
        cut
    from links
),

withheld as (
    select
        identifier_key,
        count(*) as withheld_link_count,
        count(case when guard = 2 then 1 end) as stale_link_count,
        count(case when guard = 0 and cut = 3 then 1 end) as link_count_beyond_limit,
        count(case when guard = 0 and cut = 4 then 1 end) as overridden_link_count
    from withheld_ends
    group by identifier_key
),

suspects as (
    select
        dictionary.identifier_type,
        dictionary.identifier_value,
        case
            when identifiers.blocking_priority is not null then 'blocklisted: ' || blocklist.reason
            when identifiers.is_shared
                then
                    'shared: ' || crowd_types.identifier_type || ' beyond the limit of '
                    || identifier_limits.most
            when withheld.overridden_link_count > 0 then 'kept apart by an override'
            when withheld.link_count_beyond_limit > 0 then 'links cut: profile beyond a limit'
            else 'links cut: outside the window of ' || own_types.link_window_days || ' days'
        end as reason,
        crowd_types.identifier_type as neighbour_type,
        identifiers.crowd_count as neighbour_count,
        coalesce(withheld.withheld_link_count, 0) as withheld_link_count,
        identifiers.record_count,
        identifiers.first_observed_at,
        identifiers.last_observed_at
    from identifiers
    inner join dictionary
        on identifiers.identifier_key = dictionary.identifier_key
    inner join identifier_types as own_types
        on identifiers.strength = own_types.strength
    left join identifier_types as crowd_types
        on identifiers.crowd_strength = crowd_types.strength
    left join identifier_limits
        on
            own_types.identifier_type = identifier_limits.identifier_type
            and crowd_types.identifier_type = identifier_limits.counted_type
    left join blocklist
        on identifiers.blocking_priority = blocklist.priority
    left join withheld
        on identifiers.identifier_key = withheld.identifier_key
    where
        identifiers.blocking_priority is not null
        or identifiers.is_shared
        or withheld.overridden_link_count > 0
        or withheld.link_count_beyond_limit > 0
        or (withheld.stale_link_count > 0 and own_types.link_window_days is not null)
)

select * from suspects
