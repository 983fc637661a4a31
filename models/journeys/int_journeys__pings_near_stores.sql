with

pings as (
    select
        event_id as record_id,
        latitude,
        longitude
    from {{ ref('stg_app__events') }}
    where event_name = 'location_pinged' and latitude is not null and longitude is not null
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
        distance_metres
    from ranked_stores
    where nearness = 1
)

select * from kept_nearest
