{{ config(materialized='table') }}

-- A claim is an attribute by which profiles may share a household. It is hashed, since this model
-- is outside of the restricted schema of contacts.
with

contacts as (
    select * from {{ ref('profile_contacts') }}
),

registrations as (
    select * from {{ ref('input_loyalty_cards') }}
    where observed_at <= {{ as_of() }}
),

events as (
    select * from {{ ref('events') }}
    where profile_id is not null
),

blocked_cards as (
    select identifier_value from {{ ref('profile_identifiers') }}
    where identifier_type = 'loyalty_card' and is_blocked
),

contact_addresses as (
    select
        profile_id,
        'address' as claim_type,
        {{ address_key('address_line', 'postcode', 'country') }} as address_key,
        {{ name_key('last_name') }} as surname_key
    from contacts
),

claiming_profiles as (
    select
        profile_id,
        claim_type,
        md5(claim_type || chr(31) || address_key || chr(31) || surname_key) as claim_key
    from contact_addresses
    where address_key is not null and surname_key is not null
    -- `union` removes duplicates.
    union
    select
        events.profile_id,
        'loyalty_account' as claim_type,
        md5('loyalty_account' || chr(31) || registrations.loyalty_number) as claim_key
    from registrations
    inner join events
        on
            registrations.source_model = events.source_model
            and registrations.record_id = events.record_id
    left join blocked_cards on registrations.loyalty_number = blocked_cards.identifier_value
    where blocked_cards.identifier_value is null
),

counted_claims as (
    select
        profile_id,
        claim_type,
        claim_key,
        count(*) over (partition by claim_key) as profile_count
    from claiming_profiles
),

-- An address shared by too many profiles is an institution or an office, not a household.
shared_claims as (
    select
        profile_id,
        claim_type,
        claim_key,
        profile_count,
        -- Node numbers of the household graph: even for profiles, odd for claims.
        2 * dense_rank() over (order by profile_id) as profile_number,
        2 * dense_rank() over (order by claim_key) + 1 as claim_number
    from counted_claims
    where profile_count between 2 and {{ var('household_profile_limit') }}
)

select * from shared_claims
