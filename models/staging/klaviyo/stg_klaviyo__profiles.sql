{{ config(enabled=connector_is_on()) }}

with

base as (
    select * from {{ ref('base_klaviyo__profiles') }}
),

accepted as (
    select
        profile_id,
        email,
        email_identifier,
        phone,
        first_name,
        last_name,
        address_line,
        postcode,
        city,
        country,
        {{ klaviyo_suppression_event('suppressions') }} as suppression_event,
        -- Only an unsubscribe has a date.
        case
            when lower(suppressions) = 'unsubscribe' and email_consent = 'unsubscribed'
                then coalesce(email_consent_at, _loaded_at)
            else _loaded_at
        end as suppressed_at,
        created_at,
        _loaded_at as exported_at,
        _record_key,
        _staged_batch
    from base
    where _row_status = 'accepted'
)

select * from accepted
