{{ config(materialized='view', schema='contacts') }}

-- A new source of contact details joins with one call here and its rows in `source_trust`.
with

-- Versions are ranked by few columns, since all of them are sorted; the values are read last.
ranked_contacts as (
    select
        contact_version_id,
        is_deleted,
        row_number() over (
            partition by contact_id order by updated_at desc, contact_version_id
        ) as version_number
    from {{ ref('stg_crm__contacts') }}
    where updated_at <= {{ as_of() }}
),

-- What the CRM has emptied or deleted is not brought back from an older version.
current_contacts as (
    select * from {{ ref('stg_crm__contacts') }}
    where contact_version_id in (
        select ranked_contacts.contact_version_id from ranked_contacts
        where ranked_contacts.version_number = 1 and not coalesce(ranked_contacts.is_deleted, false)
    )
),

ranked_members as (
    select
        member_version_id,
        row_number() over (
            partition by loyalty_number order by updated_at desc, member_version_id
        ) as version_number
    from {{ ref('stg_loyalty__members') }}
    where updated_at <= {{ as_of() }}
),

current_members as (
    select * from {{ ref('stg_loyalty__members') }}
    where member_version_id in (
        select ranked_members.member_version_id from ranked_members
        where ranked_members.version_number = 1
    )
),

web_details as (
    select * from {{ ref('stg_web__events') }}
    where (email is not null or phone is not null) and occurred_at <= {{ as_of() }}
),

receipts as (
    select * from {{ ref('stg_pos__receipts') }}
    where email is not null and purchased_at <= {{ as_of() }}
),

tickets as (
    select * from {{ ref('stg_support__tickets') }}
    where (email is not null or phone is not null) and updated_at <= {{ as_of() }}
),

messages as (
    select * from {{ ref('stg_social__messages') }}
    where email is not null and direction = 'inbound' and sent_at <= {{ as_of() }}
),

-- Sending proves nothing; somebody reads mail at an address where it is opened.
read_addresses as (
    select
        email,
        email_identifier,
        min(event_id) as event_id,
        max(occurred_at) as occurred_at
    from {{ ref('stg_email__events') }}
    where
        event_name in ('email_opened', 'email_clicked')
        and email is not null
        and occurred_at <= {{ as_of() }}
    group by email, email_identifier
),

unioned as (
    {{ contact_records(
        'current_contacts', 'stg_crm__contacts', 'contact_version_id', 'updated_at', [
            'email', 'email_identifier', 'phone', 'first_name', 'last_name', 'birth_date',
            'address_line', 'postcode', 'city', 'country', 'preferred_language',
        ]
    ) }}
    union all
    {{ contact_records(
        'current_members', 'stg_loyalty__members', 'member_version_id', 'updated_at', [
            'email', 'email_identifier', 'phone', 'first_name', 'last_name', 'birth_date',
            'postcode', 'country',
        ]
    ) }}
    union all
    {{ contact_records(
        'web_details', 'stg_web__events', 'event_id', 'occurred_at',
        ['email', 'email_identifier', 'phone']
    ) }}
    union all
    {{ contact_records(
        'receipts', 'stg_pos__receipts', 'receipt_id', 'purchased_at', ['email', 'email_identifier']
    ) }}
    union all
    {{ contact_records(
        'tickets', 'stg_support__tickets', 'ticket_version_id', 'updated_at',
        ['email', 'email_identifier', 'phone']
    ) }}
    union all
    {{ contact_records(
        'messages', 'stg_social__messages', 'message_id', 'sent_at', ['email', 'email_identifier']
    ) }}
    union all
    {{ contact_records(
        'read_addresses', 'stg_email__events', 'event_id', 'occurred_at',
        ['email', 'email_identifier']
    ) }}
)

select * from unioned
