select
    channel,
    count(*) as event_count
from {{ journeys }}.events
where profile_id = $1
group by channel
order by channel
