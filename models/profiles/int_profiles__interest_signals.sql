{{ config(materialized='view') }}

with

events as (
    select * from {{ ref('events') }}
    where
        event_name in ('product_viewed', 'product_added')
        and product_id is not null
        and profile_id is not null
        and occurred_at <= {{ as_of() }}
),

order_lines as (
    select * from {{ ref('order_lines') }}
    where
        product_id is not null
        and profile_id is not null
        and ordered_at <= {{ as_of() }}
),

signals as (
    select
        event_id as signal_id,
        profile_id,
        product_id,
        case event_name when 'product_added' then 'added' else 'viewed' end as signal,
        occurred_at
    from events
    union all
    select
        order_line_id as signal_id,
        profile_id,
        product_id,
        case when is_return then 'returned' else 'purchased' end as signal,
        ordered_at as occurred_at
    from order_lines
),

weighted_signals as (
    select
        *,
        {{ affinity_weight('signal') }} as weight
    from signals
)

select * from weighted_signals
