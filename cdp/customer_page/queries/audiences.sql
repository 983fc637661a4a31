select
    audience_name,
    is_holdout,
    entered_at,
    left_at
from {{ audiences }}.audience_memberships
where profile_id = $1
order by left_at desc nulls first, entered_at desc, membership_id
