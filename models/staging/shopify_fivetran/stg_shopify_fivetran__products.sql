{{ config(enabled=connector_is_on()) }}

with

base as (
    select * from {{ ref('base_shopify_fivetran__product') }}
),

accepted as (
    select
        shopify_product_id,
        title,
        category,
        brand,
        _record_key,
        _staged_batch
    from base
    where _row_status = 'accepted'
)

select * from accepted
