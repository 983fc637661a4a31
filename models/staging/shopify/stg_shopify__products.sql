{{ config(enabled=connector_is_on()) }}

with

base as (
    select * from {{ ref('base_shopify__products') }}
),

accepted as (
    select
        product_id,
        product_name,
        category,
        brand,
        price,
        cost,
        _record_key,
        _staged_batch
    from base
    where _row_status = 'accepted' and is_variant
)

select * from accepted
