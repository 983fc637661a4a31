{{ config(schema='contacts') }}
{{ incremental_by('profile') }}

with

records as (
    select * from {{ ref('int_profiles__contact_records') }}
),

-- Every record with contact details is on the timeline, with its profile. The events of changed
-- profiles are found first, so that only their records are joined.
events as materialized (
    select
        profile_id,
        source_model,
        record_id
    from {{ changed('events') }}
    where
        profile_id is not null
),

blocked_identifiers as (
    select
        identifier_type,
        identifier_value
    from {{ ref('profile_identifiers') }}
    where is_blocked
),

-- Placeholder addresses and numbers (blocked identifiers) are not contact details.
attributed_records as (
    select
        events.profile_id,
        records.source_model,
        records.record_id,
        case when blocked_emails.identifier_value is null then records.email end as email,
        case
            when blocked_emails.identifier_value is null then records.email_identifier
        end as email_identifier,
        case when blocked_phones.identifier_value is null then records.phone end as phone,
        records.first_name,
        records.last_name,
        records.birth_date,
        records.address_line,
        records.postcode,
        records.city,
        records.country,
        records.preferred_language,
        records.observed_at
    from records
    inner join events
        on
            records.source_model = events.source_model
            and records.record_id = events.record_id
    left join blocked_identifiers as blocked_emails
        on
            blocked_emails.identifier_type = 'email'
            and records.email_identifier = blocked_emails.identifier_value
    left join blocked_identifiers as blocked_phones
        on
            blocked_phones.identifier_type = 'phone'
            and records.phone = blocked_phones.identifier_value
)

select * from attributed_records
