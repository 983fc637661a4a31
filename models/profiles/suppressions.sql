{%- set channels = contact_channels() | join("'), ('") -%}

with

deliverability as (
    select * from {{ ref('int_profiles__email_deliverability') }}
),

email_addresses as (
    select * from {{ ref('int_profiles__email_addresses') }}
),

contacts as (
    select * from {{ ref('profile_contacts') }}
),

consents as (
    select * from {{ ref('profile_consents') }}
),

erasures as (
    select * from {{ ref('int_profiles__erasures') }}
),

answers as (
    select * from {{ ref('int_profiles__consent_answers') }}
),

channels as (
    select channel
    from (values ('{{ channels }}')) as listed (channel)
),

-- The will of a person, whichever of their addresses it was said from.
refused as (
    select
        email_addresses.profile_id,
        'unsubscribed' as reason,
        max(deliverability.unsubscribed_at) as since
    from email_addresses
    inner join deliverability
        on email_addresses.email_identifier = deliverability.email_identifier
    where deliverability.unsubscribed_at is not null
    group by email_addresses.profile_id
    union all
    select
        email_addresses.profile_id,
        'complained' as reason,
        max(deliverability.complained_at) as since
    from email_addresses
    inner join deliverability
        on email_addresses.email_identifier = deliverability.email_identifier
    where deliverability.complained_at is not null
    group by email_addresses.profile_id
),

-- The state of a mailbox: it matters for the address in use, until mail arrives there again.
dead_mailboxes as (
    select
        contacts.profile_id,
        'bounced' as reason,
        deliverability.bounced_at as since
    from contacts
    inner join deliverability on contacts.email_identifier = deliverability.email_identifier
    where contacts.email_validity = 'bounced'
),

-- An answer about consent that cannot be read and is no grant counts as a refusal, on every channel
-- if its own is unknown.
unreadable as (
    select
        answers.profile_id,
        channels.channel,
        case when count(*) = count(answers.recorded_at) then max(answers.recorded_at) end as since
    from answers
    left join channels as known_channels on answers.channel = known_channels.channel
    inner join channels
        on known_channels.channel = channels.channel or known_channels.channel is null
    where answers.is_unreadable and not answers.is_grant
    group by answers.profile_id, channels.channel
),

unioned as (
    select
        profile_id,
        channel,
        'unreadable_consent' as reason,
        since
    from unreadable
    union all
    select
        profile_id,
        'email' as channel,
        reason,
        since
    from refused
    union all
    select
        profile_id,
        'email' as channel,
        reason,
        since
    from dead_mailboxes
    union all
    select
        erasures.profile_id,
        channels.channel,
        'erased' as reason,
        erasures.erased_at as since
    from erasures
    cross join channels
),

-- Who subscribed again after unsubscribing is subscribed; a complaint is for good.
lifted as (
    select distinct
        unioned.profile_id,
        unioned.channel,
        unioned.reason
    from unioned
    inner join consents
        on
            unioned.profile_id = consents.profile_id
            and unioned.channel = consents.channel
            and unioned.since < consents.recorded_at
    where consents.is_granted and {{ lifts_suppression('unioned.reason', 'consents.purpose') }}
),

still_suppressed as (
    select
        {{ surrogate_key(['unioned.profile_id', 'unioned.channel', 'unioned.reason']) }}
            as suppression_id,
        unioned.profile_id,
        unioned.channel,
        unioned.reason,
        unioned.since
    from unioned
    left join lifted
        on
            unioned.profile_id = lifted.profile_id
            and unioned.channel = lifted.channel
            and unioned.reason = lifted.reason
    where lifted.profile_id is null
)

select * from still_suppressed
