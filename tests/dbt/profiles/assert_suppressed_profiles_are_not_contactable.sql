{{ config(meta={'dagster': {'ref': {'name': 'contactable_profiles'}}}) }}

-- Whoever may be reached consented last of all and is suppressed for no reason.
with

contactable_profiles as (
    select * from {{ ref('contactable_profiles') }}
),

consents as (
    select * from {{ ref('profile_consents') }}
),

suppressions as (
    select * from {{ ref('suppressions') }}
)

select contactable_profiles.profile_id
from contactable_profiles
left join consents
    on contactable_profiles.profile_consent_id = consents.profile_consent_id
left join suppressions
    on
        contactable_profiles.profile_id = suppressions.profile_id
        and contactable_profiles.channel = suppressions.channel
where
    suppressions.profile_id is not null
    or coalesce(consents.status, 'never asked') <> 'granted'
