{{ base_config(in_place=true) }}

-- A row per version of a subscription; the newest version replaces the earlier ones.
with

source as (
    {{ warehouse_source(
        'stripe_fivetran', 'subscription_history', key=['id', '_fivetran_start'],
        cursor='_fivetran_synced'
    ) }}
),

typed as (
    select
        {{ landed_columns() }},
        {{ trimmed('id') }} as subscription_id,
        {{ trimmed('customer_id') }} as customer_id,
        lower({{ trimmed('status') }}) as status,
        {{ to_boolean('livemode') }} as is_live,
        {{ to_boolean('_fivetran_active') }} as is_active_version,
        {{ to_timestamp('_fivetran_start') }} as valid_from,
        coalesce({{ to_timestamp('start_date') }}, {{ to_timestamp('created') }}) as started_at,
        {{ to_timestamp('canceled_at') }} as cancelled_at,
        {{ to_timestamp('ended_at') }} as ended_at
    from source
    {{ optimisation_fence() }}
),

{{ staged('typed', key='subscription_id', newest_first='valid_from', rules=[
    missing('id', 'subscription_id'),
    ['not is_live', 'livemode is false'],
    ['started_at is null', 'start_date is missing'],
]) }}

select * from staged
