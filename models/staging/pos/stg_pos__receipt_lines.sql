{{ config(enabled=connector_is_on()) }}

with

base as (
    select * from {{ ref('base_pos__receipt_lines') }}
),

accepted as (
    select
        _record_key as receipt_line_id,
        receipt_id,
        line_number,
        product_id,
        quantity,
        unit_price,
        discount_amount,
        _record_key,
        _staged_batch
    from base
    where _row_status = 'accepted'
)

select * from accepted
