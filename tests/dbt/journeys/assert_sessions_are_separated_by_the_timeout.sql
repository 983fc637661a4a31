{{ config(meta={'dagster': {'ref': {'name': 'sessions'}}}) }}

-- Two sessions of one visitor nearer to each other than the timeout are one, unless the person
-- changed, or a setting ends sessions at midnight or at another campaign.
with

sessions as (
    select * from {{ ref('sessions') }}
),

session_events as (
    select * from {{ ref('int_journeys__session_events') }}
),

compared_with_previous as (
    select
        session_id,
        profile_id,
        channel,
        visitor_id,
        started_at,
        lag(profile_id) over visits as previous_profile_id,
        lag(ended_at) over visits as previous_ended_at
    from sessions
    window visits as (partition by channel, visitor_id order by started_at)
)

select * from compared_with_previous
where
    started_at
    <= previous_ended_at + interval '{{ var("session_timeout_minutes") }} minutes'
    and (
        started_at < previous_ended_at
        or profile_id is null
        or previous_profile_id is null
        or profile_id = previous_profile_id
    )
    and (
        not {{ var("session_breaks_at_midnight") }}
        or {{ reporting_date('started_at') }} = {{ reporting_date('previous_ended_at') }}
    )
    and (
        not {{ var("session_breaks_on_campaign") }}
        or not exists (
            select 1 from session_events
            where
                session_events.session_id = compared_with_previous.session_id
                and session_events.is_session_start
                and {{ campaign_key() }} is not null
        )
    )
