with

members as (
    select * from {{ ref('int_audiences__members') }}
),

contactable_profiles as (
    select * from {{ ref('contactable_profiles') }}
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
        count(
            case
                when not members.is_holdout and contactable_profiles.profile_id is not null then 1
            end
        ) as reachable_count
    from listed_audiences
    left join members on listed_audiences.audience_name = members.audience_name
    left join contactable_profiles
        on
            members.profile_id = contactable_profiles.profile_id
            and members.channel = contactable_profiles.channel
            and members.purpose = contactable_profiles.purpose
    group by listed_audiences.audience_name, listed_audiences.priority
)

select * from counted
