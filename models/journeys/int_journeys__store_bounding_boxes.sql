{{ config(materialized='view') }}

with

stores as (
    select * from {{ ref('input_stores') }}
),

bounding_boxes as (
    select
        store_id,
        time_zone,
        latitude,
        longitude,
        latitude - {{ latitude_margin(var('store_proximity_metres')) }} as south,
        latitude + {{ latitude_margin(var('store_proximity_metres')) }} as north,
        longitude - {{ longitude_margin(var('store_proximity_metres'), 'latitude') }} as west,
        longitude + {{ longitude_margin(var('store_proximity_metres'), 'latitude') }} as east
    from stores
    where latitude is not null and longitude is not null
)

select * from bounding_boxes
