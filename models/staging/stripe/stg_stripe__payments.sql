{{ config(enabled=connector_is_on()) }}

with

base as (
    select * from {{ ref('base_stripe__payments') }}
),

accepted as (
    select
        payment_id,
        customer_id,
        invoice_id,
        shop_order_id,
        -- An authorisation that was never captured shows as refunded once it is released.
        case
            when not is_captured and amount > 0 and refunded_amount >= amount then 'voided'
            else status
        end as status,
        email,
        email_identifier,
        currency,
        amount,
        refunded_amount,
        created_at,
        refunded_at,
        _record_key,
        _staged_batch
    from base
    where _row_status = 'accepted'
)

select * from accepted
