{{ config(enabled=connector_is_on()) }}

with

base as (
    select * from {{ ref('base_shopify_fivetran__discount_allocation') }}
),

accepted as (
    select
        discount_allocation_id,
        order_line_id,
        discount_amount,
        _record_key,
        _staged_batch
    from base
    where _row_status = 'accepted'
)

select * from accepted
