{{ by_event(event_id='store_visit_id') }}

{%- set since = changes_since() -%}

-- The versions that are `events`, since they tell when each was written.
with

events as (
    select * from {{ ref('int_journeys__events') }}
    where
        _ended_batch is null
    {%- if since is not none %}
        and {{ is_later_batch('_written_batch', since) }}
    {%- endif %}
),

receipts as (
    select * from events
    where event_name in ('order_completed', 'order_returned') and store_id is not null
),

app_events as (
    select * from events
    where source_model = 'stg_app__events'
),

pings as (
    select * from {{ ref('int_journeys__pings_near_stores') }}
),

stores as (
    select
        store_id,
        time_zone
    from {{ ref('stg_catalog__stores') }}
),

listed_receipts as (
    select
        event_id,
        profile_id,
        store_id,
        order_id,
        'receipt' as evidence,
        cast(null as double precision) as distance_metres,
        occurred_at
    from receipts
),

listed_pings as (
    select
        app_events.event_id,
        app_events.profile_id,
        pings.store_id,
        cast(null as text) as order_id,
        'location_ping' as evidence,
        pings.distance_metres,
        app_events.occurred_at
    from pings
    inner join app_events on pings.record_id = app_events.record_id
),

unioned as (
    select * from listed_receipts
    union all
    select * from listed_pings
),

localised as (
    select
        unioned.event_id as store_visit_id,
        unioned.profile_id,
        unioned.store_id,
        unioned.order_id,
        unioned.evidence,
        unioned.distance_metres,
        {{ local_date('unioned.occurred_at', 'stores.time_zone') }} as visited_date,
        unioned.occurred_at as visited_at,
        {{ changed_batch() }} as _changed_batch
    from unioned
    left join stores on unioned.store_id = stores.store_id
)

select * from localised
