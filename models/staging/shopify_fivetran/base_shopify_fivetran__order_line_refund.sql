{{ base_config(in_place=true) }}

-- A connection has one of the two tables.
with

source as (
    {{ warehouse_source(
        'shopify_fivetran', ['order_line_refund', 'refund_line_item'],
        key='id', cursor='_fivetran_synced'
    ) }}
),

typed as (
    select
        {{ landed_columns() }},
        {{ to_integer('id') }} as refund_line_id,
        {{ trimmed('refund_id') }} as refund_id,
        {{ to_integer('order_line_id') }} as order_line_id,
        {{ to_integer('quantity') }} as quantity,
        cast({{ to_number('coalesce(subtotal_set_shop_amount, subtotal)') }} as numeric(18, 2))
            as amount
    from source
    {{ optimisation_fence() }}
),

{{ staged('typed', key='refund_line_id', newest_first='_loaded_at', rules=[
    missing('id', 'refund_line_id'),
    missing('refund_id'),
]) }}

select * from staged
