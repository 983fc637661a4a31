-- int_profiles__crm_records determines the current version, its profile and the contact to keep.
with

contacts as (
    select * from {{ ref('input_crm_contacts') }}
),

records as (
    select * from {{ ref('int_profiles__crm_records') }}
),

deliverability as (
    select * from {{ ref('int_profiles__email_deliverability') }}
),

problems as (
    select
        records.contact_id,
        records.profile_id,
        records.contact_id <> records.remaining_contact_id as is_duplicate,
        contacts.is_unreadable_email,
        contacts.is_unreadable_phone,
        coalesce(deliverability.validity = 'bounced', false) as is_dead_mailbox,
        contacts.email is null and contacts.phone is null as is_unreachable,
        contacts.first_name is null or contacts.last_name is null as is_nameless,
        records.has_incomplete_address as is_incomplete_address,
        records.updated_at
    from records
    inner join contacts
        on
            records.source_model = contacts.source_model
            and records.contact_version_id = contacts.record_id
    left join deliverability on contacts.email_identifier = deliverability.email_identifier
)

select * from problems
where
    is_duplicate
    or is_unreadable_email
    or is_unreadable_phone
    or is_dead_mailbox
    or is_unreachable
    or is_nameless
    or is_incomplete_address
