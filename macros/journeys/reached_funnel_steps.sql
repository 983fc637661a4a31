{#
    CTEs that find the funnel steps reached by the entities of CTE `actions` (entity_id, event_name, occurred_at and the
    entity's key columns); the last is `compared_with_previous`. Needs `with recursive`.
#}
{% macro reached_funnel_steps(scope, key) %}
{%- set columns = ['funnel', 'entity_id'] + key -%}
funnel_steps as (
    select * from {{ ref('funnel_steps') }}
    where scope = '{{ scope }}'
),

-- A step without an event name matches every event, as empty cells do in all seeds of rules.
candidates as (
    select distinct
        funnel_steps.funnel,
        actions.entity_id,
        {%- for column in key %}
        actions.{{ column }},
        {%- endfor %}
        funnel_steps.step_number,
        actions.occurred_at
    from actions
    inner join funnel_steps
        on
            actions.event_name = funnel_steps.event_name
            or coalesce(funnel_steps.event_name, '') = ''
),

-- A step is reached by its first event at or after the previous step; the recursion ends with the
-- last step of the funnel.
reached as (
    select
        {{ columns | join(', ') }},
        cast(1 as bigint) as step_number,
        min(occurred_at) as reached_at
    from candidates
    where step_number = 1
    group by {{ columns | join(', ') }}
    union all
    select
        {{ columns | join(', ') }},
        step_number,
        reached_at
    from (
        select
            {%- for column in columns %}
            candidates.{{ column }},
            {%- endfor %}
            candidates.step_number,
            candidates.occurred_at as reached_at,
            row_number() over (
                partition by candidates.funnel, candidates.entity_id
                order by candidates.occurred_at
            ) as candidate_number
        from reached
        inner join candidates
            on
                reached.funnel = candidates.funnel
                and reached.entity_id = candidates.entity_id
                and reached.step_number + 1 = candidates.step_number
                and reached.reached_at <= candidates.occurred_at
    ) as numbered_candidates
    where candidate_number = 1
),

compared_with_previous as (
    select
        {{ columns | join(', ') }},
        step_number,
        min(reached_at) over (partition by funnel, entity_id) as entered_at,
        lag(reached_at) over (
            partition by funnel, entity_id order by step_number
        ) as previous_reached_at,
        reached_at
    from reached
)
{%- endmacro %}
