with

records as (
    select
        consent_id,
        identifier_type,
        identifier_value,
        channel,
        purpose,
        status,
        source,
        proof,
        recorded_at
    from {{ ref('stg_consent__records') }}
    where recorded_at <= {{ as_of() }}
),

events as (
    select * from {{ ref('events') }}
    where source_model = 'stg_consent__records' and profile_id is not null
),

email_addresses as (
    select * from {{ ref('int_profiles__email_addresses') }}
),

attributed_by_identity as (
    select
        events.profile_id,
        records.*
    from records
    inner join events on records.consent_id = events.record_id
),

-- A shared mailbox identifies nobody, so it can give no one's consent; what it withdraws holds for
-- everybody who is written to there. Who withdrew it has the record twice, of which one is kept.
attributed_by_mailbox as (
    select
        email_addresses.profile_id,
        records.*
    from records
    inner join email_addresses on records.identifier_value = email_addresses.email_identifier
    where records.identifier_type = 'email' and records.status = 'withdrawn'
),

unioned as (
    select * from attributed_by_identity
    union all
    select * from attributed_by_mailbox
),

ranked_records as (
    select
        *,
        -- Of a grant and a withdrawal at the same instant the withdrawal holds.
        row_number() over (
            partition by profile_id, channel, purpose
            order by
                recorded_at desc,
                case when status = 'withdrawn' then 0 else 1 end,
                consent_id
        ) as recency
    from unioned
),

kept_latest as (
    select
        {{ surrogate_key(['profile_id', 'channel', 'purpose']) }} as profile_consent_id,
        profile_id,
        consent_id,
        channel,
        purpose,
        status,
        status = 'granted' as is_granted,
        source,
        proof,
        recorded_at
    from ranked_records
    where recency = 1
)

select * from kept_latest
