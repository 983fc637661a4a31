{{ config(materialized='view') }}

-- A session that continues after `as_of()` counts with its events up to then.
with

sessions as (
    select * from {{ ref('sessions') }}
    where started_at <= {{ as_of() }}
),

session_events as (
    select * from {{ ref('int_journeys__session_events') }}
    where session_started_at <= {{ as_of() }} and occurred_at <= {{ as_of() }}
),

ended_sessions as (
    select
        session_id,
        profile_id,
        is_engaged,
        false as is_open,
        started_at
    from sessions
    where ended_at <= {{ as_of() }}
),

summed_open_sessions as (
    select
        sessions.session_id,
        max(session_events.profile_id) as profile_id,
        sessions.started_at,
        count(
            distinct case
                when session_events.event_name = 'order_completed' then session_events.order_id
            end
        ) as order_count,
        count(
            case when session_events.event_name = 'product_added' then 1 end
        ) as product_added_count,
        count(
            case
                when
                    session_events.event_name in (
                        'page_viewed', 'screen_viewed', 'product_viewed', 'app_opened'
                    )
                    then 1
            end
        ) as view_count,
        {{ seconds_between(
            'min(session_events.occurred_at)', 'max(session_events.occurred_at)'
        ) }} as duration_seconds
    from sessions
    inner join session_events on sessions.session_id = session_events.session_id
    where sessions.ended_at > {{ as_of() }}
    group by sessions.session_id, sessions.started_at
),

all_sessions as (
    select * from ended_sessions
    union all
    select
        session_id,
        profile_id,
        {{ is_engaged_session(
            'order_count', 'product_added_count', 'view_count', 'duration_seconds'
        ) }} as is_engaged,
        true as is_open,
        started_at
    from summed_open_sessions
)

select * from all_sessions
