{{ base_config(in_place=true) }}

with

source as (
    {{ warehouse_source('stripe_fivetran', 'refund', key='id', cursor='_fivetran_synced') }}
),

trimmed_columns as (
    select
        *,
        upper({{ trimmed('currency') }}) as currency_code
    from source
),

typed as (
    select
        {{ landed_columns() }},
        {{ trimmed('id') }} as refund_id,
        {{ trimmed('charge_id') }} as payment_id,
        lower({{ trimmed('status') }}) as status,
        lower({{ trimmed('reason') }}) as reason,
        currency_code as currency,
        {{ amount_of_minor_units(to_integer('amount'), 'currency_code') }} as amount,
        {{ to_timestamp('created') }} as created_at
    from trimmed_columns
    {{ optimisation_fence() }}
),

{{ staged('typed', key='refund_id', newest_first='_loaded_at', rules=[
    missing('id', 'refund_id'),
    ['created_at is null', 'created is missing'],
]) }}

select * from staged
