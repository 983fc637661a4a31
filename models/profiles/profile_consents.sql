with

records as (
    select
        source_model,
        record_id as consent_id,
        identifier_type,
        identifier_value,
        consent_channel as channel,
        purpose,
        status,
        source,
        proof,
        observed_at as recorded_at
    from {{ ref('input_consents') }}
    where
        observed_at <= {{ as_of() }}
        and consent_channel is not null
        and purpose is not null
),

events as (
    select * from {{ ref('events') }}
    where profile_id is not null
),

email_addresses as (
    select * from {{ ref('int_profiles__email_addresses') }}
),

attributed_by_identity as (
    select
        events.profile_id,
        records.*
    from records
    inner join events
        on records.source_model = events.source_model and records.consent_id = events.record_id
),

-- A shared mailbox belongs to no single profile, so its grants are ignored, and its withdrawals
-- apply to every profile with that address. What is not plainly granted counts as withdrawn.
-- Duplicates with the first CTE are removed below.
attributed_by_mailbox as (
    select
        email_addresses.profile_id,
        records.*
    from records
    inner join email_addresses on records.identifier_value = email_addresses.email_identifier
    where
        records.identifier_type = 'email' and coalesce(records.status, '') <> 'granted'
),

attributed_consents as (
    select * from attributed_by_identity
    union all
    select * from attributed_by_mailbox
),

ranked_records as (
    select
        *,
        -- If a grant and anything else have the same time, the grant loses.
        row_number() over (
            partition by profile_id, channel, purpose
            order by
                recorded_at desc,
                case when status = 'granted' then 1 else 0 end,
                consent_id
        ) as recency
    from attributed_consents
),

kept_latest as (
    select
        {{ surrogate_key(['profile_id', 'channel', 'purpose']) }} as profile_consent_id,
        profile_id,
        consent_id,
        channel,
        purpose,
        status,
        {{ is_granted_consent('status', 'channel', 'purpose') }} as is_granted,
        source,
        proof,
        recorded_at
    from ranked_records
    where recency = 1
)

select * from kept_latest
