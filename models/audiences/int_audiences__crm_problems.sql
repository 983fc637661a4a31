with

contacts as (
    select * from {{ ref('base_crm__contacts') }}
    where _row_status = 'accepted' and updated_at <= {{ as_of() }}
),

events as (
    select * from {{ ref('events') }}
    where source_model = 'stg_crm__contacts' and profile_id is not null
),

email_standing as (
    select * from {{ ref('int_profiles__email_standing') }}
),

ranked_versions as (
    select
        _record_key,
        row_number() over (
            partition by contact_id
            order by updated_at desc, _record_key
        ) as recency
    from contacts
),

attributed as (
    select
        contacts.contact_id,
        events.profile_id,
        contacts.raw_email is not null and contacts.email is null as is_unreadable_email,
        contacts.raw_phone is not null and contacts.phone is null as is_unreadable_phone,
        coalesce(email_standing.validity = 'bounced', false) as is_dead_mailbox,
        contacts.email is null and contacts.phone is null as is_unreachable,
        contacts.first_name is null or contacts.last_name is null as is_nameless,
        coalesce(contacts.address_line, contacts.postcode, contacts.city) is not null
        and (
            contacts.address_line is null
            or contacts.postcode is null
            or contacts.city is null
            or contacts.country is null
        ) as is_incomplete_address,
        contacts.updated_at
    from contacts
    inner join ranked_versions on contacts._record_key = ranked_versions._record_key
    inner join events on contacts._record_key = events.record_id
    left join email_standing on contacts.email_identifier = email_standing.email_identifier
    where ranked_versions.recency = 1 and not contacts.is_deleted
),

-- The entry that was kept up last is the one to keep.
judged as (
    select
        contact_id,
        profile_id,
        row_number() over (
            partition by profile_id
            order by updated_at desc, contact_id
        ) > 1 as is_duplicate,
        is_unreadable_email,
        is_unreadable_phone,
        is_dead_mailbox,
        is_unreachable,
        is_nameless,
        is_incomplete_address,
        updated_at
    from attributed
)

select * from judged
where
    is_duplicate
    or is_unreadable_email
    or is_unreadable_phone
    or is_dead_mailbox
    or is_unreachable
    or is_nameless
    or is_incomplete_address
