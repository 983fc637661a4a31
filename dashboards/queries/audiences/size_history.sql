select
    audience_name,
    size_date,
    member_count
from cdp_audiences.audience_size_history
order by size_date, audience_name
