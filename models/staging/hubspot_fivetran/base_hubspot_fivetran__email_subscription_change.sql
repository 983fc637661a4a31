{{ base_config(in_place=true) }}

with

source as (
    {{ warehouse_source(
        'hubspot_fivetran', 'email_subscription_change', key='_fivetran_id',
        cursor='_fivetran_synced'
    ) }}
),

typed as (
    select
        {{ landed_columns() }},
        {{ trimmed('"_fivetran_id"') }} as change_id,
        {{ trimmed('"recipient"') }} as raw_email,
        {{ normalise_email('"recipient"') }} as email,
        upper({{ trimmed('"change"') }}) as change,
        upper({{ trimmed('"change_type"') }}) as change_type,
        {{ trimmed('"email_subscription_id"') }} as subscription_id,
        {{ trimmed('"source"') }} as change_source,
        {{ to_timestamp('"timestamp"') }} as changed_at
    from source
    {{ optimisation_fence() }}
),

identified as (
    select
        *,
        {{ canonical_email('email') }} as email_identifier
    from typed
),

{{ staged('identified', key='change_id', newest_first='_loaded_at', rules=[
    missing('_fivetran_id', 'change_id'),
    required('timestamp', 'timestamp', 'changed_at'),
    missing('recipient', 'raw_email'),
]) }}

select * from staged
