with

ledger as (
    select * from {{ ref('identity_ledger') }}
),

redirected as (
    select
        profile_id as old_profile_id,
        redirected_to_profile_id as profile_id,
        redirected_at
    from ledger
    where redirected_to_profile_id is not null
)

select * from redirected
