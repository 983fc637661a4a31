{{ incremental_by(
    'visitor', changed_from='occurred_at',
    checked_inputs={'int_journeys__store_bounding_boxes': 'store_id, time_zone, latitude, longitude'},
) }}

with

events as (
    select * from {{ changed('events', changed_from='occurred_at') }}
    where event_name = 'location_pinged'
),

positions as (
    select
        source_model,
        record_id,
        latitude,
        longitude
    from {{ ref('input_positions') }}
    where record_id in (select events.record_id from events)
),

bounding_boxes as (
    select * from {{ ref('int_journeys__store_bounding_boxes') }}
),

-- Filter by bounding box first: it is cheaper than the distance.
store_distances as (
    select
        positions.source_model,
        positions.record_id,
        bounding_boxes.store_id,
        {{ haversine_metres(
            'positions.latitude', 'positions.longitude',
            'bounding_boxes.latitude', 'bounding_boxes.longitude'
        ) }} as distance_metres
    from positions
    inner join bounding_boxes
        on
            positions.latitude between bounding_boxes.south and bounding_boxes.north
            and positions.longitude between bounding_boxes.west and bounding_boxes.east
),

ranked_stores as (
    select
        *,
        row_number() over (
            partition by source_model, record_id
            order by distance_metres, store_id
        ) as distance_rank
    from store_distances
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
        {{ local_date('events.occurred_at', 'bounding_boxes.time_zone') }} as local_date,
        events.occurred_at
    from events
    inner join ranked_stores
        on
            events.source_model = ranked_stores.source_model
            and events.record_id = ranked_stores.record_id
    inner join bounding_boxes on ranked_stores.store_id = bounding_boxes.store_id
    where ranked_stores.distance_rank = 1
)

select * from nearest_stores
