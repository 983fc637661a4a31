with

id_registry as (
    select * from {{ ref('profile_id_registry') }}
),

redirected_ids as (
    select
        profile_id as old_profile_id,
        redirected_to_profile_id as profile_id,
        redirected_at
    from id_registry
    where redirected_to_profile_id is not null
)

select * from redirected_ids
