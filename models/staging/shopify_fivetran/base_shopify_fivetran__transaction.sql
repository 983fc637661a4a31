{{ base_config(in_place=true) }}

with

source as (
    {{ warehouse_source('shopify_fivetran', 'transaction', key='id', cursor='_fivetran_synced') }}
),

typed as (
    select
        {{ landed_columns() }},
        {{ trimmed('id') }} as transaction_id,
        {{ trimmed('order_id') }} as order_id,
        {{ trimmed('refund_id') }} as refund_id,
        lower({{ trimmed('kind') }}) as kind,
        lower({{ trimmed('status') }}) as status,
        upper({{ trimmed('coalesce(amount_set_shop_currency_code, currency)') }}) as currency,
        {{ to_number('coalesce(amount_set_shop_amount, amount)') }} as amount,
        coalesce({{ to_boolean('test') }}, false) as is_test,
        coalesce({{ to_timestamp('processed_at') }}, {{ to_timestamp('created_at') }})
            as processed_at
    from source
    {{ optimisation_fence() }}
),

{{ staged('typed', key='transaction_id', newest_first='_loaded_at', rules=[
    missing('id', 'transaction_id'),
]) }}

select * from staged
