with

latest as (
    select
        channel,
        max(occurred_at) as last_event_at
    from cdp_journeys.events
    group by channel
),

latest_of_all as (
    select max(last_event_at) as last_event_at from latest
)

select
    latest.channel,
    extract(epoch from (latest_of_all.last_event_at - latest.last_event_at)) / 3600.0
        as hours_behind
from latest
cross join latest_of_all
order by hours_behind desc, latest.channel
