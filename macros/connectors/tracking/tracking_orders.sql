{#
    CTE `order_calls`: calls about orders, each with what the newest calls say of its order. An order that was cancelled
    and refunded had been paid, so it counts and the refund is its return.
#}
{% macro tracking_order_calls(connector) -%}
base as (
    select * from {{ ref('base_' ~ connector ~ '__events') }}
),

calls as (
    select
        *,
        coalesce(order_id, event_id) as tracked_order_id,
        event_name = 'order_returned' as is_refund
    from base
    where
        _row_status = 'accepted'
        and event_name in ('order_completed', 'order_updated', 'order_cancelled', 'order_returned')
),

order_calls as (
    select
        *,
        max(case when event_name = 'order_cancelled' then 1 else 0 end) over order_of_call = 1
        and max(case when is_refund then 1 else 0 end) over order_of_call = 0 as is_cancelled_order,
        first_value(amount) over (
            {{ newest_of_order('not is_refund and amount is not null') }}
        ) as order_amount,
        first_value(currency) over (
            {{ newest_of_order('not is_refund and currency is not null') }}
        ) as order_currency,
        first_value(case when not is_refund and products is not null then event_id end) over (
            {{ newest_of_order('not is_refund and products is not null') }}
        ) as lines_event_id,
        {{ tracking_batch(connector, 'tracked_order_id') }} as newest_batch
    from calls
    window order_of_call as (partition by tracked_order_id)
)
{%- endmacro %}

{# Window over the calls of an order, first those that fulfil a condition, the newest first. #}
{% macro newest_of_order(condition) -%}
    partition by tracked_order_id
            order by case when {{ condition }} then 0 else 1 end, occurred_at desc, event_id
            rows between unbounded preceding and unbounded following
{%- endmacro %}

{#
    Orders: one row per call that completes or cancels one. The marts count the first call of an order; all of them have
    its amount after the last update, and the status `cancelled` if it was cancelled.
#}
{% macro tracking_orders(connector) -%}
with

{{ tracking_order_calls(connector) }},

orders as (
    select
        event_id,
        tracked_order_id as order_id,
        anonymous_id,
        account_id,
        email,
        email_identifier,
        phone,
        case when event_name = 'order_cancelled' or is_cancelled_order then 'cancelled' else 'completed' end as status,
        order_amount as amount,
        order_currency as currency,
        has_unreadable_lines,
        occurred_at,
        _record_key,
        newest_batch as _staged_batch
    from order_calls
    where event_name in ('order_completed', 'order_cancelled')
)

select * from orders
{%- endmacro %}

{# Refunds. One that has neither amount nor products is of the whole order. #}
{% macro tracking_refunds(connector) -%}
with

{{ tracking_order_calls(connector) }},

order_lines as (
    select * from {{ ref('stg_' ~ connector ~ '__order_lines') }}
),

lines_of_refunds as (
    select
        order_id as return_id,
        sum(quantity * unit_price) as amount
    from order_lines
    group by order_id
),

refunds as (
    select
        order_calls.event_id,
        order_calls.event_id as return_id,
        order_calls.order_id,
        order_calls.anonymous_id,
        order_calls.account_id,
        order_calls.email,
        order_calls.email_identifier,
        order_calls.phone,
        cast(
            coalesce(
                order_calls.amount,
                case
                    when order_calls.products is null then order_calls.order_amount
                    else lines_of_refunds.amount
                end
            ) as numeric(18, 2)
        ) as amount,
        coalesce(order_calls.currency, order_calls.order_currency) as currency,
        order_calls.occurred_at,
        order_calls._record_key,
        order_calls.newest_batch as _staged_batch
    from order_calls
    left join lines_of_refunds on order_calls.event_id = lines_of_refunds.return_id
    where order_calls.is_refund
)

select * from refunds
{%- endmacro %}
