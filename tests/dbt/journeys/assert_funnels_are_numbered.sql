{{ config(meta={'dagster': {'ref': {'name': 'funnel_steps'}}}) }}

-- Funnels whose steps are not 1, 2, 3 and so on, or that have two scopes, or a step of two names.
select
    funnel,
    min(step_number) as first_step,
    max(step_number) as last_step,
    count(distinct step_number) as step_count
from {{ ref('funnel_steps') }}
group by funnel
having
    min(step_number) <> 1
    or max(step_number) <> count(distinct step_number)
    or count(distinct scope) > 1
    or count(distinct step_name) <> count(distinct step_number)
