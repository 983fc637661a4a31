select
    audience_name,
    other_audience_name,
    shared_share,
    shared_count
from cdp_audiences.audience_overlaps
where audience_name <> other_audience_name and member_count > 0 and other_member_count > 0
order by audience_name, other_audience_name
