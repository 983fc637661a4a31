{{ config(enabled=connector_is_on()) }}

with

base as (
    select * from {{ ref('base_stripe__subscriptions') }}
),

accepted as (
    select
        subscription_id,
        customer_id,
        email_identifier,
        plan_id,
        status,
        billing_interval,
        currency,
        amount,
        {{ amount_per_month('amount', 'billing_interval') }} as monthly_amount,
        started_at,
        cancelled_at,
        ended_at,
        _record_key,
        _staged_batch
    from base
    where _row_status = 'accepted'
)

select * from accepted
