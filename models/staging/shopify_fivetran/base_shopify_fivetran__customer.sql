{{ base_config(in_place=true) }}

-- Before there were consent states, a customer had accepts_marketing with its time.
with

source as (
    {{ warehouse_source(
        'shopify_fivetran', 'customer',
        key='id', cursor='_fivetran_synced', deleted='_fivetran_deleted'
    ) }}
),

typed as (
    select
        {{ landed_columns() }},
        {{ trimmed('id') }} as customer_id,
        {{ trimmed('first_name') }} as first_name,
        {{ trimmed('last_name') }} as last_name,
        email as raw_email,
        {{ normalise_email('email') }} as email,
        phone as raw_phone,
        lower({{ trimmed('email_marketing_consent_state') }}) as email_consent_state,
        coalesce(
            {{ to_timestamp('email_marketing_consent_updated_at') }},
            {{ to_timestamp('email_marketing_consent_consent_updated_at') }}
        ) as email_consent_updated_at,
        lower({{ trimmed('sms_marketing_consent_state') }}) as sms_consent_state,
        coalesce(
            {{ to_timestamp('sms_marketing_consent_updated_at') }},
            {{ to_timestamp('sms_marketing_consent_consent_updated_at') }}
        ) as sms_consent_updated_at,
        {{ to_boolean('accepts_marketing') }} as accepts_marketing,
        {{ to_timestamp('accepts_marketing_updated_at') }} as accepts_marketing_updated_at,
        coalesce({{ to_timestamp('updated_at') }}, {{ to_timestamp('created_at') }}, _loaded_at)
            as updated_at
    from source
    {{ optimisation_fence() }}
),

identified as (
    {{ normalise_contact('typed') }}
),

{{ staged('identified', key='customer_id', newest_first='_loaded_at', rules=[
    missing('id', 'customer_id'),
]) }}

select * from staged
