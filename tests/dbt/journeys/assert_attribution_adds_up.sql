{{ config(meta={'dagster': {'ref': {'name': 'attributed_conversions'}}}) }}

-- Orders and attribution models whose credits do not sum to one or whose amounts do not sum to the
-- order's, or that have no credits.
with

conversions as (
    select
        order_key,
        reporting_amount as amount
    from {{ ref('orders') }}
    where not is_return and ordered_at <= {{ as_of() }}
),

attribution_models as (
    select attribution_model from {{ ref('attribution_models') }}
),

summed as (
    select
        order_key,
        attribution_model,
        sum(credit) as credit,
        sum(attributed_amount) as attributed_amount,
        min(credit) as least_credit
    from {{ ref('attributed_conversions') }}
    group by order_key, attribution_model
)

select
    conversions.order_key,
    attribution_models.attribution_model,
    conversions.amount,
    summed.credit,
    summed.attributed_amount
from conversions
cross join attribution_models
full outer join summed
    on
        conversions.order_key = summed.order_key
        and attribution_models.attribution_model = summed.attribution_model
where
    summed.credit is distinct from 1
    or summed.attributed_amount is distinct from conversions.amount
    or summed.least_credit < 0
