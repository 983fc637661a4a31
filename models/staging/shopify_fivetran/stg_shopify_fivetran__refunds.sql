{{ config(enabled=connector_is_on()) }}

-- A refund without money, which Shopify writes when an unpaid order is cancelled, is no return. Its
-- own total counts where its transactions are not known.
with

base as (
    select * from {{ ref('base_shopify_fivetran__refund') }}
),

-- All attempts, so that one that becomes known changes the refund.
attempts as (
    select
        refund_id,
        max(_staged_batch) as _staged_batch
    from {{ ref('base_shopify_fivetran__transaction') }}
    where refund_id is not null and _row_status = 'accepted'
    group by refund_id
),

payments as (
    select
        refund_id,
        max(currency) as currency,
        sum(amount) as amount
    from {{ ref('stg_shopify_fivetran__transactions') }}
    where kind = 'refund'
    group by refund_id
),

accepted as (
    select
        base.refund_id,
        base.order_id,
        coalesce(payments.currency, base.currency) as currency,
        cast(
            case when attempts.refund_id is null then base.total_amount else payments.amount end
            as numeric(18, 2)
        ) as amount,
        base.refunded_at,
        base._record_key,
        greatest(base._staged_batch, attempts._staged_batch) as _staged_batch
    from base
    left join attempts on base.refund_id = attempts.refund_id
    left join payments on base.refund_id = payments.refund_id
    where base._row_status = 'accepted'
),

repaid as (
    select * from accepted
    where amount > 0
)

select * from repaid
