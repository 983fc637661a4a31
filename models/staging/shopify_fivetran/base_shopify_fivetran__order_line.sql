{{ base_config(in_place=true) }}

with

source as (
    {{ warehouse_source('shopify_fivetran', 'order_line', key='id', cursor='_fivetran_synced') }}
),

typed as (
    select
        {{ landed_columns() }},
        {{ to_integer('id') }} as order_line_id,
        {{ trimmed('order_id') }} as order_id,
        coalesce({{ trimmed('sku') }}, {{ trimmed('variant_id') }}) as product_id,
        {{ trimmed('name') }} as product_name,
        {{ to_integer('quantity') }} as quantity,
        cast({{ to_number('price') }} as numeric(18, 2)) as unit_price,
        cast({{ to_number('original_total_set_shop_amount') }} as numeric(18, 2)) as list_amount,
        {{ to_number('coalesce(total_discount_set_shop_amount, total_discount)') }}
            as line_discount_amount
    from source
    {{ optimisation_fence() }}
),

{{ staged('typed', key='order_line_id', newest_first='_loaded_at', rules=[
    missing('id', 'order_line_id'),
    missing('order_id'),
]) }}

select * from staged
