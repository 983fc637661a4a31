with

outcomes as (
    select * from {{ ref('int_audiences__arm_outcomes') }}
),

listed_audiences as (
    {{ audience_list() }}
),

counted as (
    select
        listed_audiences.audience_name,
        count(case when not outcomes.is_holdout then 1 end) as treated_count,
        count(case when outcomes.is_holdout then 1 end) as holdout_count,
        count(case when not outcomes.is_holdout and outcomes.order_count > 0 then 1 end)
            as treated_conversion_count,
        count(case when outcomes.is_holdout and outcomes.order_count > 0 then 1 end)
            as holdout_conversion_count,
        coalesce(sum(case when not outcomes.is_holdout then outcomes.revenue_amount end), 0)
            as treated_revenue_amount,
        coalesce(sum(case when outcomes.is_holdout then outcomes.revenue_amount end), 0)
            as holdout_revenue_amount,
        {{ variance_of('outcomes.revenue_amount', 'not outcomes.is_holdout') }}
            as treated_revenue_variance,
        {{ variance_of('outcomes.revenue_amount', 'outcomes.is_holdout') }}
            as holdout_revenue_variance
    from listed_audiences
    left join outcomes on listed_audiences.audience_name = outcomes.audience_name
    group by listed_audiences.audience_name
),

-- Rates are null if an arm is too small, and so is everything derived from them.
averaged as (
    select
        *,
        case
            when {{ is_large_enough('treated_count', 'holdout_count') }}
                then cast(treated_conversion_count as double precision) / treated_count
        end as treated_rate,
        case
            when {{ is_large_enough('treated_count', 'holdout_count') }}
                then cast(holdout_conversion_count as double precision) / holdout_count
        end as holdout_rate,
        case
            when {{ is_large_enough('treated_count', 'holdout_count') }}
                then cast(treated_revenue_amount as double precision) / treated_count
        end as treated_mean,
        case
            when {{ is_large_enough('treated_count', 'holdout_count') }}
                then cast(holdout_revenue_amount as double precision) / holdout_count
        end as holdout_mean
    from counted
),

compared as (
    select
        *,
        treated_rate - holdout_rate as rate_difference,
        {{ normal_margin(
            'treated_rate * (1 - treated_rate)', 'treated_count',
            'holdout_rate * (1 - holdout_rate)', 'holdout_count'
        ) }} as rate_margin,
        treated_mean - holdout_mean as mean_difference,
        {{ normal_margin(
            'treated_revenue_variance', 'treated_count',
            'holdout_revenue_variance', 'holdout_count'
        ) }} as mean_margin
    from averaged
),

rounded as (
    select
        audience_name,
        '{{ var("reporting_currency") }}' as currency,
        treated_count,
        holdout_count,
        treated_conversion_count,
        holdout_conversion_count,
        cast(treated_rate as numeric(18, 6)) as treated_conversion_rate,
        cast(holdout_rate as numeric(18, 6)) as holdout_conversion_rate,
        cast(rate_difference as numeric(18, 6)) as conversion_lift,
        cast(rate_difference - rate_margin as numeric(18, 6)) as conversion_lift_low,
        cast(rate_difference + rate_margin as numeric(18, 6)) as conversion_lift_high,
        cast(rate_difference / nullif(holdout_rate, 0) as numeric(18, 6))
            as relative_conversion_lift,
        cast(rate_difference * treated_count as numeric(18, 2)) as incremental_conversion_count,
        cast(treated_revenue_amount as numeric(18, 2)) as treated_revenue_amount,
        cast(holdout_revenue_amount as numeric(18, 2)) as holdout_revenue_amount,
        cast(mean_difference as numeric(18, 2)) as revenue_lift_amount,
        cast(mean_difference - mean_margin as numeric(18, 2)) as revenue_lift_low_amount,
        cast(mean_difference + mean_margin as numeric(18, 2)) as revenue_lift_high_amount,
        cast(mean_difference * treated_count as numeric(18, 2)) as incremental_revenue_amount
    from compared
)

select * from rounded
