{{ config(meta={'dagster': {'ref': {'name': 'profile_history'}}}) }}

-- Of one profile a version ends where the next begins, and only the last is open.
with

history as (
    select * from {{ ref('profile_history') }}
),

compared_with_next as (
    select
        profile_id,
        valid_from,
        valid_to,
        lead(valid_from) over (
            partition by profile_id order by valid_from, profile_version_id
        ) as next_from
    from history
)

select
    profile_id,
    valid_from
from compared_with_next
where valid_to is distinct from next_from
