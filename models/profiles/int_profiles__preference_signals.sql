{{ config(materialized='view') }}

-- One select a kind of favourite: what there was how much of.
with

order_lines as (
    select * from {{ ref('order_lines') }}
    where profile_id is not null and ordered_at <= {{ as_of() }} and not is_return
),

store_visits as (
    select * from {{ ref('store_visits') }}
    where profile_id is not null and visited_at <= {{ as_of() }}
),

event_preferences as (
    select * from {{ ref('int_profiles__event_preferences') }}
),

unioned as (
    select
        'category' as kind,
        profile_id,
        category as preference,
        quantity as weight,
        ordered_at as happened_at
    from order_lines
    union all
    -- Many pings of one stay are one visit.
    select
        'store' as kind,
        profile_id,
        store_id as preference,
        cast(1 as bigint) as weight,
        max(visited_at) as happened_at
    from store_visits
    group by profile_id, store_id, visited_date
    union all
    select
        kind,
        profile_id,
        preference,
        weight,
        last_event_at as happened_at
    from event_preferences
)

select * from unioned
where preference is not null
