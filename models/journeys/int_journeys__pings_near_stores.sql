{{ by_event(event_id='record_id', key='record_id') }}

{%- set since = changes_since() %}

-- depends_on: {{ ref('int_journeys__events') }}
with

{% if since is not none -%}
written as (
    select record_id from {{ ref('int_journeys__events') }}
    where
        source_model = 'stg_app__events'
        and event_name = 'location_pinged'
        and _ended_batch is null
        and {{ is_later_batch('_written_batch', since) }}
),

{% endif -%}

pings as (
    select
        event_id as record_id,
        latitude,
        longitude
    from {{ ref('stg_app__events') }}
    where
        event_name = 'location_pinged'
        and latitude is not null
        and longitude is not null
    {%- if since is not none %}
        and event_id in (select written.record_id from written)
    {%- endif %}
),

surroundings as (
    select * from {{ ref('int_journeys__store_surroundings') }}
),

-- The box is four comparisons; the distance is worked out for what falls into one only.
measured as (
    select
        pings.record_id,
        surroundings.store_id,
        {{ haversine_metres(
            'pings.latitude', 'pings.longitude', 'surroundings.latitude', 'surroundings.longitude'
        ) }} as distance_metres
    from pings
    inner join surroundings
        on
            pings.latitude between surroundings.south and surroundings.north
            and pings.longitude between surroundings.west and surroundings.east
),

ranked_stores as (
    select
        *,
        row_number() over (
            partition by record_id
            order by distance_metres, store_id
        ) as nearness
    from measured
    where distance_metres <= {{ var('store_proximity_metres') }}
),

kept_nearest as (
    select
        record_id,
        store_id,
        distance_metres,
        {{ changed_batch() }} as _changed_batch
    from ranked_stores
    where nearness = 1
)

select * from kept_nearest
