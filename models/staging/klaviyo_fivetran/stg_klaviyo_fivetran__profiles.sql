{{ config(enabled=connector_is_on()) }}

-- A profile that may not receive email is suppressed, whatever its consent says. The reason is not
-- in this table; bounces and complaints are events.
with

base as (
    select * from {{ ref('base_klaviyo_fivetran__person') }}
),

accepted as (
    select
        profile_id,
        external_id,
        email,
        email_identifier,
        phone,
        first_name,
        last_name,
        address_line,
        postcode,
        city,
        country,
        case when not may_receive_email then 'email_unsubscribed' end as suppression_event,
        case
            when email_consent = 'unsubscribed' then coalesce(email_consent_at, _loaded_at)
            else _loaded_at
        end as suppressed_at,
        created_at,
        updated_at as exported_at,
        _record_key,
        _staged_batch
    from base
    where _row_status = 'accepted'
)

select * from accepted
