{{ base_config(in_place=true) }}

with

source as (
    {{ warehouse_source(
        'shopify_fivetran', 'discount_allocation',
        key=['order_line_id', 'index'], cursor='_fivetran_synced'
    ) }}
),

typed as (
    select
        {{ landed_columns() }},
        _load_id as discount_allocation_id,
        {{ to_integer('order_line_id') }} as order_line_id,
        {{ to_number('coalesce(allocated_amount_set_shop_amount, amount)') }} as discount_amount
    from source
    {{ optimisation_fence() }}
),

{{ staged('typed', key='discount_allocation_id', newest_first='_loaded_at', rules=[
    missing('order_line_id'),
]) }}

select * from staged
