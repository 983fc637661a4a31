with

members as (
    select * from {{ ref('int_audiences__members') }}
),

candidates as (
    select * from {{ ref('int_audiences__candidates') }}
),

listed_audiences as (
    {{ audience_list() }}
),

counted as (
    select
        listed_audiences.audience_name,
        listed_audiences.priority,
        count(members.profile_id) as member_count,
        count(case when members.is_holdout then 1 end) as holdout_count,
        count(candidates.profile_id) as contactable_count,
        count(case when candidates.is_capped then 1 end) as capped_count,
        count(case when not candidates.is_capped then 1 end) as reachable_count
    from listed_audiences
    left join members on listed_audiences.audience_name = members.audience_name
    left join candidates
        on
            members.audience_name = candidates.audience_name
            and members.profile_id = candidates.profile_id
    group by listed_audiences.audience_name, listed_audiences.priority
)

select * from counted
