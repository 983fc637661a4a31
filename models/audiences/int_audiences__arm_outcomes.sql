with

memberships as (
    select * from {{ ref('audience_memberships') }}
),

orders as (
    select * from {{ ref('orders') }}
    where profile_id is not null
),

-- The first membership period decides the arm: in later ones, the profile was already treated or
-- held out.
ranked_periods as (
    select
        *,
        row_number() over (
            partition by audience_name, profile_id
            order by entered_at, membership_id
        ) as period_number
    from memberships
),

-- Compare profiles only after the complete window, so that all had the same time to buy.
complete_periods as (
    select
        audience_name,
        profile_id,
        is_holdout,
        entered_at,
        entered_at + interval '{{ var("lift_window_days") }} days' as window_ended_at
    from ranked_periods
    where
        period_number = 1
        and entered_at <= {{ as_of() }} - interval '{{ var("lift_window_days") }} days'
),

outcomes as (
    select
        periods.audience_name,
        periods.profile_id,
        periods.is_holdout,
        count(case when not orders.is_return then 1 end) as order_count,
        cast(coalesce(sum(orders.reporting_amount), 0) as numeric(18, 2)) as revenue_amount,
        periods.entered_at
    from complete_periods as periods
    left join orders
        on
            periods.profile_id = orders.profile_id
            and periods.entered_at <= orders.ordered_at
            and periods.window_ended_at > orders.ordered_at
    group by
        periods.audience_name,
        periods.profile_id,
        periods.is_holdout,
        periods.entered_at
)

select * from outcomes
