{{ base_config(in_place=true) }}

with

source as (
    {{ warehouse_source('shopify_fivetran', 'refund', key='id', cursor='_fivetran_synced') }}
),

typed as (
    select
        {{ landed_columns() }},
        {{ trimmed('id') }} as refund_id,
        {{ trimmed('order_id') }} as order_id,
        upper({{ trimmed('total_refunded_set_shop_currency_code') }}) as currency,
        cast({{ to_number('total_refunded_set_shop_amount') }} as numeric(18, 2)) as total_amount,
        coalesce({{ to_timestamp('processed_at') }}, {{ to_timestamp('created_at') }})
            as refunded_at
    from source
    {{ optimisation_fence() }}
),

{{ staged('typed', key='refund_id', newest_first='_loaded_at', rules=[
    missing('id', 'refund_id'),
    ['refunded_at is null', 'created_at and processed_at are missing'],
]) }}

select * from staged
