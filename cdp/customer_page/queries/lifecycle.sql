select
    from_stage,
    to_stage,
    is_current,
    days_in_from_stage,
    entered_at,
    left_at
from {{ profiles }}.lifecycle_transitions
where profile_id = $1
order by transition_number desc
