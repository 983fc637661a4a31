{{ config(meta={'dagster': {'ref': {'name': 'audience_memberships'}}}) }}

-- Members without an open stay, and open stays of nobody's.
with

members as (
    select * from {{ ref('int_audiences__members') }}
),

memberships as (
    select * from {{ ref('audience_memberships') }}
    where left_at is null
)

select
    members.profile_id as member_profile_id,
    memberships.profile_id as membership_profile_id
from members
full outer join memberships
    on
        members.audience_name = memberships.audience_name
        and members.profile_id = memberships.profile_id
where members.profile_id is null or memberships.profile_id is null
