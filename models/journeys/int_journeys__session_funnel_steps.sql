{{ incremental_by('visitor', changed_from='reached_at') }}

with recursive

session_events as (
    select * from {{ changed('int_journeys__session_events', changed_from='session_started_at') }}
),

actions as (
    select
        session_id as entity_id,
        channel,
        visitor_id,
        event_name,
        occurred_at
    from session_events
    where occurred_at <= {{ as_of() }}
),

{{ reached_funnel_steps('session', ['channel', 'visitor_id']) }}

select * from compared_with_previous
