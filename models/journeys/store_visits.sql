{{ config(materialized='view') }}

with

receipts as (
    select * from {{ ref('int_journeys__store_receipts') }}
),

pings as (
    select * from {{ ref('int_journeys__pings_near_stores') }}
),

all_visits as (
    select
        event_id as store_visit_id,
        profile_id,
        store_id,
        order_id,
        'receipt' as evidence,
        cast(null as double precision) as distance_metres,
        local_date as visited_date,
        occurred_at as visited_at
    from receipts
    union all
    select
        event_id as store_visit_id,
        profile_id,
        store_id,
        cast(null as text) as order_id,
        'location_ping' as evidence,
        distance_metres,
        local_date as visited_date,
        occurred_at as visited_at
    from pings
)

select * from all_visits
