{{ config(enabled=connector_is_on()) }}

with

base as (
    select * from {{ ref('base_klaviyo__events') }}
),

orders as (
    {{ klaviyo_orders('base', items='properties') }}
)

select * from orders
