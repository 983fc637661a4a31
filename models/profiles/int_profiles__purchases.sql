with

order_lines as (
    select * from {{ ref('order_lines') }}
    where profile_id is not null and ordered_at <= {{ as_of() }}
),

products as (
    select * from {{ ref('input_products') }}
),

exchange_rates as (
    select * from {{ ref('exchange_rates') }}
),

costed_lines as (
    select
        order_lines.profile_id,
        order_lines.is_return,
        order_lines.list_amount,
        order_lines.discount_amount,
        order_lines.reporting_amount,
        cast(
            cast(order_lines.quantity * products.cost as numeric(18, 2))
            * exchange_rates.reporting_rate as numeric(18, 2)
        ) as cost_amount
    from order_lines
    left join products on order_lines.product_id = products.product_id
    left join exchange_rates on products.currency = exchange_rates.currency
),

purchase_totals as (
    select
        profile_id,
        count(case when not is_return then 1 end) as purchased_line_count,
        count(case when not is_return and discount_amount > 0 then 1 end) as discounted_line_count,
        cast(sum(case when cost_amount is not null then reporting_amount end) as numeric(18, 2))
            as costed_amount,
        cast(
            sum(case when cost_amount is not null then reporting_amount - cost_amount end)
            as numeric(18, 2)
        ) as margin_amount,
        -- Average of the discount rates per line, which needs no currency conversion.
        avg(
            case
                when not is_return and list_amount > 0
                    then
                        cast(discount_amount as double precision)
                        / cast(list_amount as double precision)
            end
        ) as average_discount_share
    from costed_lines
    group by profile_id
)

select * from purchase_totals
