{{ config(enabled=connector_is_on()) }}

with

base as (
    select * from {{ ref('base_stripe_fivetran__subscription_item') }}
    where _row_status = 'accepted'
),

prices as (
    select * from {{ ref('stg_stripe_fivetran__prices') }}
),

priced_items as (
    select
        base.subscription_item_id,
        base.subscription_id,
        prices.product_id,
        prices.currency,
        {{ amount_of_minor_units('base.quantity * prices.unit_amount', 'prices.currency') }}
            as amount,
        prices.billing_interval,
        prices.interval_count,
        base._record_key,
        greatest(base._staged_batch, prices._staged_batch) as _staged_batch
    from base
    left join prices on base.price_id = prices.price_id
),

monthly_items as (
    select
        *,
        {{ amount_per_month('amount', 'billing_interval', 'interval_count') }} as monthly_amount
    from priced_items
)

select * from monthly_items
