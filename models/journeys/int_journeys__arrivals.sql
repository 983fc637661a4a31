{{ incremental_by('visitor', changed_from='occurred_at') }}

with

session_events as (
    select * from {{ changed('int_journeys__session_events', changed_from='session_started_at') }}
),

ad_clicks as (
    select
        click_id,
        campaign_id,
        campaign_source,
        campaign_medium,
        campaign_name
    from {{ ref('events') }}
    where event_name = 'ad_clicked' and click_id is not null
),

-- Arrivals are the start of a session and each event in it with a campaign.
found_arrivals as (
    select
        session_events.event_id,
        session_events.profile_id,
        session_events.session_id,
        coalesce(session_events.campaign_id, ad_clicks.campaign_id) as campaign_id,
        session_events.click_id,
        session_events.channel,
        session_events.visitor_id,
        coalesce(session_events.campaign_source, ad_clicks.campaign_source) as campaign_source,
        coalesce(session_events.campaign_medium, ad_clicks.campaign_medium) as campaign_medium,
        coalesce(session_events.campaign_name, ad_clicks.campaign_name) as campaign_name,
        session_events.referrer,
        session_events.occurred_at
    from session_events
    left join ad_clicks on session_events.click_id = ad_clicks.click_id
    where
        session_events.is_session_start
        or session_events.campaign_source is not null
        or session_events.campaign_medium is not null
        or session_events.click_id is not null
),

numbered_arrivals as (
    select
        *,
        row_number() over (
            partition by
                session_id, campaign_source, campaign_medium, campaign_name, campaign_id, click_id
            order by occurred_at, event_id
        ) as arrival_number
    from found_arrivals
),

kept_first_arrivals as (
    select
        event_id,
        profile_id,
        session_id,
        campaign_id,
        click_id,
        channel,
        visitor_id,
        campaign_source,
        campaign_medium,
        campaign_name,
        referrer,
        occurred_at
    from numbered_arrivals
    where arrival_number = 1
)

select * from kept_first_arrivals
