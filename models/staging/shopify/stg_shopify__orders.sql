{{ config(enabled=connector_is_on()) }}

with

base as (
    select * from {{ ref('base_shopify__orders') }}
),

accepted as (
    select
        order_id,
        shopify_order_id,
        -- An order that was cancelled before it was paid never counts.
        case
            when
                cancelled_at is not null
                and coalesce(financial_status, 'pending') in ('pending', 'authorized')
                then 'cancelled'
            else coalesce(financial_status, 'unknown')
        end as status,
        email,
        email_identifier,
        phone,
        city,
        country,
        currency,
        total_amount,
        refunded_amount,
        ordered_at,
        cancelled_at,
        _load_id,
        _record_key,
        _staged_batch
    from base
    where _row_status = 'accepted' and line_number = 1
)

select * from accepted
