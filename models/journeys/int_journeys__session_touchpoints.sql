{{ incremental_by('visitor', changed_from='occurred_at') }}

with

sessions as (
    select * from {{ changed('int_journeys__session_totals', changed_from='started_at') }}
),

arrivals as (
    select * from {{ changed('int_journeys__arrivals', changed_from='occurred_at') }}
),

-- A login applies to the whole session.
session_arrivals as (
    select
        arrivals.event_id,
        arrivals.visitor_id,
        coalesce(sessions.profile_id, arrivals.profile_id) as profile_id,
        arrivals.session_id,
        arrivals.campaign_id,
        arrivals.click_id,
        arrivals.channel,
        arrivals.campaign_source,
        arrivals.campaign_medium,
        arrivals.campaign_name,
        arrivals.referrer,
        arrivals.occurred_at
    from arrivals
    left join sessions on arrivals.session_id = sessions.session_id
),

{{ classified_touchpoints('session_arrivals', ['visitor_id']) }}

select * from classified
