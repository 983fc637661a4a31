{{ incremental_by('order') }}

with

reports as (
    select * from {{ changed('events', by=['channel', 'order_id']) }}
    where event_name in ('order_completed', 'order_returned')
),

exchange_rates as (
    select * from {{ ref('exchange_rates') }}
),

found_orders as (
    select
        *,
        -- Reloading the confirmation page reports the order again; the first report counts.
        row_number() over (
            partition by channel, order_id
            order by occurred_at, event_id
        ) as report_number
    from reports
),

kept_first_reports as (
    select
        event_id,
        profile_id,
        store_id,
        order_id,
        channel,
        event_name = 'order_returned' as is_return,
        currency,
        cast(
            case when event_name = 'order_returned' then -abs(amount) else amount end
            as numeric(18, 2)
        ) as amount,
        occurred_at as ordered_at
    from found_orders
    where report_number = 1
),

converted_orders as (
    select
        {{ surrogate_key(['orders.channel', 'orders.order_id']) }} as order_key,
        orders.order_id,
        orders.profile_id,
        orders.event_id,
        orders.store_id,
        orders.channel,
        orders.is_return,
        orders.currency,
        orders.amount,
        cast(orders.amount * rates.reporting_rate as numeric(18, 2)) as reporting_amount,
        orders.amount is not null and rates.currency is not null as is_valued,
        orders.ordered_at
    from kept_first_reports as orders
    left join exchange_rates as rates on orders.currency = rates.currency
)

select * from converted_orders
