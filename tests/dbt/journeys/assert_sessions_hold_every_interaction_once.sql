{{ config(meta={'dagster': {'ref': {'name': 'sessions'}}}) }}

-- Interactions of known visitors that are in no session, or counted twice.
with

interactions as (
    select count(*) as event_count
    from {{ ref('events') }}
    where visitor_id is not null and is_interaction
),

sessions as (
    select coalesce(sum(event_count), 0) as event_count
    from {{ ref('sessions') }}
)

select
    interactions.event_count as interaction_count,
    sessions.event_count as session_event_count
from interactions
cross join sessions
where interactions.event_count <> sessions.event_count
