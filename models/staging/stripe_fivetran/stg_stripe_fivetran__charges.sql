{{ config(enabled=connector_is_on()) }}

with

base as (
    select * from {{ ref('base_stripe_fivetran__charge') }}
),

accepted as (
    select
        payment_id,
        customer_id,
        invoice_id,
        shop_order_id,
        -- An authorisation that was never captured shows as refunded once it is released.
        case
            when status = 'succeeded' and not is_captured and refunded_amount >= amount
                then 'voided'
            when status = 'succeeded' and not is_captured then 'uncaptured'
            else status
        end as status,
        email,
        email_identifier,
        phone,
        first_name,
        last_name,
        address_line,
        postcode,
        city,
        country,
        currency,
        amount,
        refunded_amount,
        created_at,
        _record_key,
        _staged_batch
    from base
    where _row_status = 'accepted'
)

select * from accepted
