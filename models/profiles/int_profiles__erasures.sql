with

contacts as (
    select * from {{ ref('input_crm_contacts') }}
    where observed_at <= {{ as_of() }}
),

events as (
    select * from {{ ref('events') }}
    where profile_id is not null
),

erasure_list as (
    select * from {{ ref('erasure_list') }}
    where erased_at <= {{ as_of() }}
),

-- Hash only identifiers of types that are in the erasure list.
identifiers as (
    select * from {{ ref('profile_identifiers') }}
    where
        profile_id is not null
        and identifier_type in (select erasure_list.identifier_type from erasure_list)
),

email_addresses as (
    select * from {{ ref('int_profiles__email_addresses') }}
),

ranked_versions as (
    select
        source_model,
        record_id,
        is_deleted,
        observed_at,
        row_number() over (
            partition by source_model, contact_id
            order by observed_at desc, record_id
        ) as version_number
    from contacts
),

-- A CRM contact may be deleted as a duplicate, so a profile counts as erased only if all of its
-- contacts are deleted.
deleted_in_crm as (
    select
        events.profile_id,
        min(versions.source_model) as source,
        max(versions.observed_at) as erased_at
    from ranked_versions as versions
    inner join events
        on versions.source_model = events.source_model and versions.record_id = events.record_id
    where versions.version_number = 1
    group by events.profile_id
    having count(*) = count(case when versions.is_deleted then 1 end)
),

-- Includes shared mailboxes: they identify no profile, but must not receive messages either.
known_identifiers as (
    select
        profile_id,
        identifier_type,
        identifier_value
    from identifiers
    union all
    select
        profile_id,
        'email' as identifier_type,
        email_identifier as identifier_value
    from email_addresses
),

listed_profiles as (
    select
        known.profile_id,
        'erasure_list' as source,
        max(erasure_list.erased_at) as erased_at
    from known_identifiers as known
    inner join erasure_list
        on
            known.identifier_type = erasure_list.identifier_type
            and {{ erasure_hash('known.identifier_type', 'known.identifier_value') }}
            = erasure_list.identifier_hash
    group by known.profile_id
),

all_erasures as (
    select * from deleted_in_crm
    union all
    select * from listed_profiles
),

ranked_erasures as (
    select
        *,
        row_number() over (
            partition by profile_id
            order by erased_at desc, source
        ) as version_number
    from all_erasures
),

kept_latest as (
    select
        profile_id,
        source,
        erased_at
    from ranked_erasures
    where version_number = 1
)

select * from kept_latest
