with

claims as (
    select * from {{ ref('int_profiles__household_claims') }}
),

components as (
    select * from {{ ref('int_profiles__household_components') }}
),

grouped_profiles as (
    select
        claims.*,
        components.component_id
    from claims
    inner join components on claims.profile_number = components.node_id
),

-- The id is derived from the smallest claim, so that it stays the same when members join or leave.
household_keys as (
    select
        component_id,
        md5('household' || chr(31) || min(claim_key)) as household_id,
        count(distinct profile_id) as profile_count
    from grouped_profiles
    group by component_id
),

household_members as (
    select
        household_keys.household_id,
        grouped_profiles.profile_id,
        count(case when grouped_profiles.claim_type = 'address' then 1 end) > 0 as shares_address,
        count(case when grouped_profiles.claim_type = 'loyalty_account' then 1 end) > 0
            as shares_loyalty_account
    from grouped_profiles
    inner join household_keys on grouped_profiles.component_id = household_keys.component_id
    where household_keys.profile_count <= {{ var('household_profile_limit') }}
    group by household_keys.household_id, grouped_profiles.profile_id
)

select * from household_members
