{{ incremental_by('profile') }}

with recursive

events as (
    select * from {{ changed('events') }}
),

actions as (
    select
        profile_id as entity_id,
        profile_id,
        event_name,
        occurred_at
    from events
    where
        profile_id is not null
        and is_interaction
        and occurred_at <= {{ as_of() }}
),

{{ reached_funnel_steps('profile', ['profile_id']) }}

select * from compared_with_previous
