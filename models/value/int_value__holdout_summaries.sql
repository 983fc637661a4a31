with

orders as (
    select * from {{ ref('orders') }}
),

summarised as (
    {{ rfm_summaries('orders', value_holdout_start()) }}
),

found_purchases as (
    select
        profile_id,
        count(distinct cast(ordered_at as date)) as purchase_count
    from orders
    where
        not is_return
        and cast(ordered_at as date) > {{ value_holdout_start() }}
        and ordered_at <= {{ as_of() }}
    group by profile_id
),

observed as (
    select
        summarised.profile_id,
        summarised.frequency,
        summarised.recency_days,
        summarised.tenure_days,
        summarised.monetary_amount,
        coalesce(found_purchases.purchase_count, 0) as observed_purchase_count,
        summarised.observed_until
    from summarised
    left join found_purchases on summarised.profile_id = found_purchases.profile_id
)

select * from observed
