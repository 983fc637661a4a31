{{ config(enabled=connector_is_on()) }}

-- Order lines name a variant by its article number, which two variants may share.
with

base as (
    select * from {{ ref('base_shopify_fivetran__product_variant') }}
),

products as (
    select * from {{ ref('stg_shopify_fivetran__products') }}
),

accepted as (
    select
        base.product_id,
        base.variant_id,
        products.title as product_name,
        products.category,
        products.brand,
        base.price,
        base._record_key,
        greatest(base._staged_batch, products._staged_batch) as _staged_batch,
        row_number() over (
            partition by base.product_id order by base.variant_id desc
        ) as variant_number
    from base
    inner join products on base.shopify_product_id = products.shopify_product_id
    where base._row_status = 'accepted'
),

latest_variants as (
    select
        product_id,
        variant_id,
        product_name,
        category,
        brand,
        price,
        _record_key,
        _staged_batch
    from accepted
    where variant_number = 1
)

select * from latest_variants
