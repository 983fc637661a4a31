{{ by_visitor(moment='started_at') }}

{%- set since = changes_since() -%}

with

sessions as (
    select summed.*
    from {{ ref('int_journeys__sessions_summed') }} as summed
    {%- if since is not none %}
    {{ join_changed_visitors('summed', 'summed.started_at', since) }}
    {%- endif %}
),

touchpoints as (
    select * from {{ ref('touchpoints') }}
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
    where session_id in (select session_id from sessions)
),

described as (
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
        sessions.ended_at,
        {{ changed_batch() }} as _changed_batch
    from sessions
    left join numbered_touchpoints
        on
            sessions.session_id = numbered_touchpoints.session_id
            and numbered_touchpoints.touchpoint_number = 1
)

select * from described
