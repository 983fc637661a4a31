{{ config(materialized='view') }}

with

inputs as (
    select * from {{ ref('input_order_lines') }}
),

reported_lines as (
    select
        channel,
        record_id,
        order_id,
        line_number,
        product_id,
        abs(quantity) as quantity,
        cast(abs(unit_price) as numeric(18, 2)) as unit_price,
        cast(coalesce(abs(discount_amount), 0) as numeric(18, 2)) as discount_amount
    from inputs
)

select * from reported_lines
