with

consents as (
    select * from {{ ref('profile_consents') }}
),

suppressions as (
    select * from {{ ref('suppressions') }}
),

suppressed_profiles as (
    select distinct
        profile_id,
        channel
    from suppressions
),

contactable_consents as (
    select
        consents.profile_consent_id,
        consents.profile_id,
        consents.channel,
        consents.purpose,
        consents.recorded_at as consented_at
    from consents
    left join suppressed_profiles
        on
            consents.profile_id = suppressed_profiles.profile_id
            and consents.channel = suppressed_profiles.channel
    where consents.is_granted and suppressed_profiles.profile_id is null
)

select * from contactable_consents
