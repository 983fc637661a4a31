{{ config(enabled=connector_is_on()) }}

-- Refunds that did not succeed and released authorisations are events and no returns. Refunds of
-- charges in test mode have no charge here and are left out with them.
with

base as (
    select * from {{ ref('base_stripe_fivetran__refund') }}
    where _row_status = 'accepted'
),

charges as (
    select * from {{ ref('stg_stripe_fivetran__charges') }}
),

test_charges as (
    select payment_id from {{ ref('base_stripe_fivetran__charge') }}
    where not is_live
),

refunds as (
    select
        base.refund_id,
        base.payment_id,
        base.status,
        base.reason,
        case
            when charges.status = 'voided' or base.reason = 'expired_uncaptured_charge'
                then 'authorisation_released'
            when base.status = 'succeeded' then 'order_returned'
            else 'refund_' || coalesce(base.status, 'reported')
        end as event_name,
        base.currency,
        base.amount,
        base.created_at,
        base._record_key,
        greatest(base._staged_batch, charges._staged_batch) as _staged_batch
    from base
    left join charges on base.payment_id = charges.payment_id
    where
        base.payment_id is null
        or base.payment_id not in (select test_charges.payment_id from test_charges)
)

select * from refunds
