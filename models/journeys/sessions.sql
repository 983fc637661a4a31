{{ incremental_by('visitor', changed_from='started_at') }}

with

sessions as (
    select * from {{ changed('int_journeys__session_totals', changed_from='started_at') }}
),

touchpoints as (
    select * from {{ changed('int_journeys__session_touchpoints', changed_from='occurred_at') }}
),

numbered_touchpoints as (
    select
        session_id,
        marketing_channel,
        campaign_source,
        campaign_medium,
        campaign_name,
        row_number() over (
            partition by session_id
            order by occurred_at, touchpoint_id
        ) as touchpoint_number
    from touchpoints
),

classified_sessions as (
    select
        sessions.session_id,
        sessions.profile_id,
        sessions.visitor_id,
        sessions.channel,
        numbered_touchpoints.marketing_channel,
        numbered_touchpoints.campaign_source,
        numbered_touchpoints.campaign_medium,
        numbered_touchpoints.campaign_name,
        sessions.entry_page_path,
        {{ is_engaged_session(
            'sessions.order_count', 'sessions.product_added_count', 'sessions.view_count',
            'sessions.duration_seconds'
        ) }} as is_engaged,
        sessions.order_count > 0 as has_order,
        sessions.event_count,
        sessions.view_count,
        sessions.product_viewed_count,
        sessions.product_added_count,
        sessions.checkout_started_count,
        sessions.order_count,
        sessions.duration_seconds,
        sessions.started_at,
        sessions.ended_at
    from sessions
    left join numbered_touchpoints
        on
            sessions.session_id = numbered_touchpoints.session_id
            and numbered_touchpoints.touchpoint_number = 1
)

select * from classified_sessions
