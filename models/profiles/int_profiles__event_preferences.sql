{{ incremental_by('profile', checked_inputs={'input_stores': 'store_id, time_zone'}) }}

with

events as (
    select * from {{ changed('events') }}
    where
        profile_id is not null
        and occurred_at <= {{ as_of() }}
        and is_interaction
),

stores as (
    select
        store_id,
        time_zone
    from {{ ref('input_stores') }}
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

preference_events as (
    select
        'size' as kind,
        profile_id,
        {{ size_of_event('properties') }} as preference,
        coalesce(quantity, 1) as weight,
        occurred_at
    from events
    where event_name in ('product_added', 'order_completed') and properties like '%"size"%'
    union all
    select
        'weekday' as kind,
        profile_id,
        cast(cast(extract(isodow from local_at) as bigint) as text) as preference,
        cast(1 as bigint) as weight,
        occurred_at
    from localised_events
    union all
    select
        'hour' as kind,
        profile_id,
        cast(cast(extract(hour from local_at) as bigint) as text) as preference,
        cast(1 as bigint) as weight,
        occurred_at
    from localised_events
),

preference_totals as (
    select
        profile_id,
        kind,
        preference,
        cast(sum(weight) as bigint) as weight,
        max(occurred_at) as last_event_at
    from preference_events
    where preference is not null
    group by profile_id, kind, preference
)

select * from preference_totals
