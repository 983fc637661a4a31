{{ config(enabled=connector_is_on()) }}

with

base as (
    select * from {{ ref('base_shopify_fivetran__order') }}
),

accepted as (
    select
        order_id,
        order_name,
        customer_id,
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
        first_name,
        last_name,
        address_line,
        postcode,
        city,
        country,
        currency,
        total_amount,
        ordered_at,
        cancelled_at,
        _record_key,
        _staged_batch
    from base
    where _row_status = 'accepted' and is_test is distinct from true
)

select * from accepted
