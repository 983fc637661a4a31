{{ incremental_by(
    'visitor', changed_from='occurred_at',
    checked_inputs={'int_journeys__store_bounding_boxes': 'store_id, time_zone, latitude, longitude'},
) }}

with

events as (
    select * from {{ changed('events', changed_from='occurred_at') }}
    where source_model = 'stg_app__events' and event_name = 'location_pinged'
),

positions as (
    select
        event_id,
        latitude,
        longitude
    from {{ ref('stg_app__events') }}
    where
        latitude is not null
        and longitude is not null
        and event_id in (select events.record_id from events)
),

surroundings as (
    select * from {{ ref('int_journeys__store_bounding_boxes') }}
),

-- The box is four comparisons; the distance is computed only for positions within one.
measured as (
    select
        positions.event_id as record_id,
        surroundings.store_id,
        {{ haversine_metres(
            'positions.latitude', 'positions.longitude',
            'surroundings.latitude', 'surroundings.longitude'
        ) }} as distance_metres
    from positions
    inner join surroundings
        on
            positions.latitude between surroundings.south and surroundings.north
            and positions.longitude between surroundings.west and surroundings.east
),

ranked_stores as (
    select
        *,
        row_number() over (
            partition by record_id
            order by distance_metres, store_id
        ) as distance_rank
    from measured
    where distance_metres <= {{ var('store_proximity_metres') }}
),

nearest_stores as (
    select
        events.event_id,
        events.channel,
        events.visitor_id,
        events.profile_id,
        ranked_stores.store_id,
        ranked_stores.distance_metres,
        {{ local_date('events.occurred_at', 'surroundings.time_zone') }} as local_date,
        events.occurred_at
    from events
    inner join ranked_stores on events.record_id = ranked_stores.record_id
    inner join surroundings on ranked_stores.store_id = surroundings.store_id
    where ranked_stores.distance_rank = 1
)

select * from nearest_stores
