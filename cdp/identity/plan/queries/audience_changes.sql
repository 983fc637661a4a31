with

members_before as (
    select distinct
        members.audience_name,
        coalesce(redirects.profile_id, members.profile_id) as profile_id
    from {{ notes }}.before_members as members
    left join {{ identity }}.profile_redirects as redirects
        on members.profile_id = redirects.old_profile_id
),

sizes as (
    select
        audience_name,
        cast(sum(is_before) as bigint) as size_before,
        cast(sum(1 - is_before) as bigint) as size_after
    from (
        select
            audience_name,
            1 as is_before
        from {{ notes }}.before_members
        union all
        select
            audience_name,
            0 as is_before
        from {{ notes }}.after_members
    ) as members
    group by audience_name
),

changes as (
    select
        coalesce(before.audience_name, after.audience_name) as audience_name,
        count(case when before.profile_id is null then 1 end) as entered_count,
        count(case when after.profile_id is null then 1 end) as left_count
    from members_before as before
    full join {{ notes }}.after_members as after
        on
            before.audience_name = after.audience_name
            and before.profile_id = after.profile_id
    group by coalesce(before.audience_name, after.audience_name)
)

select
    sizes.audience_name,
    sizes.size_before,
    sizes.size_after,
    changes.entered_count,
    changes.left_count
from sizes
inner join changes
    on sizes.audience_name = changes.audience_name
where
    changes.entered_count + changes.left_count > 0
    or sizes.size_before <> sizes.size_after
