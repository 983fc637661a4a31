{{ base_config(in_place=true) }}

with

source as (
    {{ warehouse_source(
        'stripe_fivetran', 'subscription_item', key='id', cursor='_fivetran_synced'
    ) }}
),

typed as (
    select
        {{ landed_columns() }},
        {{ trimmed('id') }} as subscription_item_id,
        {{ trimmed('subscription_id') }} as subscription_id,
        {{ trimmed('plan_id') }} as price_id,
        {{ to_integer('quantity') }} as quantity
    from source
    {{ optimisation_fence() }}
),

{{ staged('typed', key='subscription_item_id', newest_first='_loaded_at', rules=[
    missing('id', 'subscription_item_id'),
]) }}

select * from staged
