with

consents as (
    select * from {{ ref('profile_consents') }}
),

suppressions as (
    select * from {{ ref('suppressions') }}
),

list_suppressed as (
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
    left join list_suppressed
        on
            consents.profile_id = list_suppressed.profile_id
            and consents.channel = list_suppressed.channel
    where consents.is_granted and list_suppressed.profile_id is null
)

select * from contactable
