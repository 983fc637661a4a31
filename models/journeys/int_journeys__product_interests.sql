{{ config(materialized='view') }}

with

events as (
    select * from {{ ref('events') }}
),

recent_events as (
    select
        profile_id,
        product_id,
        event_name,
        occurred_at
    from events
    where
        event_name in ('product_viewed', 'product_added')
        and profile_id is not null
        and product_id is not null
        and occurred_at <= {{ as_of() }}
        and occurred_at
        > {{ as_of() }} - interval '{{ var("abandonment_window_days") }} days'
),

interests as (
    select
        profile_id,
        product_id,
        count(case when event_name = 'product_viewed' then 1 end) as viewed_count,
        count(case when event_name = 'product_added' then 1 end) as added_count,
        max(case when event_name = 'product_added' then occurred_at end) as last_added_at,
        min(occurred_at) as first_interested_at,
        max(occurred_at) as last_interested_at
    from recent_events
    group by profile_id, product_id
)

select * from interests
