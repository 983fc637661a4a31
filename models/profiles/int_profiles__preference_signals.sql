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

events as (
    select * from {{ ref('events') }}
    where profile_id is not null and occurred_at <= {{ as_of() }} and is_interaction
),

stores as (
    select
        store_id,
        time_zone
    from {{ ref('stg_catalog__stores') }}
),

localised_events as (
    select
        events.*,
        {{ local_time(
            'events.occurred_at',
            "coalesce(stores.time_zone, '" ~ var('reporting_time_zone') ~ "')"
        ) }} as local_at
    from events
    left join stores on events.store_id = stores.store_id
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
    select
        'size' as kind,
        profile_id,
        {{ size_of_event('properties') }} as preference,
        coalesce(quantity, 1) as weight,
        occurred_at as happened_at
    from events
    where event_name in ('product_added', 'order_completed') and properties like '%"size"%'
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
        'weekday' as kind,
        profile_id,
        cast(cast(extract(isodow from local_at) as bigint) as text) as preference,
        count(*) as weight,
        max(occurred_at) as happened_at
    from localised_events
    group by profile_id, extract(isodow from local_at)
    union all
    select
        'hour' as kind,
        profile_id,
        cast(cast(extract(hour from local_at) as bigint) as text) as preference,
        count(*) as weight,
        max(occurred_at) as happened_at
    from localised_events
    group by profile_id, extract(hour from local_at)
)

select * from unioned
where preference is not null
