{{ config(enabled=connector_is_on()) }}

-- The sum of a payment's refunds counts only if the export of refunds has none of the payment.
-- Otherwise it stays an event, so that readers of changes notice when the refunds arrive.
with

payments as (
    select * from {{ ref('stg_stripe__payments') }}
    where refunded_amount > 0
),

listed_refunds as (
    select
        payment_id,
        max(_staged_batch) as _staged_batch
    from {{ ref('base_stripe__refunds') }}
    where _row_status = 'accepted'
    group by payment_id
),

refunded_payments as (
    select
        payments._record_key || '/refund' as refund_id,
        payments.payment_id || '/refund' as return_id,
        payments.payment_id,
        payments.customer_id,
        payments.shop_order_id,
        payments.email_identifier,
        case
            when listed_refunds.payment_id is not null then 'refund_reported'
            when payments.status = 'voided' then 'authorisation_released'
            else 'order_returned'
        end as event_name,
        payments.currency,
        payments.refunded_amount,
        coalesce(payments.refunded_at, payments.created_at) as refunded_at,
        payments._record_key || '/refund' as _record_key,
        greatest(payments._staged_batch, listed_refunds._staged_batch) as _staged_batch
    from payments
    left join listed_refunds on payments.payment_id = listed_refunds.payment_id
)

select * from refunded_payments
