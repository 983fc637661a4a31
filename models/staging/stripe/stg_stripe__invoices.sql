{{ config(enabled=connector_is_on()) }}

with

base as (
    select * from {{ ref('base_stripe__invoices') }}
),

accepted as (
    select
        invoice_id,
        customer_id,
        subscription_id,
        status,
        currency,
        amount,
        paid_amount,
        coalesce(finalised_at, created_at) as issued_at,
        -- An invoice that Stripe collects by itself is due when it is issued.
        case
            when collection_method = 'charge_automatically'
                then coalesce(due_at, finalised_at, created_at)
            else due_at
        end as due_at,
        _record_key,
        _staged_batch
    from base
    where _row_status = 'accepted'
)

select * from accepted
