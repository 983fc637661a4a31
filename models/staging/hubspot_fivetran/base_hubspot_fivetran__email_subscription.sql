{{ base_config(in_place=true) }}

with

source as (
    {{ warehouse_source(
        'hubspot_fivetran', 'email_subscription', key='id', cursor='_fivetran_synced'
    ) }}
),

typed as (
    select
        {{ landed_columns() }},
        {{ trimmed('"id"') }} as subscription_id,
        {{ trimmed('"name"') }} as name
    from source
    {{ optimisation_fence() }}
),

{{ staged('typed', key='subscription_id', newest_first='_loaded_at', rules=[
    missing('id', 'subscription_id'),
]) }}

select * from staged
