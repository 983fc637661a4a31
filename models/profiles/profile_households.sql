with

claims as (
    select * from {{ ref('int_profiles__household_claims') }}
),

components as (
    select * from {{ ref('int_profiles__household_components') }}
),

grouped as (
    select
        claims.*,
        components.component_id
    from claims
    inner join components on claims.profile_number = components.node_id
),

-- The least of its claims names a household, so that it keeps its id when people come and go.
measured as (
    select
        component_id,
        md5('household' || chr(31) || min(claim_key)) as household_id,
        count(distinct profile_id) as profile_count
    from grouped
    group by component_id
),

joined as (
    select
        measured.household_id,
        grouped.profile_id,
        count(case when grouped.claim_type = 'address' then 1 end) > 0 as shares_address,
        count(case when grouped.claim_type = 'loyalty_account' then 1 end) > 0
            as shares_loyalty_account
    from grouped
    inner join measured on grouped.component_id = measured.component_id
    where measured.profile_count <= {{ var('household_profile_limit') }}
    group by measured.household_id, grouped.profile_id
)

select * from joined
