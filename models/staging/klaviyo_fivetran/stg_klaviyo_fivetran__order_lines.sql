{{ config(enabled=connector_is_on()) }}

with

orders as (
    select * from {{ ref('stg_klaviyo_fivetran__orders') }}
),

refunds as (
    select * from {{ ref('stg_klaviyo_fivetran__refunds') }}
),

sold as (
    select
        order_id,
        1 as sign,
        items,
        _record_key,
        _staged_batch
    from orders
    union all
    select
        return_id as order_id,
        -1 as sign,
        items,
        _record_key,
        _staged_batch
    from refunds
),

order_lines as (
    {{ klaviyo_order_lines('sold', ['Items']) }}
)

select * from order_lines
