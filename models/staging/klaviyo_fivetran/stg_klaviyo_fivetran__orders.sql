{{ config(enabled=connector_is_on()) }}

with

base as (
    select * from {{ ref('base_klaviyo_fivetran__event') }}
),

orders as (
    {{ klaviyo_orders('base', items='items') }}
)

select * from orders
