select
    channel,
    reason,
    since
from {{ profiles }}.suppressions
where profile_id = $1
order by channel, reason
