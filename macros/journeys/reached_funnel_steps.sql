{#
    CTEs that follow the funnels of a scope through `actions` (entity_id, event_name, occurred_at and the columns of the
    entity's key); the last is `compared_with_previous`. Write `with recursive` above.
#}
{% macro reached_funnel_steps(scope, key) %}
{%- set columns = ['funnel', 'entity_id'] + key -%}
funnel_steps as (
    select * from {{ ref('funnel_steps') }}
    where scope = '{{ scope }}'
),

-- An empty event name fits everything, as an empty cell does in every seed of rules.
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

-- A step is reached where it is first done at or after the one before, so that the recursion ends
-- with the funnel.
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
