{{ config(enabled=connector_is_on()) }}

-- An authorisation moves no money, and attempts may fail.
with

base as (
    select * from {{ ref('base_shopify_fivetran__transaction') }}
),

accepted as (
    select
        transaction_id,
        order_id,
        refund_id,
        kind,
        currency,
        amount,
        processed_at,
        _record_key,
        _staged_batch
    from base
    where
        _row_status = 'accepted'
        and status = 'success'
        and kind in ('sale', 'capture', 'refund')
        and not is_test
)

select * from accepted
