{{ base_config(in_place=true) }}

with

source as (
    {{ warehouse_source(
        'shopify_fivetran', 'product',
        key='id', cursor='_fivetran_synced', deleted='_fivetran_deleted'
    ) }}
),

typed as (
    select
        {{ landed_columns() }},
        {{ trimmed('id') }} as shopify_product_id,
        {{ trimmed('title') }} as title,
        {{ trimmed('product_type') }} as category,
        {{ trimmed('vendor') }} as brand
    from source
    {{ optimisation_fence() }}
),

{{ staged('typed', key='shopify_product_id', newest_first='_loaded_at', rules=[
    missing('id', 'shopify_product_id'),
]) }}

select * from staged
