{{ config(enabled=connector_is_on()) }}

with

base as (
    select * from {{ ref('base_catalog__products') }}
),

accepted as (
    select
        product_id,
        product_name,
        category,
        brand,
        price,
        cost,
        currency,
        product_url,
        updated_at,
        _record_key,
        _staged_batch
    from base
    where _row_status = 'accepted'
)

select * from accepted
