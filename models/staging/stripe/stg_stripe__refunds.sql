{{ config(enabled=connector_is_on()) }}

-- Refunds that did not succeed and released authorisations are events and no returns.
with

base as (
    select * from {{ ref('base_stripe__refunds') }}
    where _row_status = 'accepted'
),

payments as (
    select * from {{ ref('stg_stripe__payments') }}
),

refunds as (
    select
        base.refund_id,
        base.payment_id,
        base.status,
        base.reason,
        case
            when payments.status = 'voided' or base.reason = 'expired_uncaptured_charge'
                then 'authorisation_released'
            when base.status = 'succeeded' then 'order_returned'
            else 'refund_' || coalesce(base.status, 'reported')
        end as event_name,
        base.currency,
        base.amount,
        base.created_at,
        base._record_key,
        greatest(base._staged_batch, payments._staged_batch) as _staged_batch
    from base
    left join payments on base.payment_id = payments.payment_id
)

select * from refunds
