select
    channel_path,
    count(*) as order_count,
    sum(amount) as amount,
    avg(seconds_to_convert) / 86400.0 as average_days
from cdp_journeys.journey_paths
where journey_status = 'converted' and channel_path is not null
group by channel_path
order by order_count desc, channel_path
limit 10
