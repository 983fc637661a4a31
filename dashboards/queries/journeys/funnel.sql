select
    step_number,
    step_name,
    sum(reached_count) as reached_count
from cdp_journeys.journey_funnel
where funnel = 'visit_to_order'
group by step_number, step_name
order by step_number
