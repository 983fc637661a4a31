with

contacts as (
    select * from {{ ref('stg_crm__contacts') }}
    where updated_at <= {{ as_of() }}
),

base as (
    select
        _record_key,
        raw_email,
        raw_phone
    from {{ ref('base_crm__contacts') }}
    where _row_status = 'accepted'
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
        *,
        row_number() over (
            partition by contact_id
            order by updated_at desc, contact_version_id
        ) as recency
    from contacts
),

kept_current as (
    select * from ranked_versions
    where recency = 1 and not is_deleted
),

attributed as (
    select
        contacts.*,
        events.profile_id,
        base.raw_email,
        base.raw_phone,
        coalesce(email_standing.validity = 'bounced', false) as is_dead_mailbox,
        -- The entry that was kept up last is the one to keep.
        row_number() over (
            partition by events.profile_id
            order by contacts.updated_at desc, contacts.contact_id
        ) as contact_number
    from kept_current as contacts
    inner join events on contacts.contact_version_id = events.record_id
    left join base on contacts.contact_version_id = base._record_key
    left join email_standing on contacts.email_identifier = email_standing.email_identifier
),

judged as (
    select
        contact_id,
        profile_id,
        contact_number > 1 as is_duplicate,
        raw_email is not null and email is null as is_unreadable_email,
        raw_phone is not null and phone is null as is_unreadable_phone,
        coalesce(is_dead_mailbox, false) as is_dead_mailbox,
        email is null and phone is null as is_unreachable,
        first_name is null or last_name is null as is_nameless,
        (
            (address_line is not null or postcode is not null or city is not null)
            and (address_line is null or postcode is null or city is null or country is null)
        ) as is_incomplete_address,
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
