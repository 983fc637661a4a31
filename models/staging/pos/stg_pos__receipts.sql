{{ config(enabled=connector_is_on()) }}

with

base as (
    select * from {{ ref('base_pos__receipts') }}
),

accepted as (
    select
        receipt_id,
        store_id,
        till_id,
        loyalty_number,
        card_token,
        email,
        email_identifier,
        receipt_type,
        total_amount,
        currency,
        purchased_at,
        _record_key,
        _staged_batch
    from base
    where _row_status = 'accepted'
)

select * from accepted
