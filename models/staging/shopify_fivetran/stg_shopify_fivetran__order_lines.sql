{{ config(enabled=connector_is_on()) }}

-- The allocations of a line include its own discount and its part of discount codes.
with

base as (
    select * from {{ ref('base_shopify_fivetran__order_line') }}
),

discounts as (
    select
        order_line_id,
        sum(discount_amount) as discount_amount,
        max(_staged_batch) as _staged_batch
    from {{ ref('stg_shopify_fivetran__discounts') }}
    group by order_line_id
),

accepted as (
    select
        base.order_line_id,
        base.order_id,
        base.product_id,
        base.product_name,
        base.quantity,
        coalesce(base.unit_price, {{ average_amount('base.list_amount', 'base.quantity') }})
            as unit_price,
        coalesce(discounts.discount_amount, base.line_discount_amount) as discount_amount,
        base._record_key,
        greatest(base._staged_batch, discounts._staged_batch) as _staged_batch
    from base
    left join discounts on base.order_line_id = discounts.order_line_id
    where base._row_status = 'accepted'
)

select * from accepted
