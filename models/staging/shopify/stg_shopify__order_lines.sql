{{ config(enabled=connector_is_on()) }}

-- The newest export of an order replaces all of its lines, also those that it no longer has.
with

base as (
    select * from {{ ref('base_shopify__orders') }}
),

orders as (
    select * from {{ ref('stg_shopify__orders') }}
),

accepted as (
    select
        base._record_key as order_line_id,
        base.order_id,
        base.line_number,
        base.product_id,
        base.product_name,
        base.quantity,
        base.unit_price,
        base.discount_amount,
        base._record_key,
        greatest(base._staged_batch, orders._staged_batch) as _staged_batch
    from base
    inner join orders on base.order_id = orders.order_id and base._load_id = orders._load_id
    where base._row_status = 'accepted'
)

select * from accepted
