{{ incremental_by('visitor', changed_from='started_at') }}

with

session_events as (
    select * from {{ changed('int_journeys__session_events', changed_from='session_started_at') }}
),

session_totals as (
    select
        session_id,
        -- A session has at most one profile (`breaks_session`); a login applies to all of it.
        max(profile_id) as profile_id,
        visitor_id,
        channel,
        max(case when is_session_start then page_path end) as entry_page_path,
        count(*) as event_count,
        count(
            case
                when event_name in ('page_viewed', 'screen_viewed', 'product_viewed', 'app_opened')
                    then 1
            end
        ) as view_count,
        count(case when event_name = 'product_viewed' then 1 end) as product_viewed_count,
        count(case when event_name = 'product_added' then 1 end) as product_added_count,
        count(case when event_name = 'checkout_started' then 1 end) as checkout_started_count,
        count(
            distinct case when event_name = 'order_completed' then order_id end
        ) as order_count,
        {{ seconds_between('min(occurred_at)', 'max(occurred_at)') }} as duration_seconds,
        min(occurred_at) as started_at,
        max(occurred_at) as ended_at
    from session_events
    group by session_id, visitor_id, channel
)

select * from session_totals
