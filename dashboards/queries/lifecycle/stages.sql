select
    lifecycle_stage,
    count(*) as profile_count
from cdp_profiles.profiles
where lifecycle_stage <> 'anonymous'
group by lifecycle_stage
order by profile_count desc, lifecycle_stage
