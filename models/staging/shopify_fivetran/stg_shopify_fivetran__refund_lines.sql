{{ config(enabled=connector_is_on()) }}

-- The article of a returned line is that of the line of the order.
with

base as (
    select * from {{ ref('base_shopify_fivetran__order_line_refund') }}
),

order_lines as (
    select * from {{ ref('stg_shopify_fivetran__order_lines') }}
),

accepted as (
    select
        base.refund_line_id,
        base.refund_id,
        base.order_line_id,
        order_lines.product_id,
        base.quantity,
        {{ average_amount('base.amount', 'base.quantity') }} as unit_price,
        base._record_key,
        greatest(base._staged_batch, order_lines._staged_batch) as _staged_batch
    from base
    left join order_lines on base.order_line_id = order_lines.order_line_id
    where base._row_status = 'accepted'
)

select * from accepted
