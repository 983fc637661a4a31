{{ config(enabled=connector_is_on()) }}

-- A customer who was never asked, or has not confirmed, neither granted nor withdrew. Every other
-- state but a subscription counts as a withdrawal. A grant without a time may be old, so any dated
-- withdrawal is newer.
with

base as (
    select * from {{ ref('base_shopify_fivetran__customer') }}
    where _row_status = 'accepted'
),

answers as (
    select
        customer_id,
        'email' as channel,
        'email' as identifier_type,
        email_identifier as identifier_value,
        coalesce(
            email_consent_state,
            case
                when accepts_marketing then 'subscribed'
                when accepts_marketing_updated_at is not null and not accepts_marketing
                    then 'unsubscribed'
            end
        ) as state,
        coalesce(
            email_consent_updated_at,
            case when email_consent_state is null then accepts_marketing_updated_at end
        ) as updated_at,
        _loaded_at,
        _record_key,
        _staged_batch
    from base
    union all
    select
        customer_id,
        'sms' as channel,
        'phone' as identifier_type,
        phone as identifier_value,
        sms_consent_state as state,
        sms_consent_updated_at as updated_at,
        _loaded_at,
        _record_key,
        _staged_batch
    from base
),

consents as (
    select
        _record_key || '/' || channel as consent_id,
        customer_id,
        channel,
        identifier_type,
        identifier_value,
        case when state = 'subscribed' then 'granted' else 'withdrawn' end as status,
        coalesce(
            updated_at,
            case when state = 'subscribed' then timestamp '1970-01-01 00:00:00' else _loaded_at end
        ) as recorded_at,
        coalesce(updated_at, _loaded_at) as observed_at,
        _record_key || '/' || channel as _record_key,
        _staged_batch
    from answers
    where identifier_value is not null and state not in ('not_subscribed', 'pending')
)

select * from consents
