{{ config(materialized='view') }}

-- To add a sales channel, add one select here.
with

web_order_lines as (
    select * from {{ ref('stg_web__order_lines') }}
),

app_events as (
    select * from {{ ref('stg_app__events') }}
),

receipt_lines as (
    select * from {{ ref('stg_pos__receipt_lines') }}
),

reported_lines as (
    select
        'web' as channel,
        order_line_id as record_id,
        coalesce(order_id, event_id) as order_id,
        line_number,
        product_id,
        abs(quantity) as quantity,
        cast(unit_price as numeric(18, 2)) as unit_price,
        cast(0 as numeric(18, 2)) as discount_amount
    from web_order_lines
    union all
    -- In the app, every order has one product and is one event.
    select
        'app' as channel,
        event_id as record_id,
        coalesce(order_id, event_id) as order_id,
        cast(1 as bigint) as line_number,
        product_id,
        coalesce(nullif(abs(quantity), 0), 1) as quantity,
        {{ average_amount('amount', 'coalesce(nullif(abs(quantity), 0), 1)') }} as unit_price,
        cast(0 as numeric(18, 2)) as discount_amount
    from app_events
    where event_name = 'order_completed' and product_id is not null
    union all
    select
        'pos' as channel,
        receipt_line_id as record_id,
        receipt_id as order_id,
        line_number,
        product_id,
        abs(quantity) as quantity,
        cast(abs(unit_price) as numeric(18, 2)) as unit_price,
        cast(coalesce(abs(discount_amount), 0) as numeric(18, 2)) as discount_amount
    from receipt_lines
)

select * from reported_lines
