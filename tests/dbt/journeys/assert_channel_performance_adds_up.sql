{{ config(meta={'dagster': {'ref': {'name': 'channel_performance'}}}) }}

-- Attribution models whose channels and days do not sum to the orders.
with

conversions as (
    select
        count(*) as conversion_count,
        coalesce(sum(amount), 0) as amount
    from {{ ref('int_journeys__conversions') }}
),

summed as (
    select
        attribution_model,
        sum(credited_conversions) as credited_conversions,
        sum(attributed_amount) as attributed_amount
    from {{ ref('channel_performance') }}
    group by attribution_model
)

select summed.*
from summed
cross join conversions
where
    summed.credited_conversions <> conversions.conversion_count
    or summed.attributed_amount <> conversions.amount
