{{ config(enabled=connector_is_on()) }}

-- The export says yes or no without a date. A yes may be old, so any dated withdrawal is newer. A
-- no is a withdrawal only if an earlier export said yes: otherwise the customer was never asked.
-- Consent to text messages is not about a number that belongs to the address.
with

base as (
    select * from {{ ref('base_shopify__customers') }}
    where _row_status in ('accepted', 'duplicate')
),

answers as (
    select
        _record_key,
        _row_status,
        customer_id,
        'email' as channel,
        'email' as identifier_type,
        email_identifier as identifier_value,
        accepts_email as answer,
        _loaded_at,
        _staged_batch
    from base
    union all
    select
        _record_key,
        _row_status,
        customer_id,
        'sms' as channel,
        'phone' as identifier_type,
        case when has_own_phone then phone end as identifier_value,
        accepts_sms as answer,
        _loaded_at,
        _staged_batch
    from base
),

compared_answers as (
    select
        *,
        max(case when answer = 'yes' then 1 else 0 end) over (
            partition by _record_key, channel
        ) as was_yes
    from answers
),

consents as (
    select
        _record_key || '/' || channel as consent_id,
        customer_id,
        channel,
        identifier_type,
        identifier_value,
        case when answer = 'yes' then 'granted' else 'withdrawn' end as status,
        case when answer = 'yes' then timestamp '1970-01-01 00:00:00' else _loaded_at end
            as recorded_at,
        _loaded_at as exported_at,
        _record_key || '/' || channel as _record_key,
        _staged_batch
    from compared_answers
    where
        _row_status = 'accepted'
        and identifier_value is not null
        and (answer = 'yes' or was_yes = 1)
)

select * from consents
