{{ config(enabled=connector_is_on()) }}

with

base as (
    select * from {{ ref('base_stripe_fivetran__subscription_history') }}
    where _row_status = 'accepted' and coalesce(is_active_version, true)
),

items as (
    select * from {{ ref('stg_stripe_fivetran__subscription_items') }}
),

-- Without the price of one item, the amount of the subscription is not known.
item_totals as (
    select
        subscription_id,
        case when count(distinct product_id) = 1 then min(product_id) end as product_id,
        min(currency) as currency,
        case when count(monthly_amount) = count(*) then sum(monthly_amount) end as monthly_amount
    from items
    group by subscription_id
),

subscriptions as (
    select
        base.subscription_id,
        base.customer_id,
        item_totals.product_id,
        base.status,
        item_totals.currency,
        cast(item_totals.monthly_amount as numeric(18, 2)) as monthly_amount,
        base.started_at,
        base.cancelled_at,
        -- A paused subscription has no end; its current version begins with the pause.
        case when base.status = 'paused' then base.valid_from else base.ended_at end as ended_at,
        base._record_key,
        base._staged_batch
    from base
    left join item_totals on base.subscription_id = item_totals.subscription_id
)

select * from subscriptions
