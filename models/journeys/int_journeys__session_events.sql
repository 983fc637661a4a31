{{ incremental_by('visitor', changed_from='session_started_at') }}

with

-- Only web and app events have a visitor. Background events of a phone do not belong to sessions.
interactions as (
    select * from {{ changed('events', changed_from='occurred_at') }}
    where visitor_id is not null and is_interaction
),

compared_with_previous as (
    select
        *,
        lag(occurred_at) over visitor_events as previous_at,
        lag(profile_id) over visitor_events as previous_profile_id
    from interactions
    window visitor_events as (partition by channel, visitor_id order by occurred_at, event_id)
),

activity_starts as (
    select
        *,
        {{ campaign_key() }} as campaign_key,
        coalesce(
            {{ breaks_session('occurred_at', 'previous_at', 'profile_id', 'previous_profile_id') }},
            false
        ) as is_activity_start
    from compared_with_previous
),

numbered_activities as (
    select
        *,
        sum(case when is_activity_start then 1 else 0 end) over (
            partition by channel, visitor_id
            order by occurred_at, event_id
            rows between unbounded preceding and current row
        ) as activity_number
    from activity_starts
),

-- Previous campaign among the events with a campaign; the session continues if it is the same.
compared_with_previous_campaign as (
    select
        *,
        lag(campaign_key) over (
            partition by channel, visitor_id, activity_number, campaign_key is null
            order by occurred_at, event_id
        ) as previous_campaign_key
    from numbered_activities
),

found_starts as (
    select
        *,
        is_activity_start
        or coalesce(
            {{ brings_other_campaign(
                'campaign_key', 'previous_campaign_key', 'occurred_at', 'previous_at'
            ) }},
            false
        ) as is_session_start
    from compared_with_previous_campaign
),

-- The session of an event starts at the latest session start up to the event.
events_with_session_start as (
    select
        *,
        max(case when is_session_start then occurred_at end) over (
            partition by channel, visitor_id
            order by occurred_at, event_id
            rows between unbounded preceding and current row
        ) as session_started_at
    from found_starts
),

named_sessions as (
    select
        event_id,
        {{ surrogate_key(['channel', 'visitor_id', 'session_started_at']) }} as session_id,
        profile_id,
        visitor_id,
        order_id,
        product_id,
        campaign_id,
        click_id,
        channel,
        event_name,
        page_path,
        referrer,
        campaign_source,
        campaign_medium,
        campaign_name,
        is_session_start,
        session_started_at,
        occurred_at
    from events_with_session_start
)

select * from named_sessions
