with

email_clicks as (
    select * from {{ ref('events') }}
    where event_name = 'email_clicked'
),

email_arrivals as (
    select
        event_id,
        profile_id,
        occurred_at
    from {{ ref('int_journeys__arrivals') }}
    where campaign_medium = 'email'
),

-- An email click and the session that it starts are one touchpoint. A click without such a session
-- is a touchpoint of its own: the session was probably not tracked.
clicks_without_session as (
    select
        email_clicks.event_id,
        email_clicks.profile_id,
        cast(null as text) as session_id,
        email_clicks.campaign_id,
        email_clicks.click_id,
        email_clicks.channel,
        email_clicks.campaign_source,
        email_clicks.campaign_medium,
        email_clicks.campaign_name,
        email_clicks.referrer,
        email_clicks.occurred_at
    from email_clicks
    left join email_arrivals
        on
            email_clicks.profile_id = email_arrivals.profile_id
            and email_arrivals.occurred_at >= email_clicks.occurred_at - interval '5 minutes'
            and email_arrivals.occurred_at
            <= email_clicks.occurred_at + interval '{{ var("session_timeout_minutes") }} minutes'
    where email_arrivals.event_id is null
),

{{ classified_touchpoints('clicks_without_session') }}

select * from classified
