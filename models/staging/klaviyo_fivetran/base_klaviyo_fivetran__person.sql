{{ base_config(in_place=true) }}

-- Text messages are consented to only if they may be sent, too.
with

source as (
    {{ warehouse_source(
        'klaviyo_fivetran', 'person', key='id',
        cursor='_fivetran_synced', deleted='_fivetran_deleted'
    ) }}
),

trimmed_columns as (
    select
        *,
        lower({{ trimmed('"subscriptions_sms_marketing_consent"') }}) as sms_answer,
        {{ to_boolean('"subscriptions_sms_marketing_can_receive_sms_marketing"') }}
            as may_receive_sms
    from source
),

typed as (
    select
        {{ landed_columns() }},
        {{ trimmed('"id"') }} as profile_id,
        {{ trimmed('"external_id"') }} as external_id,
        {{ trimmed('"first_name"') }} as first_name,
        {{ trimmed('"last_name"') }} as last_name,
        {{ trimmed('"email"') }} as raw_email,
        {{ normalise_email('"email"') }} as email,
        {{ trimmed('"phone_number"') }} as raw_phone,
        {{ trimmed('"address_1"') }} as address_line,
        {{ trimmed('"zip"') }} as postcode,
        {{ trimmed('"city"') }} as city,
        {{ country_code('"country"') }} as country,
        lower({{ trimmed('"subscriptions_email_marketing_consent"') }}) as email_consent,
        {{ to_timestamp('"subscriptions_email_marketing_timestamp"') }} as email_consent_at,
        case
            when sms_answer = 'subscribed' and not may_receive_sms then 'blocked'
            else sms_answer
        end as sms_consent,
        case
            when sms_answer = 'subscribed' and not may_receive_sms then null
            else {{ to_timestamp('"subscriptions_sms_marketing_timestamp"') }}
        end as sms_consent_at,
        {{ to_boolean('"subscriptions_email_marketing_can_receive_email_marketing"') }}
            as may_receive_email,
        {{ to_timestamp('"created"') }} as created_at,
        coalesce({{ to_timestamp('"updated"') }}, _loaded_at) as updated_at
    from trimmed_columns
    {{ optimisation_fence() }}
),

identified as (
    {{ normalise_contact('typed', 'country') }}
),

{{ staged('identified', key='profile_id', newest_first='_loaded_at', rules=[
    missing('id', 'profile_id'),
]) }}

select * from staged
