-- A ping on the circle must never fall outside the box that is looked at first. The circle touches
-- its own meridian and parallel, and bulges towards the pole.
with

surroundings as (
    select * from {{ ref('int_journeys__store_bounding_boxes') }}
),

measure_edges as (
    select
        store_id,
        least(
            {{ haversine_metres('latitude', 'longitude', 'south', 'longitude') }},
            {{ haversine_metres('latitude', 'longitude', 'north', 'longitude') }},
            {{ haversine_metres('latitude', 'longitude', 'north', 'west') }},
            {{ haversine_metres('latitude', 'longitude', 'latitude', 'west') }},
            {{ haversine_metres('latitude', 'longitude', 'latitude', 'east') }}
        ) as nearest_edge_metres
    from surroundings
)

select * from measure_edges
where nearest_edge_metres < {{ var('store_proximity_metres') }}
