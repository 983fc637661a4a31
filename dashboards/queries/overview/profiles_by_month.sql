with

counted as (
    select
        metric_name,
        period_start,
        metric_value
    from cdp_metrics.metric_values
    where period = 'month' and metric_name in ('known_profiles', 'profiles_total')
),

split as (
    select
        period_start as first_seen_month,
        sum(case when metric_name = 'known_profiles' then metric_value end) as known_count,
        sum(case when metric_name = 'profiles_total' then metric_value end) as profile_count
    from counted
    group by period_start
),

by_kind as (
    select
        first_seen_month,
        'Known' as kind,
        known_count as profile_count
    from split
    union all
    select
        first_seen_month,
        'Anonymous' as kind,
        profile_count - known_count as profile_count
    from split
)

select *
from by_kind
where first_seen_month > (select max(first_seen_month) from split) - interval '12 months'
order by first_seen_month, kind
