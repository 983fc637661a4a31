with

contacts as (
    select * from {{ ref('stg_crm__contacts') }}
    where updated_at <= {{ as_of() }}
),

events as (
    select * from {{ ref('events') }}
    where source_model = 'stg_crm__contacts' and profile_id is not null
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
        contact_version_id,
        is_deleted,
        updated_at,
        row_number() over (
            partition by contact_id
            order by updated_at desc, contact_version_id
        ) as version_number
    from contacts
),

-- A CRM contact may be deleted as a duplicate, so a profile counts as erased only if all of its
-- contacts are deleted.
deleted_in_crm as (
    select
        events.profile_id,
        'stg_crm__contacts' as source,
        max(versions.updated_at) as erased_at
    from ranked_versions as versions
    inner join events on versions.contact_version_id = events.record_id
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
