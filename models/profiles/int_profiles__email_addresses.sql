{{ config(schema='contacts') }}

with

contacts as (
    select * from {{ ref('int_profiles__contacts_attributed') }}
),

identifiers as (
    select * from {{ ref('profile_identifiers') }}
),

all_addresses as (
    select
        profile_id,
        email_identifier
    from contacts
    where email_identifier is not null
    -- `union` removes duplicates.
    union
    select
        profile_id,
        identifier_value as email_identifier
    from identifiers
    where
        identifier_type = 'email'
        and profile_id is not null
        and first_observed_at <= {{ as_of() }}
)

select * from all_addresses
