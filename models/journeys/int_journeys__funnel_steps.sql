{{ config(materialized='view') }}

with

session_steps as (
    select * from {{ ref('int_journeys__session_funnel_steps') }}
),

profile_steps as (
    select * from {{ ref('int_journeys__profile_funnel_steps') }}
),

all_steps as (
    select
        funnel,
        entity_id,
        step_number,
        entered_at,
        previous_reached_at,
        reached_at
    from session_steps
    union all
    select
        funnel,
        entity_id,
        step_number,
        entered_at,
        previous_reached_at,
        reached_at
    from profile_steps
)

select * from all_steps
