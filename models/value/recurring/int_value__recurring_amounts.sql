-- Subscriptions that bring revenue at the end of a month, per customer. The current month is
-- measured now. A customer is the company that subscribed, or else the profile, or else unknown.
with

subscriptions as (
    select * from {{ ref('subscriptions') }}
),

generated_months as (
    select generated.month_start
    from generate_series(
        timestamp '2000-01-01 00:00:00', {{ as_of() }} + interval '1 day', interval '1 month'
    ) as generated (month_start)
),

months as (
    select
        cast(month_start as date) as month,
        least(
            {{ to_utc(
                "(month_start + interval '1 month')", "'" ~ var('reporting_time_zone') ~ "'"
            ) }},
            {{ as_of() }}
        ) as measured_at
    from generated_months
    where
        {{ to_utc('month_start', "'" ~ var('reporting_time_zone') ~ "'") }} <= {{ as_of() }}
        and month_start + interval '1 month' >= (
            select min(subscriptions.started_at) from subscriptions
        )
),

amounts as (
    select
        months.month,
        coalesce(
            subscriptions.connector || '/' || subscriptions.company_id,
            subscriptions.profile_id,
            subscriptions.subscription_key
        ) as customer_key,
        count(*) as subscription_count,
        cast(coalesce(sum(subscriptions.monthly_reporting_amount), 0) as numeric(18, 2)) as amount,
        count(case when subscriptions.monthly_reporting_amount is null then 1 end)
            as unvalued_subscription_count
    from months
    inner join subscriptions
        on
            {{ has_recurring_revenue(
                'subscriptions.status', 'subscriptions.started_at', 'subscriptions.ended_at',
                'months.measured_at'
            ) }}
    group by 1, 2
),

-- Months without any subscription remain, so that their losses are counted.
all_months as (
    select
        months.month,
        amounts.customer_key,
        coalesce(amounts.subscription_count, 0) as subscription_count,
        cast(coalesce(amounts.amount, 0) as numeric(18, 2)) as amount,
        coalesce(amounts.unvalued_subscription_count, 0) as unvalued_subscription_count
    from months
    left join amounts on months.month = amounts.month
)

select * from all_months
