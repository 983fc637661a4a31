select
    cast(date_trunc('month', entered_at) as date) as entered_month,
    to_stage,
    count(*) as profile_count
from cdp_profiles.lifecycle_transitions
where from_stage is not null and from_stage <> 'anonymous'
group by cast(date_trunc('month', entered_at) as date), to_stage
order by entered_month, to_stage
