with

members as (
    select * from {{ ref('profile_households') }}
),

household_totals as (
    select
        household_id,
        count(case when shares_address then 1 end) > 0 as has_shared_address,
        count(case when shares_loyalty_account then 1 end) > 0 as has_shared_loyalty_account,
        count(*) as profile_count
    from members
    group by household_id
)

select * from household_totals
