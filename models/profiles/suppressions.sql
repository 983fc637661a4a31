with

email_standing as (
    select * from {{ ref('int_profiles__email_standing') }}
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

-- The will of a person, whichever of their addresses it was said from.
refused as (
    select
        email_addresses.profile_id,
        'unsubscribed' as reason,
        max(email_standing.unsubscribed_at) as since
    from email_addresses
    inner join email_standing
        on email_addresses.email_identifier = email_standing.email_identifier
    where email_standing.unsubscribed_at is not null
    group by email_addresses.profile_id
    union all
    select
        email_addresses.profile_id,
        'complained' as reason,
        max(email_standing.complained_at) as since
    from email_addresses
    inner join email_standing
        on email_addresses.email_identifier = email_standing.email_identifier
    where email_standing.complained_at is not null
    group by email_addresses.profile_id
),

-- The state of a mailbox: it matters for the address in use, until mail arrives there again.
dead_mailboxes as (
    select
        contacts.profile_id,
        'bounced' as reason,
        email_standing.bounced_at as since
    from contacts
    inner join email_standing on contacts.email_identifier = email_standing.email_identifier
    where contacts.email_validity = 'bounced'
),

unioned as (
    select * from refused
    union all
    select * from dead_mailboxes
),

-- Who subscribed again after unsubscribing is subscribed; a complaint is for good.
still_suppressed as (
    select
        {{ surrogate_key(['unioned.profile_id', "'email'", 'unioned.reason']) }}
            as suppression_id,
        unioned.profile_id,
        'email' as channel,
        unioned.reason,
        unioned.since
    from unioned
    left join consents
        on
            unioned.profile_id = consents.profile_id
            and unioned.reason = 'unsubscribed'
            and consents.channel = 'email'
            and consents.purpose = 'marketing'
            and consents.is_granted
            and unioned.since < consents.recorded_at
    where consents.profile_id is null
)

select * from still_suppressed
