with

consents as (
    select * from {{ ref('profile_consents') }}
),

suppressions as (
    select * from {{ ref('suppressions') }}
),

listed_suppressed as (
    select distinct
        profile_id,
        channel
    from suppressions
),

contactable as (
    select
        consents.profile_consent_id,
        consents.profile_id,
        consents.channel,
        consents.purpose,
        consents.recorded_at as consented_at
    from consents
    left join listed_suppressed
        on
            consents.profile_id = listed_suppressed.profile_id
            and consents.channel = listed_suppressed.channel
    where consents.is_granted and listed_suppressed.profile_id is null
)

select * from contactable
