with

identifiers as (
    select * from {{ ref('identity_graph__identifiers') }}
    where record_count > 0
),

dictionary as (
    select * from {{ ref('identity_graph__dictionary') }}
),

links as (
    select * from {{ ref('identity_graph__links') }}
    where status in ('shared_identifier', 'link_window', 'profile_limit', 'override')
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

inactive_ends as (
    select
        identifier_key_a as identifier_key,
        status
    from links
    union all
    select
        identifier_key_b as identifier_key,
        status
    from links
),

link_totals as (
    select
        identifier_key,
        count(*) as inactive_link_count,
        count(case when status = 'link_window' then 1 end) as stale_link_count,
        count(case when status = 'profile_limit' then 1 end) as link_count_beyond_limit,
        count(case when status = 'override' then 1 end) as overridden_link_count
    from inactive_ends
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
                    'shared: ' || identifiers.neighbour_type || ' beyond the limit of '
                    || identifier_limits.max_count
            when link_totals.overridden_link_count > 0 then 'kept apart by an override'
            when link_totals.link_count_beyond_limit > 0 then 'links cut: profile beyond a limit'
            else 'links cut: outside the window of ' || own_types.link_window_days || ' days'
        end as reason,
        identifiers.neighbour_type,
        identifiers.neighbour_count,
        coalesce(link_totals.inactive_link_count, 0) as inactive_link_count,
        identifiers.record_count,
        identifiers.first_observed_at,
        identifiers.last_observed_at
    from identifiers
    inner join dictionary
        on identifiers.identifier_key = dictionary.identifier_key
    inner join identifier_types as own_types
        on identifiers.identifier_type = own_types.identifier_type
    left join identifier_limits
        on
            identifiers.identifier_type = identifier_limits.identifier_type
            and identifiers.neighbour_type = identifier_limits.neighbour_type
    left join blocklist
        on identifiers.blocking_priority = blocklist.priority
    left join link_totals
        on identifiers.identifier_key = link_totals.identifier_key
    where
        identifiers.blocking_priority is not null
        or identifiers.is_shared
        or link_totals.overridden_link_count > 0
        or link_totals.link_count_beyond_limit > 0
        or (link_totals.stale_link_count > 0 and own_types.link_window_days is not null)
)

select * from suspects
