{{ base_config(in_place=true) }}

with

source as (
    {{ warehouse_source(
        'stripe_fivetran', 'invoice_line_item', key='id', cursor='_fivetran_synced'
    ) }}
),

typed as (
    select
        {{ landed_columns() }},
        {{ trimmed('id') }} as line_id,
        {{ trimmed('invoice_id') }} as invoice_id,
        coalesce({{ trimmed('price_id') }}, {{ trimmed('plan_id') }}) as price_id,
        coalesce({{ to_integer('quantity') }}, 1) as quantity,
        {{ amount_of_minor_units(to_integer('amount'), 'currency') }} as amount,
        {{ to_boolean('livemode') }} as is_live
    from source
    {{ optimisation_fence() }}
),

{{ staged('typed', key='line_id', newest_first='_loaded_at', rules=[
    missing('id', 'line_id'),
    ['not is_live', 'livemode is false'],
]) }}

select * from staged
