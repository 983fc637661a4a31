{{ incremental_by('order') }}

with

lines as (
    select * from {{ changed('int_journeys__reported_order_lines', by=['channel', 'order_id']) }}
),

orders as (
    select * from {{ changed('orders') }}
),

products as (
    select
        product_id,
        category
    from {{ ref('input_products') }}
),

exchange_rates as (
    select * from {{ ref('exchange_rates') }}
),

numbered_lines as (
    select
        *,
        row_number() over (
            partition by channel, order_id, line_number
            order by record_id
        ) as report_number
    from lines
),

-- Returns get negative quantities and amounts.
signed_lines as (
    select
        lines.line_number,
        lines.product_id,
        orders.order_key,
        orders.order_id,
        orders.profile_id,
        orders.store_id,
        orders.channel,
        orders.is_return,
        orders.currency,
        orders.ordered_at,
        lines.quantity * case when orders.is_return then -1 else 1 end as quantity,
        cast(
            lines.quantity * lines.unit_price
            * case when orders.is_return then -1 else 1 end as numeric(18, 2)
        ) as list_amount,
        cast(
            lines.discount_amount * case when orders.is_return then -1 else 1 end as numeric(18, 2)
        ) as discount_amount,
        cast(
            (lines.quantity * lines.unit_price - lines.discount_amount)
            * case when orders.is_return then -1 else 1 end as numeric(18, 2)
        ) as amount
    from numbered_lines as lines
    inner join orders
        on
            lines.channel = orders.channel
            and lines.order_id = orders.order_id
    where lines.report_number = 1
),

keyed_lines as (
    select
        {{ surrogate_key(['lines.order_key', 'lines.line_number']) }} as order_line_id,
        lines.order_key,
        lines.order_id,
        lines.line_number,
        lines.profile_id,
        lines.product_id,
        lines.store_id,
        lines.channel,
        products.category,
        lines.is_return,
        lines.currency,
        cast(lines.quantity as bigint) as quantity,
        lines.list_amount,
        lines.discount_amount,
        lines.amount,
        cast(lines.amount * rates.reporting_rate as numeric(18, 2)) as reporting_amount,
        lines.ordered_at
    from signed_lines as lines
    left join products on lines.product_id = products.product_id
    left join exchange_rates as rates on lines.currency = rates.currency
)

select * from keyed_lines
