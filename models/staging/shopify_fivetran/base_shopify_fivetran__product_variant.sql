{{ base_config(in_place=true) }}

with

source as (
    {{ warehouse_source(
        'shopify_fivetran', 'product_variant',
        key='id', cursor='_fivetran_synced'
    ) }}
),

typed as (
    select
        {{ landed_columns() }},
        {{ trimmed('id') }} as variant_id,
        {{ trimmed('product_id') }} as shopify_product_id,
        coalesce({{ trimmed('sku') }}, {{ trimmed('id') }}) as product_id,
        cast({{ to_number('price') }} as numeric(18, 2)) as price
    from source
    {{ optimisation_fence() }}
),

{{ staged('typed', key='variant_id', newest_first='_loaded_at', rules=[
    missing('id', 'variant_id'),
]) }}

select * from staged
