{{ base_config(in_place=true) }}

-- The deleted prices of running subscriptions still count, so deletion is not read.
with

source as (
    {{ warehouse_source('stripe_fivetran', 'price', key='id', cursor='_fivetran_synced') }}
),

trimmed_columns as (
    select
        *,
        upper({{ trimmed('currency') }}) as currency_code,
        -- Whole cents, or fractions of them for very small prices.
        coalesce(
            {{ to_number('unit_amount_decimal', 'numeric(18, 6)') }},
            {{ to_number('unit_amount', 'numeric(18, 6)') }}
        ) as unit_amount_number
    from source
    {{ optimisation_fence() }}
),

typed as (
    select
        {{ landed_columns() }},
        {{ trimmed('id') }} as price_id,
        {{ trimmed('product_id') }} as product_id,
        currency_code as currency,
        unit_amount_number as unit_amount,
        lower({{ trimmed('recurring_interval') }}) as billing_interval,
        coalesce({{ to_integer('recurring_interval_count') }}, 1) as interval_count
    from trimmed_columns
    {{ optimisation_fence() }}
),

{{ staged('typed', key='price_id', newest_first='_loaded_at', rules=[
    missing('id', 'price_id'),
]) }}

select * from staged
