{{ base_config(in_place=true) }}

with

source as (
    {{ warehouse_source(
        'stripe_fivetran', 'invoice', key='id', cursor='_fivetran_synced', deleted='is_deleted'
    ) }}
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
        {{ trimmed('id') }} as invoice_id,
        {{ trimmed('customer_id') }} as customer_id,
        {{ trimmed('subscription_id') }} as subscription_id,
        {{ trimmed('charge_id') }} as payment_id,
        lower({{ trimmed('status') }}) as status,
        lower({{ trimmed('billing') }}) as collection_method,
        {{ to_boolean('livemode') }} as is_live,
        currency_code as currency,
        {{ amount_of_minor_units(to_integer('total'), 'currency_code') }} as amount,
        {{ amount_of_minor_units(to_integer('amount_paid'), 'currency_code') }} as paid_amount,
        {{ to_timestamp('created') }} as created_at,
        {{ to_timestamp('status_transitions_finalized_at') }} as finalised_at,
        {{ to_timestamp('due_date') }} as due_at
    from trimmed_columns
    {{ optimisation_fence() }}
),

{{ staged('typed', key='invoice_id', newest_first='_loaded_at', rules=[
    missing('id', 'invoice_id'),
    ['not is_live', 'livemode is false'],
    ['coalesce(finalised_at, created_at) is null', 'created is missing'],
]) }}

select * from staged
