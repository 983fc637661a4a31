{{ config(meta={'dagster': {'ref': {'name': 'lifecycle_transitions'}}}) }}

-- The stage that the past leads to must be the stage of the profile, for every profile.
with

transitions as (
    select * from {{ ref('lifecycle_transitions') }}
    where is_current
),

profiles as (
    select * from {{ ref('profiles') }}
)

select profiles.profile_id
from profiles
left join transitions on profiles.profile_id = transitions.profile_id
where transitions.to_stage is null or transitions.to_stage <> profiles.lifecycle_stage
