{{ config(enabled=connector_is_on()) }}

-- The export has the sum of an order's refunds without a date, so the refund is dated by the
-- cancellation or the order.
with

orders as (
    select * from {{ ref('stg_shopify__orders') }}
),

refunded_orders as (
    select
        _record_key || '/refund' as refund_id,
        order_id || '/refund' as return_id,
        order_id,
        email_identifier,
        phone,
        currency,
        refunded_amount,
        coalesce(cancelled_at, ordered_at) as refunded_at,
        _record_key || '/refund' as _record_key,
        _staged_batch
    from orders
    where refunded_amount > 0
)

select * from refunded_orders
