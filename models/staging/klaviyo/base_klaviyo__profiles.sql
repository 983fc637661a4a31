{{ base_config() }}

-- The export has no time of change, so the newest file counts.
with

source as (
    {{ staging_source('klaviyo', 'profiles') }}
),

typed as (
    select
        {{ landed_columns() }},
        cast(_loaded_at as text) || ' ' || _file as exported_order,
        {{ trimmed('"Klaviyo ID"') }} as profile_id,
        {{ trimmed('"First Name"') }} as first_name,
        {{ trimmed('"Last Name"') }} as last_name,
        {{ trimmed('"Email"') }} as raw_email,
        {{ normalise_email('"Email"') }} as email,
        {{ trimmed('"Phone Number"') }} as raw_phone,
        {{ trimmed('"Address"') }} as address_line,
        {{ trimmed('"Zip Code"') }} as postcode,
        {{ trimmed('"City"') }} as city,
        {{ country_code('"Country"') }} as country,
        lower({{ trimmed('"Email Marketing Consent"') }}) as email_consent,
        {{ to_timestamp(trimmed('"Email Marketing Consent Timestamp"')) }} as email_consent_at,
        lower({{ trimmed('"SMS Marketing Consent"') }}) as sms_consent,
        {{ to_timestamp(trimmed('"SMS Marketing Consent Timestamp"')) }} as sms_consent_at,
        {{ trimmed('"Email Suppressions"') }} as suppressions,
        {{ to_timestamp(trimmed('"Profile Created On"')) }} as created_at
    from source
    {{ optimisation_fence() }}
),

identified as (
    {{ normalise_contact('typed', 'country') }}
),

{{ staged('identified', key='profile_id', newest_first='exported_order', rules=[
    missing('Klaviyo ID', 'profile_id'),
]) }}

select * from staged
