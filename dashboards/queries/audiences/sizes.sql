with

sizes as (
    select
        audience_name,
        reachable_count,
        member_count - reachable_count as unreachable_count
    from cdp_audiences.audience_sizes
)

select
    audience_name,
    'Reachable' as kind,
    reachable_count as profile_count
from sizes
union all
select
    audience_name,
    'Not reachable' as kind,
    unreachable_count as profile_count
from sizes
order by audience_name, kind
